/** Python's `x[…]`: positions, ranges, new dims, masks and index tensors, in any combination. */

import { checkTensors } from "../../arguments.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, numel, type Shape, sameShape } from "../../shape.js";
import { empty, type NestedArray, Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { tensor, zeros } from "../create/create.js";
import { add, binary, compare, mul, where } from "../elementwise/elementwise.js";
import {
  denseCopy,
  expand,
  flatten,
  permute,
  reshape,
  select,
  sliceDim,
  to,
  unsqueeze,
} from "../shape/views.js";
import { indexSelect, indexTensor, selectedBy } from "./indexing.js";

/** `start:stop:step`; missing or null bounds mean the whole dim. */
export interface Range {
  /** The first position; negative ones count from the end. Default: the beginning. */
  start?: number | null;
  /** The position after the last one. Default: the end. */
  stop?: number | null;
  /** Every how many positions. Default 1. */
  step?: number | null;
}

/**
 * A subscript, as between Python's brackets: a position; a range `{ start, stop, step }`, or `":"` for the
 * whole dim; `"..."` for all dims that are not named; `null` for a new dim; a tensor (or nested arrays) of
 * positions, or a mask.
 */
export type Subscript = number | boolean | null | ":" | "..." | Range | Tensor | readonly NestedArray[];

/**
 * @internal Flat positions of the true elements of a mask, in order. They depend on values, which a trace
 * does not know.
 */
export function positionsOf(mask: Tensor): Tensor {
  const { data } = denseCopy(to(mask.detach(), "bool"));
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) count++;
  const found = new Int32Array(count);
  for (let i = 0, at = 0; at < count; i++) if (data[i] !== 0) found[at++] = i;
  return tensor(found);
}

/**
 * @internal Converts positions that may count from the end to 0 … size - 1. @throws ValueError
 * `INDEX_OUT_OF_RANGE`.
 */
export function counted(op: string, index: Tensor, size: number): Tensor {
  if (index.dtype === "uint8")
    throw new DTypeError(
      `${op}: bytes are a mask or positions, which is not known: use to("bool") or to("int32")`,
    );
  const given = indexTensor(op, index);
  const at = where(compare.lt(given, 0), add(given, size), given);
  // A kernel checks the range, so no value needs to be read here.
  selectedBy(op, empty([size, 0], "uint8"), 0, reshape(at, [at.numel]));
  return at;
}

/** @internal A mask as the positions of its true elements, one tensor for each of its dims. */
export function maskIndices(mask: Tensor): Tensor[] {
  const flat = positionsOf(mask);
  return mask.shape.map((size, d) =>
    binary.remainder(binary.floorDivide(flat, numel(mask.shape.slice(d + 1))), size),
  );
}

/** The number of dims of x that a subscript consumes. */
function dimsOf(subscript: Subscript): number {
  if (subscript === null || typeof subscript === "boolean") return 0;
  if (subscript instanceof Tensor && subscript.dtype === "bool") return subscript.ndim;
  return 1;
}

const isRange = (subscript: Subscript): subscript is Range | ":" =>
  subscript === ":" ||
  (typeof subscript === "object" &&
    subscript !== null &&
    !Array.isArray(subscript) &&
    !(subscript instanceof Tensor));

/** Converts arrays to tensors, and the ellipsis to the ranges that it replaces. */
function written(op: string, x: Tensor, given: readonly Subscript[]): Subscript[] {
  const subscripts = given.map((s) => (Array.isArray(s) ? arrayIndex(op, s) : (s as Subscript)));
  const dots = subscripts.indexOf("...");
  const named = subscripts.reduce<number>((n, s) => (s === "..." ? n : n + dimsOf(s)), 0);
  if (named > x.ndim) throw new ShapeError(`${op}: subscripts for ${named} dims: ${formatShape(x.shape)}`);
  if (dots < 0) return subscripts;
  if (subscripts.lastIndexOf("...") !== dots) throw new ValueError(`${op}: "..." stands once at most`);
  const rest = new Array<Subscript>(x.ndim - named).fill(":");
  return [...subscripts.slice(0, dots), ...rest, ...subscripts.slice(dots + 1)];
}

function arrayIndex(op: string, values: readonly NestedArray[]): Tensor {
  const flat = (values as unknown[]).flat(Number.POSITIVE_INFINITY);
  if (flat.length > 0 && flat.every((v) => typeof v === "boolean"))
    return tensor(values as NestedArray[], { dtype: "bool" });
  if (!flat.every((v) => Number.isInteger(v)))
    throw new DTypeError(`${op}: an array of positions or of booleans: ${quoted(values)}`);
  return tensor(values as NestedArray[], { dtype: "int32" });
}

/** The remaining index tensors, after positions, ranges and new dims have made a view. */
interface Viewed {
  readonly view: Tensor;
  /** For each dim of the view, the positions in it, or undefined for all positions. */
  readonly indices: (Tensor | undefined)[];
}

function viewed(op: string, x: Tensor, given: readonly Subscript[]): Viewed {
  let view = x;
  const indices: (Tensor | undefined)[] = [];
  for (const subscript of written(op, x, given)) {
    const d = indices.length;
    if (typeof subscript === "number") view = select(view, d, subscript);
    else if (subscript === null) {
      view = unsqueeze(view, d);
      indices.push(undefined);
    } else if (typeof subscript === "boolean" || (subscript instanceof Tensor && isFlag(subscript))) {
      // A single true or false is a mask without dims: it adds a dim with one element, or with none.
      const flag = typeof subscript === "boolean" ? subscript : Boolean(subscript.item());
      view = unsqueeze(view, d);
      indices.push(zeros([Number(flag)], { dtype: "int32" }));
    } else if (subscript instanceof Tensor && subscript.dtype === "bool") {
      checkMask(op, subscript, view.shape.slice(d, d + subscript.ndim));
      view = flatten(view, d, d + subscript.ndim - 1);
      indices.push(positionsOf(subscript));
    } else if (subscript instanceof Tensor) {
      indices.push(counted(op, subscript, view.shape[d]));
    } else if (isRange(subscript)) {
      view = ranged(op, view, d, subscript);
      indices.push(undefined);
    } else throw new ValueError(`${op}: no subscript: ${String(subscript)}`);
  }
  while (indices.length < view.ndim) indices.push(undefined);
  return { view, indices };
}

const isFlag = (index: Tensor) => index.dtype === "bool" && index.ndim === 0;

function ranged(op: string, view: Tensor, d: number, range: Range | ":"): Tensor {
  if (range === ":") return view;
  checkOptions(op, range, ["start", "stop", "step"]);
  const { start = null, stop = null, step } = range;
  return sliceDim(view, d, start, stop, step ?? 1);
}

/** @internal */
export function checkMask(op: string, mask: Tensor, covered: Shape): void {
  if (!sameShape(covered, mask.shape))
    throw new ShapeError(
      `${op}: a mask has the shape of the dims it covers: ${formatShape(mask.shape)} for ${formatShape(covered)}`,
    );
}

/**
 * The part of `x` that Python writes as `x[…]`: `x.index(0, "...", { start: 1, step: 2 })` is
 * `x[0, ..., 1::2]`, `x.index(mask)` is `x[mask]`. Positions count from the end where they are negative.
 * Tensors of positions broadcast against each other; their dims come where the first of them was, or first of
 * all where there is something between them. A view, unless there are tensors. PyTorch: `Tensor.__getitem__`.
 * @throws `INDEX_OUT_OF_RANGE`; ShapeError for more subscripts than dims and for masks that do not fit.
 * @forms x.index()
 */
export function index(x: Tensor, ...subscripts: Subscript[]): Tensor {
  checkTensors("index", x);
  const { view, indices } = viewed("index", x, subscripts);
  const dims = indices.flatMap((at, d) => (at === undefined ? [] : [d]));
  if (dims.length === 0) return view;
  const rest = [...indices.keys()].filter((d) => !dims.includes(d));
  const sizesOf = (of: readonly number[]) => of.map((d) => view.shape[d]);
  const rows = reshape(permute(view, [...dims, ...rest]), [numel(sizesOf(dims)), ...sizesOf(rest)]);
  const at = flatPositions(
    dims.map((d) => indices[d]!),
    sizesOf(dims),
  );
  const found = reshape(indexSelect(rows, 0, reshape(at, [at.numel])), [...at.shape, ...sizesOf(rest)]);
  const adjacent = dims[dims.length - 1] - dims[0] === dims.length - 1;
  const before = adjacent ? dims[0] : 0;
  if (before === 0) return found;
  const lead = [...at.shape.keys()];
  const order = [...found.shape.keys()].slice(lead.length);
  return permute(found, [...order.slice(0, before), ...lead, ...order.slice(before)]);
}

/** Positions in the flattened dims of these sizes. */
function flatPositions(indices: readonly Tensor[], sizes: Shape): Tensor {
  const shape = indices.map((at) => at.shape).reduce((a, b) => broadcastShapes("index", a, b));
  let flat = constant(0, "int32");
  for (const [i, at] of indices.entries()) flat = add(mul(flat, sizes[i]), at);
  return expand(flat, shape);
}
