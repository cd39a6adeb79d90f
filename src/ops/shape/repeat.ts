import { checkIntegerList, checkOperands, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions, dimAndOptions, type WithDim } from "../../options.js";
import { quoted } from "../../quote.js";
import { checkShape, broadcastShapes as commonShape, resolveDim, type Shape } from "../../shape.js";
import { roomFor } from "../../tensor/room.js";
import { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { indexSelect } from "../index/indexing.js";
import { clone, denseCopy, expand, reshape } from "./views.js";

function checkRepeats(op: string, repeats: readonly number[]): void {
  for (const n of repeats)
    if (!Number.isInteger(n) || n < 0)
      throw new ValueError(`${op}: repeats are integers >= 0: ${quoted(repeats)}`);
}

/**
 * Copies of the whole tensor side by side, `repeats[d]` of them along dim `d`; more repeats than dims add
 * dims in front. PyTorch: `Tensor.repeat`.
 * @forms x.repeat(...repeats)
 */
export function repeat(x: Tensor, repeats: readonly number[]): Tensor {
  checkTensors("repeat", x);
  checkRepeats("repeat", repeats);
  const lead = repeats.length - x.ndim;
  if (lead < 0)
    throw new ShapeError(
      `repeat: a number for each dim: ${formatShape(repeats)} for ${formatShape(x.shape)}`,
    );
  const shape = [...new Array<number>(lead).fill(1), ...x.shape];
  const apart = reshape(
    x,
    shape.flatMap((size) => [1, size]),
  );
  const repeated = expand(
    apart,
    shape.flatMap((size, d) => [repeats[d], size]),
  );
  return clone(
    reshape(
      repeated,
      shape.map((size, d) => size * repeats[d]),
    ),
  );
}

/**
 * As `repeat`, but fewer numbers than dims apply to the last dims. PyTorch: `torch.tile`.
 * @example tile(tensor([1, 2]), [2]) // [1, 2, 1, 2]
 * @throws ValueError for repeats that are not integers of 0 or more.
 * @forms tile(), x.tile(...dims)
 */
export function tile(x: Tensor, dims: readonly number[]): Tensor {
  checkTensors("tile", x);
  checkIntegerList("tile", "dims", dims);
  checkRepeats("tile", dims);
  return repeat(x, [...new Array<number>(Math.max(0, x.ndim - dims.length)).fill(1), ...dims]);
}

/**
 * `x` with every element (without `dim`: of the flattened tensor) repeated `repeats` times in a row along
 * `dim`; `repeats` may be a number for each element. With one argument, the position of each element as often
 * as it says. PyTorch: `torch.repeat_interleave`.
 * @example repeatInterleave(tensor([1, 2]), 2) // [1, 1, 2, 2]
 * @throws ShapeError for another number of repeats than elements, and an `outputSize` that is not their sum;
 * DTypeError and ValueError for repeats that are not integers.
 * @forms repeatInterleave(), x.repeatInterleave()
 */
export function repeatInterleave(
  x: Tensor,
  repeats?: number | Tensor,
  dim?: number | WithDim<number, { outputSize?: number }>,
  options?: { outputSize?: number },
): Tensor {
  checkTensors("repeatInterleave", x);
  checkOperands("repeatInterleave", repeats ?? 1);
  const [along, named] = dimAndOptions<number, { outputSize?: number }>(
    ...(["repeatInterleave", ["outputSize"], dim, options] as const),
  );
  if (repeats === undefined) return positions(repeatsOf(x, x.numel));
  const line = along === undefined || x.ndim === 0 ? reshape(x, [x.numel]) : x;
  const d = resolveDim("repeatInterleave", along ?? 0, line.ndim);
  const index = positions(repeatsOf(repeats, line.shape[d]));
  const { outputSize = index.numel } = named;
  if (outputSize !== index.numel)
    throw new ShapeError(
      `repeatInterleave: outputSize is the sum of the repeats, ${index.numel}: ${outputSize}`,
    );
  return indexSelect(line, d, index);
}

function repeatsOf(repeats: number | Tensor, length: number): ArrayLike<number> {
  if (!(repeats instanceof Tensor) && typeof repeats !== "number")
    throw new ValueError(`repeatInterleave: repeats are a number or a tensor: ${quoted(repeats)}`);
  if (typeof repeats !== "number" && (isFloating(repeats.dtype) || repeats.dtype === "bool"))
    throw new DTypeError(`repeatInterleave: repeats are integers: ${repeats.dtype}; use to("int32")`);
  if (typeof repeats !== "number" && repeats.ndim > 1)
    throw new ShapeError(`repeatInterleave: repeats have at most one dim: ${formatShape(repeats.shape)}`);
  const given = typeof repeats === "number" ? [repeats] : denseCopy(repeats.detach()).data;
  for (const n of given) if (!(Number.isInteger(n) && n >= 0)) checkRepeats("repeatInterleave", [n]);
  if (given.length !== length && given.length !== 1)
    throw new ShapeError(
      `repeatInterleave: one number, or one for each of ${length} elements: ${given.length}`,
    );
  return given.length === length ? given : roomFor("repeatInterleave", "float64", length).fill(given[0]);
}

/** 0 repeated as often as the first number says, 1 as often as the second, … */
function positions(repeats: ArrayLike<number>): Tensor {
  let count = 0;
  for (let i = 0; i < repeats.length; i++) count += repeats[i];
  const found = roomFor("repeatInterleave", "int32", count);
  for (let i = 0, at = 0; i < repeats.length; at += repeats[i++]) found.fill(i, at, at + repeats[i]);
  return tensor(found);
}

/**
 * A view of `x` expanded to the shape of `other`. PyTorch: `Tensor.expand_as`.
 * @forms x.expandAs()
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  checkTensors("expandAs", x, other);
  return expand(x, other.shape);
}

/**
 * A view of `x` expanded to `shape`: `expand` under NumPy's name. PyTorch: `torch.broadcast_to`.
 * @example broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 * @throws ShapeError for a dim of `x` that is neither 1 nor the size that is asked for.
 * @forms broadcastTo(), x.broadcastTo(...shape)
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensors("broadcastTo", x);
  return expand(x, shape);
}

/**
 * The shape to which all of these shapes broadcast; a number is a shape of one dim. PyTorch:
 * `torch.broadcast_shapes`.
 * @example broadcastShapes([2, 1], [3]) // [2, 3]
 * @throws ShapeError for shapes that do not broadcast.
 * @forms broadcastShapes()
 */
export function broadcastShapes(...shapes: (Shape | number)[]): number[] {
  const given = shapes.map((shape) => (typeof shape === "number" ? [shape] : shape));
  for (const shape of given) checkShape("broadcastShapes", shape);
  return given.reduce<number[]>((a, b) => commonShape("broadcastShapes", a, b), []);
}

/**
 * Views of the tensors, expanded to the shape to which all of them broadcast. PyTorch:
 * `torch.broadcast_tensors`.
 * @example broadcastTensors(ones([2, 1]), ones([3])).map(({ shape }) => shape) // [[2, 3], [2, 3]]
 * @throws ShapeError for shapes that do not broadcast.
 * @forms broadcastTensors()
 */
export function broadcastTensors(...tensors: Tensor[] | [readonly Tensor[]]): Tensor[] {
  const given = tensors.flat() as Tensor[];
  checkTensors("broadcastTensors", ...given);
  const shape = given.map((x) => x.shape).reduce((a, b) => commonShape("broadcastTensors", a, b), []);
  return given.map((x) => expand(x, shape));
}

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /** `"xy"` swaps the first two dims. Default `"ij"`. */
  indexing?: "ij" | "xy";
}

/**
 * The coordinates of a grid whose axes are the given vectors: tensor `i` of the result has the values of
 * vector `i` along its dim `i`. The vectors (or scalars) are given one by one or as an array. With
 * `indexing: "xy"` the first two dims are swapped. Views. PyTorch: `torch.meshgrid`.
 * @example meshgrid(tensor([1, 2]), tensor([3, 4])) // [[[1, 1], [2, 2]], [[3, 4], [3, 4]]]
 * @throws ShapeError without a tensor, and for more than 1 dim; DTypeError for different dtypes; ValueError
 * for another `indexing`.
 * @forms meshgrid()
 */
export function meshgrid(tensors: readonly Tensor[], options?: MeshgridOptions): Tensor[];
export function meshgrid(...tensorsAndOptions: (Tensor | MeshgridOptions)[]): Tensor[];
export function meshgrid(...given: unknown[]): Tensor[] {
  const all = given.flat();
  const last = all.at(-1);
  const options = last instanceof Tensor ? undefined : (last as MeshgridOptions | undefined);
  const tensors = (last instanceof Tensor ? all : all.slice(0, -1)) as Tensor[];
  checkOptions("meshgrid", options, ["indexing"]);
  const { indexing = "ij" } = options ?? {};
  if (indexing !== "ij" && indexing !== "xy")
    throw new ValueError(`meshgrid: indexing is ij or xy: ${String(indexing)}`);
  if (tensors.length === 0) throw new ShapeError("meshgrid: at least one tensor is needed: got none");
  checkTensors("meshgrid", ...tensors);
  for (const x of tensors) {
    if (x.ndim > 1) throw new ShapeError(`meshgrid: vectors or scalars are needed: ${formatShape(x.shape)}`);
    if (x.dtype !== tensors[0].dtype)
      throw new DTypeError(`meshgrid: dtypes differ: ${tensors[0].dtype} and ${x.dtype}`);
  }
  /** The dim of the grid along which vector `i` lies. */
  const axis = (i: number) => (indexing === "xy" && i < 2 && tensors.length > 1 ? 1 - i : i);
  const shape = tensors.map((_, d) => tensors[axis(d)].numel);
  return tensors.map((x, i) =>
    expand(
      reshape(
        x,
        shape.map((_, d) => (d === axis(i) ? x.numel : 1)),
      ),
      shape,
    ),
  );
}
