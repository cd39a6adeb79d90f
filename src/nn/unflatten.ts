import { checkIntegers, checkTensors } from "../arguments.js";
import { formatShape, ShapeError } from "../errors.js";
import { reshape } from "../ops/shape/views.js";
import { quoted } from "../quote.js";
import { inferShape, resolveDim, type Shape } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/**
 * Splits one dim into several, the opposite of `Flatten` (PyTorch's `nn.Unflatten`); one of the sizes may be
 * -1.
 * @example new nn.Unflatten(1, [2, 3]).forward(ones([4, 6])).shape // [4, 2, 3]
 * @throws ShapeError for sizes that are not an array, or do not hold the elements of the dim.
 */
export class Unflatten extends Module {
  constructor(
    readonly dim: number,
    readonly unflattenedSize: Shape,
  ) {
    super();
    checkIntegers("Unflatten", { dim });
    if (!Array.isArray(unflattenedSize) || unflattenedSize.length === 0)
      throw new ShapeError(`Unflatten: the sizes are an array: ${quoted(unflattenedSize)}`);
  }
  forward(x: Tensor): Tensor {
    checkTensors("Unflatten", x);
    const d = resolveDim("Unflatten", this.dim, x.ndim);
    const named = `dim ${d} of ${formatShape(x.shape)}`;
    const sizes = inferShape("Unflatten", [x.shape[d]], this.unflattenedSize, named);
    return reshape(x, [...x.shape.slice(0, d), ...sizes, ...x.shape.slice(d + 1)]);
  }
  override extraRepr(): string {
    return `dim=${this.dim}, unflattenedSize=${formatShape(this.unflattenedSize)}`;
  }
}
