import { isFloating } from "../../dtype.js";
import { run } from "../../kernels/run.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { dense, to } from "../shape/views.js";

/**
 * @internal Products and sums of integers in float64, which represents every integer below 2^53. If all
 * tensors are integers of one dtype, it applies `compute` to float64 copies and converts the result back.
 * Otherwise it applies `compute` to the tensors themselves.
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
  // A sum over one element each, which checks that the value fits.
  run.reduce("sum", 1, 1, out.numel, result, out);
  return out;
}
