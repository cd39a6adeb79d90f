import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * @internal `dim` counted from the front. For a scalar, 0 and -1 are valid, because a scalar is treated as a
 * vector of one element.
 */
export function lineDim(op: string, dim: number, x: Tensor): number {
  return resolveDim(op, dim, Math.max(1, x.ndim));
}
