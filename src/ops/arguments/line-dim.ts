import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * @internal `dim` counted from the front; of a scalar 0 and -1 are allowed, since it is taken for a line of
 * one element.
 */
export function lineDim(op: string, dim: number, x: Tensor): number {
  return resolveDim(op, dim, Math.max(1, x.ndim));
}
