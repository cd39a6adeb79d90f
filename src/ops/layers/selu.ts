import { checkTensors } from "../../arguments.js";
import type { Tensor } from "../../tensor/tensor.js";
import { mul, unary } from "../elementwise/elementwise.js";

/** The constants for which mean 0 and variance 1 are a fixed point (Klambauer et al., 2017). */
export const seluAlpha = 1.6732632423543772;
export const seluScale = 1.0507009873554805;

/**
 * 1.0507 · elu(x) with alpha 1.6733. Shape of `x`. PyTorch: `F.selu`.
 * @forms nn.functional.selu()
 */
export function selu(x: Tensor): Tensor {
  checkTensors("selu", x);
  return mul(unary.elu(x, { alpha: seluAlpha }), seluScale);
}
