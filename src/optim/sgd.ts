import { ValueError } from "../errors.js";
import { SGD as FLAGS } from "../kernels/js/optim.js";
import { run } from "../kernels/run.js";
import { checkOptionNames } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, type ParamGroupOptions } from "./optimizer.js";
import { checkHyperparameters } from "./range.js";
import type { Run } from "./runs.js";

/** Options of `SGD`. */
export interface SGDOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Momentum factor. Default 0. */
  momentum: number;
  /** Dampening of the momentum: the gradient enters it times (1 - dampening). Default 0. */
  dampening: number;
  /** L2 penalty: this times the parameter is added to the gradient. Default 0. */
  weightDecay: number;
  /** Nesterov momentum (Sutskever et al., 2013). Default false. */
  nesterov: boolean;
  /** Maximizes instead of minimizing. Default false. */
  maximize: boolean;
}

const defaults: SGDOptions = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

/**
 * Stochastic gradient descent with momentum (PyTorch's `torch.optim.SGD`, same formulas and order of
 * operations).
 * @example new optim.SGD([ones([2], { requiresGrad: true })], { lr: 0.1, momentum: 0.9
 *   }).paramGroups[0].momentum // 0.9
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupOptions<SGDOptions>>,
    options: Partial<SGDOptions> = {},
  ) {
    checkOptionNames("SGD", options, Object.keys(defaults));
    super(
      params,
      { ...defaults, ...options },
      ["momentumBuffer"],
      ({ lr, momentum, dampening, weightDecay }) => [lr, momentum, dampening, weightDecay],
    );
  }

  protected override check(options: SGDOptions): void {
    checkHyperparameters("SGD", options, defaults, { dampening: [[-Infinity, Infinity]] });
    const { momentum, nesterov, dampening } = options;
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ValueError(
        `SGD: nesterov needs momentum and no dampening: momentum ${momentum}, dampening ${dampening}`,
        "INVALID_HYPERPARAMETER",
      );
  }

  protected override updateRun(n: number, options: SGDOptions, { p, g, state, step, hyper }: Run): void {
    const flags = (options.nesterov ? FLAGS.nesterov : 0) | (options.maximize ? FLAGS.maximize : 0);
    const buffer = options.momentum === 0 ? null : state[0];
    run.sgdStep(n, flags, p, g, buffer, step, hyper);
  }
}
