import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { reshape } from "../shape/views.js";
import { gather } from "./indexing.js";

/*
 * Operations along one dim take a scalar for a line of one element, as PyTorch does.
 */

/** @internal `dim` counted from the front; of a scalar 0 and -1 are allowed. */
export function lineDim(op: string, dim: number, x: Tensor): number {
  return resolveDim(op, dim, Math.max(1, x.ndim));
}

/** @internal `f` of `x`; of a scalar, as of one line with one element. For results of the shape of `x`. */
export function withLine(x: Tensor, f: (line: Tensor) => Tensor): Tensor {
  return x.ndim > 0 ? f(x) : reshape(f(reshape(x, [1])), []);
}

/** @internal `gather` that takes scalars. */
export function gatherLines(x: Tensor, dim: number, index: Tensor): Tensor {
  return x.ndim > 0 ? gather(x, dim, index) : reshape(gather(reshape(x, [1]), 0, reshape(index, [1])), []);
}
