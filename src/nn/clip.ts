/**
 * Gradient clipping (PyTorch's `torch.nn.utils`). It uses only operations on tensors and reads no values, so
 * `compile` can replay it.
 */

import { noGrad } from "../autograd/grad-mode.js";
import { SimdgradError, ValueError } from "../errors.js";
import { tensor } from "../ops/create/create.js";
import { abs, div, pow, sqrt, unary } from "../ops/elementwise/elementwise.js";
import { amax, sum } from "../ops/reduce/reduce.js";
import { stack } from "../ops/shape/join.js";
import { to } from "../ops/shape/views.js";
import { binary_, copy_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";

import { Tensor } from "../tensor/tensor.js";

/** Options of `clipGradNorm_`. */
export interface ClipGradNormOptions {
  /** p of the p-norm; `Infinity` for the largest absolute value. Default 2. */
  normType?: number;
  /**
   * Throws if the norm is NaN or infinite. This reads the norm, so it does not work inside `compile`.
   * Default false.
   */
  errorIfNonfinite?: boolean;
}

/**
 * Scales all gradients in place so that their norm as one vector is at most `maxNorm`; each gradient g
 * becomes g · min(1, maxNorm / (norm + 1e-6)). Returns the norm before clipping; 0 if no parameter has a
 * gradient.
 * @throws ValueError for a negative `maxNorm`, a `normType` of 0 or less, and parameters that are not
 * tensors; SimdgradError `NONFINITE_NORM` with `errorIfNonfinite`.
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  checkOptions("clipGradNorm_", options, ["normType", "errorIfNonfinite"]);
  const { normType = 2, errorIfNonfinite = false } = options;
  if (typeof maxNorm !== "number" || !(maxNorm >= 0))
    throw new ValueError(`clipGradNorm_: maxNorm is a number >= 0: ${quoted(maxNorm)}`);
  if (!(normType > 0)) throw new ValueError(`clipGradNorm_: normType is a number > 0: ${String(normType)}`);
  const gradients = gradientsOf("clipGradNorm_", parameters);
  if (gradients.length === 0) return tensor(0);
  return noGrad(() => {
    // The norm of the norms is the norm of all gradients. It is float64 if any gradient is, so that no
    // precision is lost.
    const dtype = gradients.some((g) => g.dtype === "float64") ? "float64" : "float32";
    const total = norm(stack(gradients.map((g) => to(norm(g, normType), dtype))), normType);
    if (errorIfNonfinite && !Number.isFinite(total.item()))
      throw new SimdgradError(
        "NONFINITE_NORM",
        `clipGradNorm_: the norm of the gradients is not finite: ${total.item()}; errorIfNonfinite: false scales by it nevertheless`,
      );
    const scale = unary.clamp(div(maxNorm, total.add(1e-6)), { max: 1 });
    // Multiplies even if the factor is 1: checking the factor would read a value.
    for (const g of gradients) binary_("mul", g, to(scale, g.dtype));
    return total;
  });
}

/**
 * Limits every element of every gradient, in place, to [-clipValue, clipValue]. Gradients keep their shapes.
 * @example const x = tensor(2, { requiresGrad: true }); x.mul(5).backward(); nn.clipGradValue_(x, 1);
 *   x.grad // 1
 * @throws ValueError for a negative `clipValue`, and parameters that are not tensors.
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  if (typeof clipValue !== "number" || !(clipValue >= 0))
    throw new ValueError(`clipGradValue_: clipValue is a number >= 0: ${quoted(clipValue)}`);
  const gradients = gradientsOf("clipGradValue_", parameters);
  noGrad(() => {
    for (const g of gradients) copy_(g, unary.clamp(g, { min: -clipValue, max: clipValue }));
  });
}

function gradientsOf(op: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  if (
    typeof (parameters as Partial<Iterable<Tensor>> | null)?.[Symbol.iterator] !== "function" &&
    !(parameters instanceof Tensor)
  )
    throw new ValueError(
      `${op}: parameters are tensors: ${quoted(parameters)}; ${op}(model.parameters(), …)`,
    );
  const given = parameters instanceof Tensor ? [parameters] : [...parameters];
  return given.flatMap((p) => {
    if (!(p instanceof Tensor))
      throw new ValueError(`${op}: parameters are tensors: ${quoted(p)}; ${op}(model.parameters(), …)`);
    return p.gradient === null ? [] : [p.gradient];
  });
}

/** The p-norm of all elements as one vector. */
function norm(x: Tensor, p: number): Tensor {
  const flat = x.detach();
  if (p === 2) return sqrt(sum(unary.square(flat)));
  if (p === Number.POSITIVE_INFINITY) return flat.numel === 0 ? sum(flat) : amax(abs(flat));
  if (p === 1) return sum(abs(flat));
  return pow(sum(pow(abs(flat), p)), 1 / p);
}
