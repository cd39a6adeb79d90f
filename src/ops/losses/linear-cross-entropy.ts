import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add } from "../elementwise/elementwise.js";
import { linear } from "../linalg/matmul.js";
import { reshape } from "../shape/views.js";
import { type CrossEntropyOptions, crossEntropy, crossEntropyOptions } from "./cross-entropy.js";

export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** Added to the logits: [C], or [C, d1, …] if the weight has these dims. */
  linearBias?: Tensor | null;
}

/** @internal */
export const linearCrossEntropyOptions = [
  ...crossEntropyOptions,
  "linearBias",
] as const satisfies readonly (keyof LinearCrossEntropyOptions)[];

/**
 * `crossEntropy` of the logits that a linear layer computes from x.
 * Shapes: x [in] or [N, in], linearWeight [C, in] or [C, d1, …, in], target as of `crossEntropy` for logits
 * [C] or [N, C, d1, …]. PyTorch: `F.linear_cross_entropy`.
 * @example nn.functional.linearCrossEntropy(tensor([[1, 0]]), tensor([[2, 0], [0, 2]]), tensor([0], { dtype:
 *   "int32" })) // 0.1269
 * @throws ShapeError for shapes that do not go together.
 * @forms nn.functional.linearCrossEntropy()
 */
export function linearCrossEntropy(
  x: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  checkTensors("linearCrossEntropy", x, linearWeight, target);
  checkOptions("linearCrossEntropy", options, linearCrossEntropyOptions);
  const { linearBias = null, ...others } = options;
  const outs = linearWeight.shape.slice(0, -1);
  const features = linearWeight.shape[linearWeight.ndim - 1];
  if (
    outs.length === 0 ||
    x.ndim < 1 ||
    x.ndim > 2 ||
    x.shape[x.ndim - 1] !== features ||
    (x.ndim === 1 && outs.length > 1)
  )
    throw new ShapeError(
      `linearCrossEntropy: x is [in] or [N, in] for a weight [C, in], or [N, in] for [C, d1, ..., in]: x ${formatShape(x.shape)}, weight ${formatShape(linearWeight.shape)}`,
    );
  const size = outs.reduce((a, b) => a * b, 1);
  const flat = linear(x, reshape(linearWeight, [size, features]));
  const logits = reshape(flat, [...x.shape.slice(0, -1), ...outs]);
  if (linearBias === null) return crossEntropy(logits, target, others);
  if (!sameShape(linearBias.shape, outs))
    throw new ShapeError(
      `linearCrossEntropy: the bias has one value per output of the weight: ${formatShape(linearBias.shape)} for weight ${formatShape(linearWeight.shape)}`,
    );
  return crossEntropy(add(logits, linearBias), target, others);
}
