import { checkIntegerList, checkIntegers, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import { isOptions } from "../../recognize.js";
import { inferShape, numel, resolveDim, resolveDims, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { type Sizes, sizes } from "../arguments/sizes.js";
import { arange } from "../create/create.js";
import { add } from "../elementwise/elementwise.js";
import { indexSelect } from "../index/indexing.js";
import { cat } from "./join.js";
import { clone, narrow, permute, reshape, transpose } from "./views.js";

type Dims = number | readonly number[];
const list = (dims: Dims): readonly number[] => (Array.isArray(dims) ? dims : [dims as number]);

/**
 * A copy of `x` with the elements along `dims` in reverse order. Shape of `x`. PyTorch: `torch.flip`.
 * @example flip(tensor([1, 2, 3]), [0]) // [3, 2, 1]
 * @throws ShapeError for a dim that is listed twice.
 * @forms flip()
 */
export function flip(x: Tensor, dims: OrNamed<Dims, "dims">): Tensor {
  checkTensors("flip", x);
  const along = resolveDims("flip", list(dimOf("flip", dims, "dims")), x.ndim);
  return along.reduce(
    (y, d) => indexSelect(y, d, arange(x.shape[d] - 1, -1, -1, { dtype: "int32" })),
    along.length === 0 ? clone(x) : x,
  );
}

/**
 * A copy of `x` with the elements along dims in reverse order: `x.flip(0, 1)` or `x.flip([0, 1])`. PyTorch:
 * `Tensor.flip`.
 * @forms x.flip()
 */
export function flipAlong(
  x: Tensor,
  ...dims: Sizes | [{ readonly dims: number | readonly number[] }]
): Tensor {
  return flip(x, isOptions(dims[0]) ? (dims[0] as { dims: Dims }) : sizes(dims as Sizes));
}

/**
 * A copy of `x` with its columns (dim 1) in reverse order. PyTorch: `torch.fliplr`.
 * @example fliplr(tensor([[1, 2], [3, 4]])) // [[2, 1], [4, 3]]
 * @throws ShapeError for less than 2 dims.
 * @forms fliplr(), x.fliplr()
 */
export function fliplr(x: Tensor): Tensor {
  checkTensors("fliplr", x);
  if (x.ndim < 2) throw new ShapeError(`fliplr: at least 2 dims are needed: ${formatShape(x.shape)}`);
  return flip(x, 1);
}

/**
 * A copy of `x` with its rows (dim 0) in reverse order. PyTorch: `torch.flipud`.
 * @example flipud(tensor([[1, 2], [3, 4]])) // [[3, 4], [1, 2]]
 * @throws ShapeError for a scalar.
 * @forms flipud(), x.flipud()
 */
export function flipud(x: Tensor): Tensor {
  checkTensors("flipud", x);
  if (x.ndim < 1) throw new ShapeError(`flipud: at least 1 dim is needed: ${formatShape(x.shape)}`);
  return flip(x, 0);
}

/**
 * A copy of `x` with elements shifted by `shifts` along `dims`, where those shifted past the end come in at
 * the front; without `dims`, those of the flattened tensor. Shape of `x`. PyTorch: `torch.roll`.
 * @example roll(tensor([1, 2, 3]), 1) // [3, 1, 2]
 * @throws ShapeError unless there are as many shifts as dims; ValueError for shifts that are not integers.
 * @forms roll(), x.roll()
 */
export function roll(x: Tensor, shifts: Dims, dims: OrNamed<Dims, "dims"> = []): Tensor {
  checkTensors("roll", x);
  const [by, along] = [list(shifts), list(dimOf("roll", dims, "dims"))];
  if (along.length === 0 && by.length === 1)
    return reshape(rollAlong(reshape(x, [x.numel]), by[0], 0), x.shape);
  if (by.length !== along.length || by.length === 0)
    throw new ShapeError(`roll: as many shifts as dims: ${formatShape(by)} and ${formatShape(along)}`);
  return by.reduce((y, shift, i) => rollAlong(y, shift, lineDim("roll", along[i], x)), x);
}

function rollAlong(x: Tensor, shift: number, dim: number): Tensor {
  if (!Number.isInteger(shift)) throw new ValueError(`roll: shifts are integers: ${quoted(shift)}`);
  const n = x.ndim === 0 ? 0 : x.shape[dim];
  if (n === 0) return clone(x);
  const first = ((-shift % n) + n) % n;
  return cat([narrow(x, dim, first, n - first), narrow(x, dim, 0, first)], dim);
}

/**
 * `x` rotated `k` times by 90 degrees, from the first of `dims` towards the second. Defaults: `k` 1, `dims`
 * [0, 1]. PyTorch: `torch.rot90`.
 * @example rot90(tensor([[1, 2], [3, 4]])) // [[2, 4], [1, 3]]
 * @throws ShapeError unless there are two different dims.
 * @forms rot90(), x.rot90()
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  checkTensors("rot90", x);
  checkIntegers("rot90", { k });
  checkIntegerList("rot90", "dims", dims);
  if (dims.length !== 2) throw new ShapeError(`rot90: two dims are needed: ${formatShape(dims)}`);
  const [a, b] = dims.map((d) => resolveDim("rot90", d, x.ndim));
  if (a === b) throw new ShapeError(`rot90: a dim appears twice: ${formatShape(dims)}`);
  const turns = ((k % 4) + 4) % 4;
  if (turns === 1) return transpose(flip(x, b), a, b);
  if (turns === 2) return flip(x, [a, b]);
  if (turns === 3) return flip(transpose(x, a, b), b);
  return clone(x);
}

/**
 * `x` with dims `source` moved to `destination` and the others in their order. A view. PyTorch:
 * `torch.movedim`, `torch.moveaxis`.
 * @example movedim(ones([2, 3, 4]), 0, 2).shape // [3, 4, 2]
 * @throws ShapeError unless there are as many sources as destinations, each once.
 * @forms moveaxis(), movedim(), x.movedim(), x.moveaxis()
 */
export function movedim(x: Tensor, source: Dims, destination: Dims): Tensor {
  checkTensors("movedim", x);
  const from = list(source).map((d) => lineDim("movedim", d, x));
  const to = list(destination).map((d) => lineDim("movedim", d, x));
  if (from.length !== to.length || [from, to].some((dims) => new Set(dims).size !== dims.length))
    throw new ShapeError(
      `movedim: as many sources as destinations, each once: ${formatShape(list(source))} to ${formatShape(list(destination))}`,
    );
  const rest = [...x.shape.keys()].filter((d) => !from.includes(d));
  return permute(
    x,
    x.shape.map((_, d) => (to.includes(d) ? from[to.indexOf(d)] : rest.shift()!)),
  );
}

/**
 * `x` with two dims swapped: `transpose` under NumPy's name. PyTorch: `torch.swapaxes`, `torch.swapdims`.
 * @example swapaxes(ones([2, 3, 4]), 0, 2).shape // [4, 3, 2]
 * @forms swapaxes(), swapdims(), x.swapaxes(), x.swapdims()
 */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  checkTensors("swapaxes", x);
  return transpose(x, axis0, axis1);
}

/**
 * `x` with one dim as several of these sizes, one of which may be -1: the reverse of `flatten`. PyTorch:
 * `torch.unflatten`.
 * @example unflatten(ones([2, 6]), 1, [2, 3]).shape // [2, 2, 3]
 * @throws ShapeError for sizes that do not hold the elements of the dim.
 * @forms unflatten(), x.unflatten()
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  checkTensors("unflatten", x);
  checkIntegerList("unflatten", "sizes", sizes);
  const d = lineDim("unflatten", dim, x);
  if (sizes.length === 0) throw new ShapeError("unflatten: at least one size is needed: []");
  const parts = inferShape("unflatten", [x.ndim === 0 ? 1 : x.shape[d]], sizes);
  return reshape(x, [...x.shape.slice(0, d), ...parts, ...x.shape.slice(d + 1)]);
}

/**
 * The windows of `size` elements along `dim`, `step` apart: `dim` counts the windows, and a new
 * last dim holds their elements. A copy.
 * Shapes: [..., n, ...] → [..., ⌊(n - size) / step⌋ + 1, ..., size]. PyTorch: `Tensor.unfold`.
 * @forms x.unfold()
 */
export function unfold(x: Tensor, dim: number, size: number, step: number): Tensor {
  checkTensors("unfold", x);
  const d = lineDim("unfold", dim, x);
  const line = x.ndim === 0 ? reshape(x, [1]) : x;
  const n = line.shape[d];
  if (!Number.isInteger(size) || size < 0 || size > n)
    throw new ValueError(
      `unfold: the size is an integer from 0 to ${quoted(n)}, the size of dim ${d}: ${quoted(size)}`,
    );
  if (!Number.isInteger(step) || step < 1)
    throw new ValueError(`unfold: the step is an integer >= 1: ${quoted(step)}`);
  const windows = Math.floor((n - size) / step) + 1;
  const starts = reshape(arange(0, windows * step, step, { dtype: "int32" }), [windows, 1]);
  const places = reshape(add(starts, arange(size, { dtype: "int32" })), [windows * size]);
  const shape = [...line.shape.slice(0, d), windows, size, ...line.shape.slice(d + 1)];
  const found = movedim(reshape(indexSelect(line, d, places), shape), d + 1, -1);
  return x.ndim === 0 ? reshape(found, [size]) : found;
}

/**
 * A view of `x` in another shape of as many elements; one size may be -1. PyTorch: `Tensor.view`.
 * @throws ShapeError `VIEW_NEEDS_COPY` where the memory of `x` does not allow a view.
 * @forms x.view(...shape)
 */
export function view(x: Tensor, shape: Shape): Tensor {
  checkTensors("view", x);
  const y = reshape(x, shape);
  if (y.storage !== x.storage)
    throw new ShapeError(
      `view: takes a copy, strides ${formatShape(x.strides)} of ${formatShape(x.shape)} to ${formatShape(shape)}; use reshape()`,
      "VIEW_NEEDS_COPY",
    );
  return y;
}

/**
 * A vector of all elements. A view where strides allow. PyTorch: `torch.ravel`.
 * @example ravel(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 * @forms ravel(), x.ravel()
 */
export function ravel(x: Tensor): Tensor {
  checkTensors("ravel", x);
  return reshape(x, [numel(x.shape)]);
}

/**
 * The transpose of a matrix; a vector or scalar stays as it is. PyTorch: `torch.t`.
 * @example t(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * @throws ShapeError for more than 2 dims.
 * @forms t(), x.t()
 */
export function t(x: Tensor): Tensor {
  checkTensors("t", x);
  if (x.ndim > 2) throw new ShapeError(`t: at most 2 dims: ${formatShape(x.shape)}`);
  return x.ndim < 2 ? x : transpose(x, 0, 1);
}

/**
 * `x` in the shape of `other`. PyTorch: `Tensor.reshape_as`.
 * @forms x.reshapeAs()
 */
export function reshapeAs(x: Tensor, other: Tensor): Tensor {
  checkTensors("reshapeAs", x, other);
  return reshape(x, other.shape);
}

/**
 * A view of `x` in the shape of `other`. PyTorch: `Tensor.view_as`.
 * @forms x.viewAs()
 */
export function viewAs(x: Tensor, other: Tensor): Tensor {
  checkTensors("viewAs", x, other);
  return view(x, other.shape);
}
