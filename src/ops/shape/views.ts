import { checkIntegerList, checkIntegers, checkTensors } from "../../arguments.js";
import { differentiable, differentiableView, differentiableViews } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { run, strided } from "../../kernels/run.js";
import { checkOptionKind } from "../../option-kinds.js";
import { dimAndOptions, dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import { isTensor } from "../../recognize.js";
import {
  broadcastStrides,
  checkShape,
  denseStrides,
  inferShape,
  isDense,
  numel,
  resolveDim,
  type Shape,
  type Strides,
  sameShape,
} from "../../shape.js";
import { checkList } from "../../tensor/room.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { lineDim } from "../arguments/line-dim.js";
import { constant } from "../create/constant.js";
import { zeros } from "../create/create.js";
import { sumTo } from "../reduce/reduce.js";

/** A differentiable view; `back` maps the gradient of the view to the gradient of `x`. */
function view(
  name: string,
  x: Tensor,
  offset: number,
  shape: Shape,
  strides: Strides,
  back: (g: Tensor) => Tensor,
): Tensor {
  return differentiableView(name, x, x.viewOf(offset, shape, strides), back);
}

/** A dense copy of any view, outside the graph. */
export function denseCopy(x: Tensor): Tensor {
  const out = empty(x.shape, x.dtype);
  run.copy(x.shape, x, out);
  return out;
}

/** @internal `x` itself when dense, else a dense copy; for kernels, outside the graph. */
export function dense(x: Tensor): Tensor {
  return isDense(x.shape, x.strides) ? x : denseCopy(x);
}

/**
 * A copy of `x` in new memory. Shape of `x`. PyTorch: `torch.clone`.
 * @example clone(tensor([1, 2])) // [1, 2]
 * @forms clone(), x.clone()
 */
export function clone(x: Tensor): Tensor {
  checkTensors("clone", x);
  return differentiable("clone", [x], denseCopy(x), (g) => [g]);
}

/**
 * `x` itself if its elements lie in order, else a copy. PyTorch: `Tensor.contiguous`.
 * @forms x.contiguous()
 */
export function contiguous(x: Tensor): Tensor {
  checkTensors("contiguous", x);
  return x.isContiguous ? x : clone(x);
}

/**
 * `x` converted to another dtype; gradients come back in the dtype of `x`. Floats become integers by
 * truncation, `bool` is `x != 0`. What the integers do not hold wraps around, and NaN and infinities become 0
 * (in PyTorch that differs by machine); where that would be a mistake, `tensor(data, { dtype })` checks.
 * PyTorch: `Tensor.to`.
 * @forms x.to()
 */
export function to(x: Tensor, dtype: DType): Tensor {
  checkTensors("to", x);
  if (x.dtype === dtype) return x;
  checkOptionKind("to", "dtype", dtype ?? null);
  const out = empty(x.shape, dtype);
  if (dtype === "bool") {
    const zero = constant(0, x.dtype);
    const none = x.shape.map(() => 0);
    run.compare("ne", x.shape, x, strided(zero, none), out);
    return out;
  }
  run.copy(x.shape, x, out);
  return isFloating(dtype) ? differentiable("to", [x], out, (g) => [to(g, x.dtype)]) : out;
}

/**
 * The same elements in another shape; one size may be -1. A view where strides allow, else a copy. PyTorch:
 * `torch.reshape`.
 * @example reshape(ones([4]), [2, -1]).shape // [2, 2]
 * @throws ShapeError for a shape that does not hold as many elements.
 * @forms reshape(), x.reshape(...shape)
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensors("reshape", x);
  checkIntegerList("reshape", "shape", shape);
  const target = inferShape("reshape", x.shape, shape);
  const strides = x.isContiguous ? denseStrides(target) : viewStrides(x.shape, x.strides, target);
  if (strides === null) return reshape(clone(x), target);
  const from = x.shape;
  return view("reshape", x, x.offset, target, strides, (g) => reshape(g, from));
}

/**
 * Strides of shape `to` over the same memory, or null if a copy is needed. The dims of `from` are grouped
 * into runs without gaps; each group must consist of whole dims of `to`.
 */
function viewStrides(from: Shape, strides: Strides, to: Shape): number[] | null {
  if (numel(from) === 0) return denseStrides(to);
  const sizes: number[] = [];
  const steps: number[] = [];
  for (let d = 0; d < from.length; d++) {
    if (from[d] === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && steps[last] === strides[d] * from[d]) {
      sizes[last] *= from[d];
      steps[last] = strides[d];
    } else {
      sizes.push(from[d]);
      steps.push(strides[d]);
    }
  }
  const out = new Array<number>(to.length).fill(1);
  let d = to.length - 1;
  for (let group = sizes.length - 1; group >= 0; group--) {
    let step = steps[group];
    let rest = sizes[group];
    while (rest > 1) {
      if (d < 0 || rest % to[d] !== 0) return null;
      out[d] = step;
      step *= to[d];
      rest /= to[d--];
    }
  }
  return out;
}

/**
 * `x` with dims `startDim` to `endDim` (default: all) as one dim; by position or by name. PyTorch:
 * `torch.flatten`.
 * @example flatten(ones([2, 3])).shape // [6]
 * @throws ShapeError if `startDim` is after `endDim`.
 * @forms flatten(), x.flatten()
 */
export function flatten(
  x: Tensor,
  ...args: [startDim?: number, endDim?: number] | [{ startDim?: number; endDim?: number }]
): Tensor {
  checkTensors("flatten", x);
  const { startDim = 0, endDim = -1 } = byPositionOrName("flatten", args, ["startDim", "endDim"]) as {
    startDim?: number;
    endDim?: number;
  };
  if (x.ndim === 0) return reshape(x, [1]);
  const start = resolveDim("flatten", startDim, x.ndim);
  const end = resolveDim("flatten", endDim, x.ndim);
  if (start > end)
    throw new ShapeError(`flatten: startDim comes first: ${quoted(startDim)}, ${quoted(endDim)}`);
  const middle = numel(x.shape.slice(start, end + 1));
  return reshape(x, [...x.shape.slice(0, start), middle, ...x.shape.slice(end + 1)]);
}

/**
 * A view of `x` with its dims in another order: `permute(x, [2, 0, 1])`. PyTorch: `torch.permute`.
 * @throws ShapeError unless every dim is there once.
 * @forms permute(), x.permute(...dims)
 */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  checkTensors("permute", x);
  checkIntegerList("permute", "dims", dims);
  const order = dims.map((d) => resolveDim("permute", d, x.ndim));
  if (order.length !== x.ndim || new Set(order).size !== x.ndim)
    throw new ShapeError(`permute: every dim once: ${formatShape(dims)} for ${formatShape(x.shape)}`);
  const inverse = order.map((_, d) => order.indexOf(d));
  const shape = order.map((d) => x.shape[d]);
  const strides = order.map((d) => x.strides[d]);
  return view("permute", x, x.offset, shape, strides, (g) => permute(g, inverse));
}

/**
 * A view of `x` with two dims swapped. PyTorch: `torch.transpose`.
 * @example transpose(ones([2, 3]), 0, 1).shape // [3, 2]
 * @forms transpose(), x.transpose()
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  checkTensors("transpose", x);
  const a = lineDim("transpose", dim0, x);
  const b = lineDim("transpose", dim1, x);
  if (a === b) return view("transpose", x, x.offset, x.shape, x.strides, (g) => g);
  const shape = [...x.shape];
  const strides = [...x.strides];
  [shape[a], shape[b]] = [shape[b], shape[a]];
  [strides[a], strides[b]] = [strides[b], strides[a]];
  return view("transpose", x, x.offset, shape, strides, (g) => transpose(g, a, b));
}

/**
 * A view of `x` repeated along dims of size 1, and along new dims in front; -1 keeps a size. PyTorch:
 * `Tensor.expand`.
 * @forms x.expand(...shape)
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  checkTensors("expand", x);
  checkIntegerList("expand", "shape", shape);
  const lead = shape.length - x.ndim;
  const target = shape.map((size, d) => (size === -1 && d >= lead ? x.shape[d - lead] : size));
  const fits = lead >= 0 && x.shape.every((size, d) => size === 1 || size === target[d + lead]);
  if (!fits || target.some((size) => size < 0))
    throw new ShapeError(
      `expand: only dims of size 1 can be repeated: ${formatShape(x.shape)} to ${formatShape(shape)}`,
    );
  const from = x.shape;
  if (sameShape(from, target)) return x;
  checkShape("expand", target);
  const strides = broadcastStrides(from, x.strides, target);
  return view("expand", x, x.offset, target, strides, (g) => sumTo(g, from));
}

/**
 * A view of `x` without its dims of size 1, or without the given ones if they have size 1. PyTorch:
 * `torch.squeeze`.
 * @example squeeze(ones([1, 2])).shape // [2]
 * @forms squeeze(), x.squeeze()
 */
export function squeeze(
  x: Tensor,
  where?: number | readonly number[] | { dim?: number | readonly number[] },
): Tensor {
  checkTensors("squeeze", x);
  const [dim] = dimAndOptions<number | readonly number[], object>("squeeze", [], where, undefined);
  if (dim !== undefined && typeof dim !== "number") checkIntegerList("squeeze", "dim", dim);
  const given =
    dim === undefined
      ? undefined
      : (typeof dim === "number" ? [dim] : dim).map((d) => lineDim("squeeze", d, x));
  const keep = x.shape.map((size, d) => size !== 1 || (given !== undefined && !given.includes(d)));
  const from = x.shape;
  const only = <T>(values: readonly T[]) => values.filter((_, d) => keep[d]);
  return view("squeeze", x, x.offset, only(x.shape), only(x.strides), (g) => reshape(g, from));
}

/**
 * A view of `x` with a new dim of size 1 at `dim`. PyTorch: `torch.unsqueeze`.
 * @example unsqueeze(ones([2]), 0).shape // [1, 2]
 * @forms unsqueeze(), x.unsqueeze()
 */
export function unsqueeze(x: Tensor, dim: OrNamed<number>): Tensor {
  checkTensors("unsqueeze", x);
  const at = resolveDim("unsqueeze", dimOf("unsqueeze", dim), x.ndim + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  const strides = [...x.strides.slice(0, at), 1, ...x.strides.slice(at)];
  return view("unsqueeze", x, x.offset, shape, strides, (g) => squeeze(g, at));
}

/**
 * The offset of a region. For an empty region it is not advanced, because it could point past the end of the
 * memory.
 */
function regionOffset(x: Tensor, start: readonly number[], size: Shape): number {
  return numel(size) === 0 ? x.offset : start.reduce((at, s, d) => at + s * x.strides[d], x.offset);
}

/** A rectangular part of `x`: `size` elements along each dim, starting at `start`, `step` apart. */
function region(x: Tensor, start: readonly number[], size: Shape, step: readonly number[]): Tensor {
  const from = x.shape;
  const offset = regionOffset(x, start, size);
  const strides = x.strides.map((stride, d) => stride * step[d]);
  return view("slice", x, offset, size, strides, (g) => place(g, from, start, step));
}

/** The adjoint of `region`: zeros of `shape`, with `g` in the region. */
function place(g: Tensor, shape: Shape, start: readonly number[], step: readonly number[]): Tensor {
  const out = zeros(shape, { dtype: g.dtype });
  const offset = regionOffset(out, start, g.shape);
  const strides = out.strides.map((stride, d) => stride * step[d]);
  run.copy(g.shape, g, strided(out, strides, offset));
  return differentiable("place", [g], out, (gg) => [region(gg, start, g.shape, step)]);
}

/** One range of a dim: `[start, end]` or `[start, end, step]`; null or undefined takes all of the dim. */
export type SliceRange =
  | readonly [start: number | null, end?: number | null, step?: number]
  | null
  | undefined;

/**
 * A view of a part of `x`, given by one range per dim. Ranges are given for the dims from the front.
 * `x.slice([0, 2])` is Python's `x[0:2]`, `x.slice(null, [1, null, 2])` is `x[:, 1::2]`. Negative positions
 * count from the end; ranges are cut to the dim. PyTorch: `Tensor.__getitem__`.
 * @forms x.slice()
 */
export function slice(x: Tensor, ...ranges: SliceRange[]): Tensor {
  checkTensors("slice", x);
  if (ranges.length > x.ndim)
    throw new ShapeError(`slice: ${ranges.length} ranges for ${x.ndim} dims: ${formatShape(x.shape)}`);
  const start = x.shape.map(() => 0);
  const size = [...x.shape];
  const step = x.shape.map(() => 1);
  for (const [d, range] of ranges.entries()) {
    if (range === null || range === undefined) continue;
    if (!Array.isArray(range))
      throw new ValueError(`slice: a range is [start, end, step] or null: ${quoted(range)} in dim ${d}`);
    const [from, end, by = 1] = range;
    if (!Number.isInteger(by) || by < 1)
      throw new ValueError(`slice: the step is an integer >= 1: ${quoted(by)} in dim ${d}`);
    const cut = (position: number) =>
      Math.min(Math.max(position < 0 ? position + x.shape[d] : position, 0), x.shape[d]);
    for (const position of [from ?? 0, end ?? 0])
      if (!Number.isInteger(position))
        throw new ValueError(`slice: positions are integers: ${quoted(position)} in dim ${d}`);
    start[d] = cut(from ?? 0);
    size[d] = Math.max(0, Math.ceil((cut(end ?? x.shape[d]) - start[d]) / by));
    step[d] = by;
  }
  return region(x, start, size, step);
}

/** @internal One range of one dim. */
export function sliceDim(x: Tensor, d: number, start: number | null, end: number | null, step = 1): Tensor {
  return slice(x, ...x.shape.map((_, i) => (i === d ? ([start, end, step] as const) : null)));
}

/**
 * A view of `length` elements along `dim`, beginning at position `from` (a number or a tensor of one integer;
 * negative ones count from the end). PyTorch: `torch.narrow`.
 * @example narrow(tensor([1, 2, 3]), 0, 1, 2) // [2, 3]
 * @throws ShapeError `INDEX_OUT_OF_RANGE` for a part that is not in the dim.
 * @forms narrow(), x.narrow()
 */
export function narrow(x: Tensor, dim: number, from: number | Tensor, length: number): Tensor {
  checkTensors("narrow", x);
  const d = resolveDim("narrow", dim, x.ndim);
  const start = isTensor(from) ? from.item() : from;
  checkIntegers("narrow", { start, length });
  const first = start < 0 ? start + x.shape[d] : start;
  if (
    !Number.isInteger(start) ||
    !Number.isInteger(length) ||
    first < 0 ||
    length < 0 ||
    first + length > x.shape[d]
  )
    throw new ShapeError(
      `narrow: outside dim ${d} of ${formatShape(x.shape)}: ${length} elements from ${quoted(start)}`,
      "INDEX_OUT_OF_RANGE",
    );
  return part(x, d, first, length);
}

/** `length` elements of dim `d`, from `first`. */
function part(x: Tensor, d: number, first: number, length: number): Tensor {
  const start = new Array<number>(x.ndim).fill(0);
  const size = [...x.shape];
  start[d] = first;
  size[d] = length;
  return region(x, start, size, new Array<number>(x.ndim).fill(1));
}

/**
 * A view of element `index` along `dim`, without that dim. PyTorch: `torch.select`.
 * @example select(tensor([[1, 2], [3, 4]]), 0, 1) // [3, 4]
 * @throws ShapeError `INDEX_OUT_OF_RANGE` for a position that is not in the dim.
 * @forms select(), x.select()
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  checkTensors("select", x);
  const d = resolveDim("select", dim, x.ndim);
  const i = Number.isInteger(index) && index < 0 ? index + x.shape[d] : index;
  if (!Number.isInteger(index) || i < 0 || i >= x.shape[d])
    throw new ShapeError(
      `select: index out of range: ${quoted(index)} in dim ${d} of ${formatShape(x.shape)}`,
      "INDEX_OUT_OF_RANGE",
    );
  return squeeze(narrow(x, d, i, 1), d);
}

/**
 * Views of parts of `size` elements along `dim` (the last one may be smaller), or of the given sizes. The dim
 * is 0 by default. PyTorch: `torch.split`.
 * @example split(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @throws ValueError for a size below 1; ShapeError for sizes that do not add up to the dim.
 * @forms split(), x.split()
 */
export function split(x: Tensor, size: number | readonly number[], dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("split", x);
  const d = resolveDim("split", dimOf("split", dim), x.ndim);
  const total = x.shape[d];
  if (typeof size !== "number" && !Array.isArray(size))
    throw new ValueError(`split: a size, or an array of sizes: ${quoted(size)}`);
  if (typeof size === "number" && (!Number.isInteger(size) || size < Math.min(1, total)))
    throw new ValueError(`split: the size is an integer >= 1 (0 of nothing): ${quoted(size)}`);
  if (typeof size === "number") checkList("split", Math.ceil(total / Math.max(1, size)));
  const sizes =
    typeof size === "number"
      ? Array.from({ length: total === 0 ? 1 : Math.ceil(total / size) }, (_, i) =>
          Math.min(size, total - i * size),
        )
      : size;
  if (sizes.reduce((a, b) => a + b, 0) !== total)
    throw new ShapeError(`split: sizes add up to the dim: ${formatShape(sizes)} for ${total}`);
  let start = 0;
  const parts = sizes.map((n) => {
    const part = narrow(x, d, start, n);
    start += n;
    return part;
  });
  // One gradient for all parts, instead of one of the size of x for each.
  if (parts.length > 1) differentiableViews("split", x, parts, (gs) => [unsplit(gs, x, d, sizes)]);
  return parts;
}

/** The adjoint of `split`: the gradients of the parts of `x` joined, with zeros for parts without one. */
function unsplit(gs: readonly (Tensor | null)[], x: Tensor, d: number, sizes: readonly number[]): Tensor {
  const out = gs.includes(null) ? zeros(x.shape, { dtype: x.dtype }) : empty(x.shape, x.dtype);
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  for (const [i, g] of gs.entries())
    if (g !== null && g.numel > 0)
      run.copy(g.shape, g, strided(out, out.strides, out.offset + starts[i] * out.strides[d]));
  const given = [...gs.keys()].filter((i) => gs[i] !== null);
  const inputs = given.map((i) => gs[i]!);
  return differentiable("unsplit", inputs, out, (g) => given.map((i) => narrow(g, d, starts[i], sizes[i])));
}

/**
 * Views of at most `chunks` parts of equal size along `dim` (the last one may be smaller). If the dim is
 * empty, there are `chunks` empty parts. The dim is 0 by default. PyTorch: `torch.chunk`.
 * @example chunk(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @throws ValueError for a number of chunks below 1.
 * @forms chunk(), x.chunk()
 */
export function chunk(x: Tensor, chunks: number, dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("chunk", x);
  const d = resolveDim("chunk", dimOf("chunk", dim), x.ndim);
  if (!Number.isInteger(chunks) || chunks < 1)
    throw new ValueError(`chunk: the number of chunks is an integer >= 1: ${quoted(chunks)}`);
  if (x.shape[d] === 0) {
    checkList("chunk", chunks);
    return split(x, new Array<number>(chunks).fill(0), d);
  }
  return split(x, Math.ceil(x.shape[d] / chunks), d);
}
