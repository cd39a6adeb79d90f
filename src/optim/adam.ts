import { ValueError } from "../errors.js";
import { ADAM as FLAGS } from "../kernels/js/optim.js";
import { run } from "../kernels/run.js";
import { checkOptionNames } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, type ParamGroupOptions } from "./optimizer.js";
import { checkHyperparameters } from "./range.js";
import type { Run } from "./runs.js";

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Decay of the running means of the gradient and its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator, for numerical stability. Default 1e-8. */
  eps: number;
  /** L2 penalty (Adam, default 0) or decoupled decay (AdamW, default 0.01). */
  weightDecay: number;
  /**
   * Divides by the largest mean of squares so far (Reddi et al., 2018). Default false. Fixed at construction.
   */
  amsgrad: boolean;
  /** Maximizes instead of minimizing. Default false. */
  maximize: boolean;
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

/**
 * Adam (Kingma and Ba, 2015; PyTorch's `torch.optim.Adam`, same formulas and order of operations).
 * @example new optim.Adam([ones([2], { requiresGrad: true })], { lr: 1e-3, betas: [0.9, 0.999]
 *   }).paramGroups[0].lr // 0.001
 */
export class Adam extends Optimizer<AdamOptions> {
  /** Whether weight decay is decoupled from the gradient: true in AdamW. */
  protected readonly decoupled: boolean = false;

  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupOptions<AdamOptions>>,
    options: Partial<AdamOptions> = {},
  ) {
    checkOptionNames(new.target.name, options, Object.keys(defaults));
    const all = { ...defaults, ...options };
    const stateNames = ["expAvg", "expAvgSq", ...(all.amsgrad ? ["maxExpAvgSq"] : [])];
    super(params, all, stateNames, ({ lr, betas, eps, weightDecay }) => [
      lr,
      betas[0],
      betas[1],
      eps,
      weightDecay,
    ]);
  }

  protected override check(options: AdamOptions): void {
    const { name } = this.constructor;
    checkHyperparameters(name, options, defaults);
    const fixed = this.stateNames.includes("maxExpAvgSq");
    if (options.amsgrad !== fixed)
      throw new ValueError(
        `${name}: amsgrad cannot change after construction, when it was ${fixed}: ${options.amsgrad}; make a new optimizer`,
        "INVALID_HYPERPARAMETER",
      );
  }

  protected override updateRun(n: number, options: AdamOptions, { p, g, state, step, hyper }: Run): void {
    const flags =
      (this.decoupled ? FLAGS.decoupled : 0) |
      (options.amsgrad ? FLAGS.amsgrad : 0) |
      (options.maximize ? FLAGS.maximize : 0);
    const [m, v, vmax] = state;
    run.adamStep(n, flags, p, g, m, v, vmax ?? null, step, hyper);
  }
}

/**
 * Adam with decoupled weight decay, default 0.01 (Loshchilov and Hutter, 2019; PyTorch's
 * `torch.optim.AdamW`).
 * @example new optim.AdamW([ones([2], { requiresGrad: true })], { lr: 1e-3 }).paramGroups[0].weightDecay
 *   // 0.01
 */
export class AdamW extends Adam {
  protected override readonly decoupled = true;

  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupOptions<AdamOptions>>,
    options: Partial<AdamOptions> = {},
  ) {
    // Checked before the spread, which would silently drop a value that is not an object.
    checkOptionNames(new.target.name, options, Object.keys(defaults));
    super(params, { weightDecay: 0.01, ...options });
  }
}
