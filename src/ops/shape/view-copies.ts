/**
 * Copies of views, under PyTorch's names for them: `permuteCopy(x, dims)` is a clone of `permute(x, dims)`.
 */
import { checkTensors } from "../../arguments.js";
import type { OrNamed } from "../../options.js";
import type { Shape, Strides } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { diagonal, type WhichDiagonal } from "./diagonal.js";
import { splitWithSizes, unbind } from "./parts.js";
import * as rearrange from "./rearrange.js";
import { asStrided } from "./strided.js";
import * as views from "./views.js";

const clone = (x: Tensor): Tensor => views.clone(x);

/**
 * A copy of `x` in new memory. Shape of `x`. PyTorch: `torch.alias_copy`.
 * @example aliasCopy(tensor([1, 2])) // [1, 2]
 * @forms aliasCopy()
 */
export function aliasCopy(x: Tensor): Tensor {
  checkTensors("aliasCopy", x);
  return clone(x);
}

/**
 * A copy of the window that `asStrided` shows: shape `size`. The storage offset is by default that of `x`.
 * PyTorch: `torch.as_strided_copy`.
 * @example asStridedCopy(tensor([1, 2, 3]), [2], [2]) // [1, 3]
 * @forms asStridedCopy()
 */
export function asStridedCopy(x: Tensor, size: Shape, stride: Strides, storageOffset?: number): Tensor {
  return clone(asStrided(x, size, stride, storageOffset));
}

/**
 * A copy of `x` outside the graph. Shape of `x`. PyTorch: `torch.detach_copy`.
 * @example detachCopy(tensor([1, 2], { requiresGrad: true })).requiresGrad // false
 * @forms detachCopy()
 */
export function detachCopy(x: Tensor): Tensor {
  checkTensors("detachCopy", x);
  return clone(x.detach());
}

/**
 * A copy of what `diagonal` shows. Shape of the diagonal. PyTorch: `torch.diagonal_copy`.
 * @example diagonalCopy(tensor([[1, 2], [3, 4]])) // [1, 4]
 * @forms diagonalCopy()
 */
export function diagonalCopy(x: Tensor, ...which: WhichDiagonal): Tensor {
  return clone(diagonal(x, ...which));
}

/**
 * A copy of `x` expanded to `shape`. PyTorch: `torch.expand_copy`.
 * @example expandCopy(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 * @forms expandCopy()
 */
export function expandCopy(x: Tensor, shape: Shape): Tensor {
  return clone(views.expand(x, shape));
}

/**
 * A copy of the `length` elements along `dim` that begin at `from`. PyTorch: `torch.narrow_copy`.
 * @example narrowCopy(tensor([1, 2, 3]), 0, 1, 2) // [2, 3]
 * @forms narrowCopy(), x.narrowCopy()
 */
export function narrowCopy(x: Tensor, dim: number, from: number | Tensor, length: number): Tensor {
  return clone(views.narrow(x, dim, from, length));
}

/**
 * A copy of `x` with its dims in another order. PyTorch: `torch.permute_copy`.
 * @example permuteCopy(ones([2, 3]), [1, 0]).shape // [3, 2]
 * @forms permuteCopy()
 */
export function permuteCopy(x: Tensor, dims: readonly number[]): Tensor {
  return clone(views.permute(x, dims));
}

/**
 * A copy of element `index` of a dim, without that dim. PyTorch: `torch.select_copy`.
 * @example selectCopy(tensor([[1, 2], [3, 4]]), 0, 1) // [3, 4]
 * @forms selectCopy()
 */
export function selectCopy(x: Tensor, dim: number, index: number): Tensor {
  return clone(views.select(x, dim, index));
}

/**
 * A copy of the elements along `dim` from `start` to `end`, `step` apart. Defaults: `dim` 0, `start` null for
 * the first, `end` null for the end, `step` 1. PyTorch: `torch.slice_copy`.
 * @example sliceCopy(tensor([1, 2, 3]), 0, 1) // [2, 3]
 * @forms sliceCopy()
 */
export function sliceCopy(
  x: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  checkTensors("sliceCopy", x);
  return clone(views.sliceDim(x, lineDim("sliceCopy", dim, x), start, end, step));
}

/**
 * Copies of the parts that `split` gives. The dim is 0 by default. Shapes as there. PyTorch:
 * `torch.split_copy`.
 * @example splitCopy(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 * @forms splitCopy()
 */
export function splitCopy(x: Tensor, size: number | readonly number[], dim?: OrNamed<number>): Tensor[] {
  return views.split(x, size, dim).map(clone);
}

/**
 * Copies of the parts that `splitWithSizes` gives. The dim is 0 by default. Shapes as there. PyTorch:
 * `torch.split_with_sizes_copy`.
 * @example splitWithSizesCopy(tensor([1, 2, 3]), [1, 2]) // [[1], [2, 3]]
 * @throws ShapeError for sizes that are not an array, or do not add up to the dim.
 * @forms splitWithSizesCopy()
 */
export function splitWithSizesCopy(x: Tensor, sizes: readonly number[], dim?: OrNamed<number>): Tensor[] {
  return splitWithSizes(x, sizes, dim).map(clone);
}

/**
 * A copy of `x` without its dims of size 1, or without the given ones. PyTorch: `torch.squeeze_copy`.
 * @example squeezeCopy(ones([1, 2])).shape // [2]
 * @forms squeezeCopy()
 */
export function squeezeCopy(
  x: Tensor,
  where?: number | readonly number[] | { dim?: number | readonly number[] },
): Tensor {
  return clone(views.squeeze(x, where));
}

/**
 * A copy of the transpose of a matrix, or of a vector as it is. PyTorch: `torch.t_copy`.
 * @example tCopy(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * @forms tCopy()
 */
export function tCopy(x: Tensor): Tensor {
  return clone(rearrange.t(x));
}

/**
 * A copy of `x` with two dims swapped. PyTorch: `torch.transpose_copy`.
 * @example transposeCopy(ones([2, 3]), 0, 1).shape // [3, 2]
 * @forms transposeCopy()
 */
export function transposeCopy(x: Tensor, dim0: number, dim1: number): Tensor {
  return clone(views.transpose(x, dim0, dim1));
}

/**
 * Copies of the elements of a dim, without that dim. PyTorch: `torch.unbind_copy`.
 * @example unbindCopy(tensor([[1, 2], [3, 4]])) // [[1, 2], [3, 4]]
 * @forms unbindCopy()
 */
export function unbindCopy(x: Tensor, dim?: OrNamed<number>): Tensor[] {
  return unbind(x, dim).map(clone);
}

/**
 * A copy of the windows that `x.unfold(dim, size, step)` shows. PyTorch: `torch.unfold_copy`.
 * @forms unfoldCopy()
 */
export function unfoldCopy(x: Tensor, dim: number, size: number, step: number): Tensor {
  return clone(rearrange.unfold(x, dim, size, step));
}

/**
 * A copy of `x` with a dim of size 1 put in at `dim`. PyTorch: `torch.unsqueeze_copy`.
 * @example unsqueezeCopy(ones([2]), 0).shape // [1, 2]
 * @forms unsqueezeCopy()
 */
export function unsqueezeCopy(x: Tensor, dim: OrNamed<number>): Tensor {
  return clone(views.unsqueeze(x, dim));
}

/**
 * A copy of `x` in another shape. PyTorch: `torch.view_copy`.
 * @example viewCopy(ones([4]), [2, 2]).shape // [2, 2]
 * @forms viewCopy()
 */
export function viewCopy(x: Tensor, shape: Shape): Tensor {
  return clone(views.reshape(x, shape));
}
