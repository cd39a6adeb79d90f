import { isFloating } from "../../dtype.js";
import { run } from "../../kernels/run.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { dense, to } from "../shape/views.js";

/**
 * @internal Products and sums of integers by way of float64, which holds every integer below 2^53: `compute`
 *   on the tensors where they
 * are all integers of one dtype, and the result in that dtype; on any others, `compute` as it is.
 * @throws ValueError `INTEGER_OVERFLOW` when a result does not fit.
 */
export function exactly<Given extends readonly (Tensor | null)[]>(
  given: readonly [...Given],
  compute: (...tensors: Given) => Tensor,
): Tensor {
  const { dtype } = given[0] as Tensor;
  if (isFloating(dtype) || dtype === "bool" || given.some((x) => x !== null && x.dtype !== dtype))
    return compute(...(given as unknown as Given));
  const result = dense(compute(...(given.map((x) => x && to(x, "float64")) as unknown as Given)));
  const out = empty(result.shape, dtype);
  // A sum of one element each, which looks whether it fits.
  run.reduce("sum", 1, 1, out.numel, result, out);
  return out;
}
