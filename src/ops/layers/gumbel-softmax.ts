import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Generator } from "../../random.js";
import { resolveDim } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { arange, fillRandom } from "../create/create.js";
import { add, compare, div, log, neg, sub } from "../elementwise/elementwise.js";
import { argmax } from "../reduce/reduce.js";
import { reshape, to } from "../shape/views.js";
import { softmax } from "./softmax.js";

export interface GumbelSoftmaxOptions {
  /** The temperature: with a smaller one, the result is closer to a single class. Default 1. */
  tau?: number;
  /** Whether the result is one-hot, with the gradient of the soft result. Default false. */
  hard?: boolean;
  /** The dim of the classes. Default -1. */
  dim?: number;
  generator?: Generator;
}

/**
 * A random class drawn by its logits, as a differentiable approximation: softmax of (logits + Gumbel noise) /
 * tau (Jang et al., 2017). Shapes: any → the same. PyTorch: `F.gumbel_softmax`.
 * @throws DTypeError for integers; ValueError for a `tau` of 0.
 * @forms nn.functional.gumbelSoftmax()
 */
export function gumbelSoftmax(logits: Tensor, options: GumbelSoftmaxOptions = {}): Tensor {
  checkTensors("gumbelSoftmax", logits);
  checkOptions("gumbelSoftmax", options, ["tau", "hard", "dim", "generator"]);
  const { tau = 1, hard = false, dim = -1, generator } = options;
  if (!isFloating(logits.dtype))
    throw new DTypeError(`gumbelSoftmax: a float tensor is needed: ${logits.dtype}`);
  if (typeof tau !== "number" || tau === 0)
    throw new ValueError(`gumbelSoftmax: tau is a number other than 0: ${String(tau)}`);
  const d = resolveDim("gumbelSoftmax", dim, Math.max(logits.ndim, 1));
  const uniform = empty(logits.shape, logits.dtype);
  // Excludes 0, for which the noise is infinite.
  fillRandom(uniform, "uniform", 2 ** -25, 1, generator);
  const noise = neg(log(neg(log(uniform))));
  const soft = softmax(div(add(logits, noise), tau), d);
  if (!hard) return soft;
  if (soft.ndim === 0) return add(sub(soft, soft.detach()), 1);
  const chosen = argmax(soft.detach(), d, { keepdim: true });
  const classes = arange(soft.shape[d], { dtype: "int32" });
  const along = reshape(
    classes,
    soft.shape.map((size, i) => (i === d ? size : 1)),
  );
  return add(sub(soft, soft.detach()), to(compare.eq(chosen, along), soft.dtype));
}
