/** In-place arithmetic; it allocates no memory if the result is not part of a graph. */
import type { Tensor } from "../../tensor/tensor.js";
import type { Operand } from "../elementwise/elementwise.js";
import { type ScaledOptions, scaled } from "../elementwise/pointwise.js";
import { binary_ } from "./in-place.js";

/**
 * x + alpha · y, written to `x`. PyTorch: `Tensor.add_`.
 * @forms x.add_()
 */
export function add_(x: Tensor, y: Operand, options?: ScaledOptions): Tensor {
  return binary_("add", x, scaled("add_", x, y, options));
}

/**
 * x - alpha · y, written to `x`. PyTorch: `Tensor.sub_`.
 * @forms x.sub_()
 */
export function sub_(x: Tensor, y: Operand, options?: ScaledOptions): Tensor {
  return binary_("sub", x, scaled("sub_", x, y, options));
}

/**
 * x · y, written to `x`. PyTorch: `Tensor.mul_`.
 * @forms x.mul_()
 */
export function mul_(x: Tensor, y: Operand): Tensor {
  return binary_("mul", x, y);
}

/**
 * x / y, written to `x`. PyTorch: `Tensor.div_`.
 * @forms x.div_()
 */
export function div_(x: Tensor, y: Operand): Tensor {
  return binary_("div", x, y);
}
