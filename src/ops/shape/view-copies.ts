/** Views under the names by which PyTorch gives copies: `permuteCopy(x, dims)` is a clone of `permute(x, dims)`. */
import { checkTensors } from "../../arguments.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { diagonal } from "./diagonal.js";
import { splitWithSizes as partsOfSizes } from "./parts.js";
import * as rearrange from "./rearrange.js";
import { asStrided } from "./strided.js";
import * as views from "./views.js";

const copy =
  <Args extends unknown[]>(view: (x: Tensor, ...args: Args) => Tensor) =>
  (x: Tensor, ...args: Args): Tensor =>
    views.clone(view(x, ...args));

const copies =
  <Args extends unknown[]>(parts: (x: Tensor, ...args: Args) => Tensor[]) =>
  (x: Tensor, ...args: Args): Tensor[] =>
    parts(x, ...args).map(views.clone);

/** PyTorch: `torch.alias_copy`. */
export const aliasCopy = (x: Tensor): Tensor => {
  checkTensors("aliasCopy", x);
  return views.clone(x);
};
/** PyTorch: `torch.as_strided_copy`. */
export const asStridedCopy = copy(asStrided);
/** PyTorch: `torch.detach_copy`. */
export const detachCopy = copy((x) => {
  checkTensors("detachCopy", x);
  return x.detach();
});
/** PyTorch: `torch.diagonal_copy`. */
export const diagonalCopy = copy(diagonal);
/** PyTorch: `torch.expand_copy`. */
export const expandCopy = copy(views.expand);
/** PyTorch: `torch.narrow_copy`. */
export const narrowCopy = copy(views.narrow);
/** PyTorch: `torch.permute_copy`. */
export const permuteCopy = copy(views.permute);
/** PyTorch: `torch.select_copy`. */
export const selectCopy = copy(views.select);
/** One dim from `start` to `end`, `step` apart. PyTorch: `torch.slice_copy`. */
export function sliceCopy(
  x: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  checkTensors("sliceCopy", x);
  return views.clone(views.sliceDim(x, lineDim("sliceCopy", dim, x), start, end, step));
}
/** PyTorch: `torch.split_copy`. */
export const splitCopy = copies(views.split);
/** PyTorch: `torch.split_with_sizes_copy`. */
export const splitWithSizesCopy = copies(partsOfSizes);
/** PyTorch: `torch.squeeze_copy`. */
export const squeezeCopy = copy(views.squeeze);
/** PyTorch: `torch.t_copy`. */
export const tCopy = copy(rearrange.t);
/** PyTorch: `torch.transpose_copy`. */
export const transposeCopy = copy(views.transpose);
/** PyTorch: `torch.unbind_copy`. */
export const unbindCopy = copies(views.unbind);
/** PyTorch: `torch.unfold_copy`. */
export const unfoldCopy = copy(rearrange.unfold);
/** PyTorch: `torch.unsqueeze_copy`. */
export const unsqueezeCopy = copy(views.unsqueeze);
/** PyTorch: `torch.view_copy`. */
export const viewCopy = copy(views.reshape);
