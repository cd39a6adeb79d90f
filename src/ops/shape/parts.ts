/** Parts of a tensor along one dim. All are views. */

import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import { checkList } from "../../tensor/room.js";
import { Tensor } from "../../tensor/tensor.js";
import { chunk, denseCopy, narrow, select, split } from "./views.js";

/**
 * The number of parts, or the positions at which the tensor is split. If it is a tensor, its values are read,
 * because they determine shapes.
 */
export type Sections = number | readonly number[] | Tensor;

function sectionsOf(op: string, given: Sections): number | readonly number[] {
  if (!(given instanceof Tensor)) return given;
  if (isFloating(given.dtype) || given.dtype === "bool")
    throw new DTypeError(`${op}: positions are integers: ${given.dtype}; use to("int32")`);
  if (given.ndim > 1) throw new ShapeError(`${op}: positions have one dim: ${formatShape(given.shape)}`);
  const values = Array.from(denseCopy(given.detach()).data);
  return given.ndim === 0 ? values[0] : values;
}

/**
 * Parts of `x` along `dim`: `sections` parts whose sizes differ by at most 1, or the parts between the given
 * positions. Views. The dim is 0 by default. PyTorch: `torch.tensor_split`.
 * @example tensorSplit(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @throws ValueError for a number of sections below 1, and positions that are not integers; ShapeError for
 * positions that are not a vector.
 * @forms tensorSplit(), x.tensorSplit()
 */
export function tensorSplit(x: Tensor, sections: Sections, dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("tensorSplit", x);
  const d = resolveDim("tensorSplit", dimOf("tensorSplit", dim), x.ndim);
  return partsOf("tensorSplit", x, sectionsOf("tensorSplit", sections), d);
}

function partsOf(op: string, x: Tensor, sections: number | readonly number[], d: number): Tensor[] {
  const n = x.shape[d];
  const cut = (at: number) => {
    if (!Number.isInteger(at)) throw new ValueError(`${op}: positions are integers: ${String(at)}`);
    return Math.min(Math.max(at < 0 ? at + n : at, 0), n);
  };
  if (Array.isArray(sections)) {
    const cuts = [0, ...sections.map(cut), n];
    return cuts.slice(1).map((end, i) => narrow(x, d, cuts[i], Math.max(0, end - cuts[i])));
  }
  const count = sections as number;
  if (!Number.isInteger(count) || count < 1)
    throw new ValueError(`${op}: the number of sections is an integer >= 1: ${quoted(count)}`);
  checkList(op, count);
  let start = 0;
  return Array.from({ length: count }, (_, i) => {
    const length = Math.floor(n / count) + Number(i < n % count);
    start += length;
    return narrow(x, d, start - length, length);
  });
}

/** `tensorSplit`, except that a number of sections must divide the dim. */
function evenParts(op: string, x: Tensor, given: Sections, d: number, dims: number): Tensor[] {
  if (x.ndim < dims)
    throw new ShapeError(
      `${op}: at least ${dims} ${dims === 1 ? "dim is" : "dims are"} needed: ${formatShape(x.shape)}`,
    );
  const sections = sectionsOf(op, given);
  if (typeof sections === "number" && x.shape[d] % sections !== 0)
    throw new ShapeError(
      `${op}: the parts are equal: ${sections} parts of dim ${d} of ${formatShape(x.shape)}`,
    );
  return partsOf(op, x, sections, d);
}

/**
 * Equal parts along dim 1 (for a vector dim 0), or the parts between the given positions. Views. PyTorch:
 * `torch.hsplit`.
 * @example hsplit(tensor([1, 2, 3, 4]), 2) // [[1, 2], [3, 4]]
 * @throws ShapeError for a scalar, and for parts that are not equal.
 * @forms hsplit(), x.hsplit()
 */
export function hsplit(x: Tensor, sections: Sections): Tensor[] {
  checkTensors("hsplit", x);
  return evenParts("hsplit", x, sections, x.ndim === 1 ? 0 : 1, 1);
}

/**
 * Equal parts along dim 0, or the parts between the given positions. Views. PyTorch: `torch.vsplit`.
 * @example vsplit(tensor([[1, 2], [3, 4]]), 2) // [[[1, 2]], [[3, 4]]]
 * @throws ShapeError for less than 2 dims, and for parts that are not equal.
 * @forms vsplit(), x.vsplit()
 */
export function vsplit(x: Tensor, sections: Sections): Tensor[] {
  checkTensors("vsplit", x);
  return evenParts("vsplit", x, sections, 0, 2);
}

/**
 * Equal parts along dim 2, or the parts between the given positions. Views. PyTorch: `torch.dsplit`.
 * @example dsplit(ones([1, 2, 4]), 2).map(({ shape }) => shape) // [[1, 2, 2], [1, 2, 2]]
 * @throws ShapeError for less than 3 dims, and for parts that are not equal.
 * @forms dsplit(), x.dsplit()
 */
export function dsplit(x: Tensor, sections: Sections): Tensor[] {
  checkTensors("dsplit", x);
  return evenParts("dsplit", x, sections, 2, 3);
}

/**
 * Parts of the given sizes along `dim`: `split` with a list. Views. The dim is 0 by default. PyTorch:
 * `torch.split_with_sizes`.
 * @example splitWithSizes(tensor([1, 2, 3]), [1, 2]) // [[1], [2, 3]]
 * @throws ShapeError for sizes that are not an array, or do not add up to the dim.
 * @forms splitWithSizes(), x.splitWithSizes()
 */
export function splitWithSizes(x: Tensor, sizes: readonly number[], dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("splitWithSizes", x);
  if (!Array.isArray(sizes)) throw new ShapeError(`splitWithSizes: sizes are an array: ${String(sizes)}`);
  return split(x, sizes, dim);
}

/**
 * The parts that `split` returns; its views are safe here. The dim is 0 by default. Shapes as there. PyTorch:
 * `torch.unsafe_split`.
 * @example unsafeSplit(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @forms unsafeSplit(), x.unsafeSplit()
 */
export function unsafeSplit(x: Tensor, size: number, dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("unsafeSplit", x);
  return split(x, size, dim);
}

/**
 * The parts that `splitWithSizes` returns; its views are safe here. The dim is 0 by default. Shapes as there.
 * PyTorch: `torch.unsafe_split_with_sizes`.
 * @example unsafeSplitWithSizes(tensor([1, 2, 3]), [1, 2]) // [[1], [2, 3]]
 * @forms unsafeSplitWithSizes(), x.unsafeSplitWithSizes()
 */
export function unsafeSplitWithSizes(
  x: Tensor,
  sizes: readonly number[],
  dim: OrNamed<number> = 0,
): Tensor[] {
  checkTensors("unsafeSplitWithSizes", x);
  return splitWithSizes(x, sizes, dim);
}

/**
 * The parts that `chunk` returns; its views are safe here. The dim is 0 by default. Shapes as there. PyTorch:
 * `torch.unsafe_chunk`.
 * @example unsafeChunk(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @forms unsafeChunk(), x.unsafeChunk()
 */
export function unsafeChunk(x: Tensor, chunks: number, dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("unsafeChunk", x);
  return chunk(x, chunks, dim);
}

/**
 * Views of all elements along `dim`, without that dim. The dim is 0 by default. PyTorch: `torch.unbind`.
 * @example unbind(tensor([[1, 2], [3, 4]])) // [[1, 2], [3, 4]]
 * @forms unbind(), x.unbind()
 */
export function unbind(x: Tensor, dim: OrNamed<number> = 0): Tensor[] {
  checkTensors("unbind", x);
  const d = resolveDim("unbind", dimOf("unbind", dim), x.ndim);
  checkList("unbind", x.shape[d]);
  return Array.from({ length: x.shape[d] }, (_, i) => select(x, d, i));
}
