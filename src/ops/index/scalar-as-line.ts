import type { Tensor } from "../../tensor/tensor.js";
import { reshape } from "../shape/views.js";

/*
 * Operations along one dim treat a scalar as a vector of one element, as PyTorch does.
 */

/** @internal `f` of `x`; a scalar is passed as a vector of one element. For results of the shape of `x`. */
export function withLine(x: Tensor, f: (line: Tensor) => Tensor): Tensor {
  return x.ndim > 0 ? f(x) : reshape(f(reshape(x, [1])), []);
}
