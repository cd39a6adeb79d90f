import { checkFunctions, checkTensorList } from "../arguments.js";
import { grad } from "../autograd/engine.js";
import { noGrad } from "../autograd/grad-mode.js";
import { AutogradError, formatShape, ValueError } from "../errors.js";
import { randn } from "../ops/create/create.js";
import { checkOptions } from "../options.js";
import { Generator } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /**
   * Step of the difference quotient. Default 1e-6: for values near 1, truncation and rounding errors are near
   * 1e-10.
   */
  eps?: number;
  /** Allowed difference. Default 1e-5. */
  atol?: number;
  /** Allowed difference in relation to the numeric gradient. Default 1e-4. */
  rtol?: number;
  /** Number of random directions. Default 3. */
  directions?: number;
  /** Seed of the random directions. Default 0. */
  seed?: number;
}

/**
 * Compares the gradients of `fn` with difference quotients (PyTorch's `torch.autograd.gradcheck`), by random
 * projection. For random directions v of the inputs and a random weighting u of the output, uᵀ(f(x + εv) -
 * f(x - εv)) / 2ε must equal ⟨∇(uᵀf), v⟩. A wrong entry of the Jacobian changes almost every projection, and
 * a direction costs two evaluations, whatever the shapes.
 *
 * `inputs` are float64 leaves that require a gradient. Returns true.
 * @throws AutogradError `GRADCHECK_FAILED` with both numbers.
 * @throws ValueError for inputs that are not float64 leaves, or of which none requires a gradient.
 */
export function gradcheck(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  checkOptions("gradcheck", options, ["eps", "atol", "rtol", "directions", "seed"]);
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-4, directions = 3, seed = 0 } = options;
  checkFunctions("gradcheck", { fn });
  checkTensorList("gradcheck", inputs);
  const generator = new Generator(seed);
  const checked = inputs.filter((x) => x.requiresGrad);
  if (checked.length === 0)
    throw new ValueError("gradcheck: at least one input must require a gradient: none does");
  for (const x of checked)
    if (x.dtype !== "float64" || !x.isLeaf)
      throw new ValueError(`gradcheck: inputs are float64 leaves: ${x.dtype} ${formatShape(x.shape)}`);
  for (let round = 0; round < directions; round++) {
    const out = fn(...inputs);
    const u = randn(out.shape, { dtype: "float64", generator });
    const grads = grad(out, checked, { gradOutputs: [u], allowUnused: true });
    for (const [i, x] of checked.entries()) {
      const v = randn(x.shape, { dtype: "float64", generator });
      const analytic = grads[i] === null ? 0 : noGrad(() => grads[i]!.mul(v).sum().item());
      // `fn` runs with gradients enabled: it computes gradients itself if gradients of gradients are checked.
      const shifted = (by: number) => {
        const original = x.clone().detach();
        noGrad(() => x.add_(v.mul(by)));
        const value = fn(...inputs)
          .detach()
          .mul(u)
          .sum()
          .item();
        noGrad(() => x.copy_(original));
        return value;
      };
      const numeric = (shifted(eps) - shifted(-eps)) / (2 * eps);
      if (!(Math.abs(analytic - numeric) <= atol + rtol * Math.abs(numeric)))
        throw new AutogradError(
          `gradcheck: gradient of input ${inputs.indexOf(x)} ${formatShape(x.shape)} differs: ${analytic} by backward, ${numeric} by differences`,
          "GRADCHECK_FAILED",
        );
    }
  }
  return true;
}
