import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkShape, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { sum, sumTo } from "./reduce.js";

/**
 * `x` summed over the dims that have size 1 in `shape`, or are missing there: the reverse of `expand`.
 * PyTorch: `Tensor.sum_to_size`.
 * @forms x.sumToSize(...shape)
 */
export function sumToSize(x: Tensor, shape: Shape): Tensor {
  checkTensors("sumToSize", x);
  checkShape("sumToSize", shape);
  const lead = x.ndim - shape.length;
  if (lead < 0 || shape.some((size, d) => size !== 1 && size !== x.shape[lead + d]))
    throw new ShapeError(
      `sumToSize: the shape broadcasts to that of x: ${formatShape(shape)} for ${formatShape(x.shape)}`,
    );
  return shape.length === 0 ? sum(x) : sumTo(x, shape);
}
