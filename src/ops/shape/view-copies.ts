/**
 * Copies of views, under PyTorch's names for them: `permuteCopy(x, dims)` is a clone of `permute(x, dims)`.
 */
import { checkTensors } from "../../arguments.js";
import type { OrNamed } from "../../options.js";
import type { Shape, Strides } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { diagonal, type WhichDiagonal } from "./diagonal.js";
import { splitWithSizes } from "./parts.js";
import * as rearrange from "./rearrange.js";
import { asStrided } from "./strided.js";
import * as views from "./views.js";

const clone = (x: Tensor): Tensor => views.clone(x);

/**
 * A copy of `x` in new memory. PyTorch: `torch.alias_copy`.
 * @forms aliasCopy()
 */
export function aliasCopy(x: Tensor): Tensor {
  checkTensors("aliasCopy", x);
  return clone(x);
}

/**
 * A copy of the window that `asStrided` shows: shape `size`. PyTorch: `torch.as_strided_copy`.
 * @forms asStridedCopy()
 */
export function asStridedCopy(x: Tensor, size: Shape, stride: Strides, storageOffset?: number): Tensor {
  return clone(asStrided(x, size, stride, storageOffset));
}

/**
 * A copy of `x` outside the graph. PyTorch: `torch.detach_copy`.
 * @forms detachCopy()
 */
export function detachCopy(x: Tensor): Tensor {
  checkTensors("detachCopy", x);
  return clone(x.detach());
}

/**
 * A copy of what `diagonal` shows. PyTorch: `torch.diagonal_copy`.
 * @forms diagonalCopy()
 */
export function diagonalCopy(x: Tensor, ...which: WhichDiagonal): Tensor {
  return clone(diagonal(x, ...which));
}

/**
 * A copy of `x` expanded to `shape`. PyTorch: `torch.expand_copy`.
 * @forms expandCopy()
 */
export function expandCopy(x: Tensor, shape: Shape): Tensor {
  return clone(views.expand(x, shape));
}

/**
 * A copy of the `length` elements along `dim` that begin at `from`. PyTorch: `torch.narrow_copy`.
 * @forms narrowCopy(), x.narrowCopy()
 */
export function narrowCopy(x: Tensor, dim: number, from: number | Tensor, length: number): Tensor {
  return clone(views.narrow(x, dim, from, length));
}

/**
 * A copy of `x` with its dims in another order. PyTorch: `torch.permute_copy`.
 * @forms permuteCopy()
 */
export function permuteCopy(x: Tensor, dims: readonly number[]): Tensor {
  return clone(views.permute(x, dims));
}

/**
 * A copy of element `index` of a dim, without that dim. PyTorch: `torch.select_copy`.
 * @forms selectCopy()
 */
export function selectCopy(x: Tensor, dim: number, index: number): Tensor {
  return clone(views.select(x, dim, index));
}

/**
 * A copy of the elements along `dim` from `start` to `end`, `step` apart. PyTorch: `torch.slice_copy`.
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
 * Copies of the parts that `split` gives. PyTorch: `torch.split_copy`.
 * @forms splitCopy()
 */
export function splitCopy(x: Tensor, size: number | readonly number[], dim?: OrNamed<number>): Tensor[] {
  return views.split(x, size, dim).map(clone);
}

/**
 * Copies of the parts that `splitWithSizes` gives. PyTorch: `torch.split_with_sizes_copy`.
 * @forms splitWithSizesCopy()
 */
export function splitWithSizesCopy(x: Tensor, sizes: readonly number[], dim?: OrNamed<number>): Tensor[] {
  return splitWithSizes(x, sizes, dim).map(clone);
}

/**
 * A copy of `x` without its dims of size 1, or without the given ones. PyTorch: `torch.squeeze_copy`.
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
 * @forms tCopy()
 */
export function tCopy(x: Tensor): Tensor {
  return clone(rearrange.t(x));
}

/**
 * A copy of `x` with two dims swapped. PyTorch: `torch.transpose_copy`.
 * @forms transposeCopy()
 */
export function transposeCopy(x: Tensor, dim0: number, dim1: number): Tensor {
  return clone(views.transpose(x, dim0, dim1));
}

/**
 * Copies of the elements of a dim, without that dim. PyTorch: `torch.unbind_copy`.
 * @forms unbindCopy()
 */
export function unbindCopy(x: Tensor, dim?: OrNamed<number>): Tensor[] {
  return views.unbind(x, dim).map(clone);
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
 * @forms unsqueezeCopy()
 */
export function unsqueezeCopy(x: Tensor, dim: OrNamed<number>): Tensor {
  return clone(views.unsqueeze(x, dim));
}

/**
 * A copy of `x` in another shape. PyTorch: `torch.view_copy`.
 * @forms viewCopy()
 */
export function viewCopy(x: Tensor, shape: Shape): Tensor {
  return clone(views.reshape(x, shape));
}
