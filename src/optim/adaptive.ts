/**
 * Optimizers with a step size for each element, as in PyTorch: same formulas, order of operations, defaults
 * and names of the state.
 */
import { ruled } from "./ruled.js";

interface Decayed {
  /** L2 penalty: this times the parameter is added to the gradient. Default 0. */
  weightDecay: number;
  /** Maximizes instead of minimizing. Default false. */
  maximize: boolean;
}

/** Options of `Adagrad`. */
export interface AdagradOptions extends Decayed {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** The learning rate of step t is lr / (1 + (t - 1) lrDecay). Default 0. */
  lrDecay: number;
  /** Initial value of the sum of squares. Default 0. */
  initialAccumulatorValue: number;
  /** Added to the denominator. Default 1e-10. */
  eps: number;
}

/**
 * Divides by the root of the sum of all squares so far (Duchi et al., 2011; PyTorch's `torch.optim.Adagrad`).
 * @example new optim.Adagrad([ones([2], { requiresGrad: true })]).paramGroups[0].lr // 0.01
 */
export class Adagrad extends ruled<AdagradOptions>({
  rule: "adagrad",
  defaults: {
    lr: 1e-2,
    lrDecay: 0,
    weightDecay: 0,
    initialAccumulatorValue: 0,
    eps: 1e-10,
    maximize: false,
  },
  state: ["sum"],
}) {}

/** Options of `RMSprop`. */
export interface RMSpropOptions extends Decayed {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** Decay of the running mean of squares. Default 0.99. */
  alpha: number;
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Momentum factor. Default 0. */
  momentum: number;
  /**
   * Divides by an estimate of the standard deviation: the square of the mean is subtracted. Default false.
   */
  centered: boolean;
}

/**
 * Divides by the root of a running mean of squares (Hinton, 2012; PyTorch's `torch.optim.RMSprop`).
 * @example new optim.RMSprop([ones([2], { requiresGrad: true })], { alpha: 0.9 }).paramGroups[0].alpha
 *   // 0.9
 */
export class RMSprop extends ruled<RMSpropOptions>({
  rule: "rmsprop",
  defaults: {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
    maximize: false,
  },
  state: ["squareAvg", "momentumBuffer", "gradAvg"],
}) {}

/** Options of `Adadelta`. */
export interface AdadeltaOptions extends Decayed {
  /** Learning rate. Default 1. */
  lr: number;
  /** Decay of the running means of squares, up to 1. Default 0.9. */
  rho: number;
  /** Added to both means. Default 1e-6. */
  eps: number;
}

/**
 * The step is the gradient times the ratio of two running means, in the unit of the parameter (Zeiler, 2012;
 * PyTorch's `torch.optim.Adadelta`).
 * @example new optim.Adadelta([ones([2], { requiresGrad: true })]).paramGroups[0].rho // 0.9
 */
export class Adadelta extends ruled<AdadeltaOptions>({
  rule: "adadelta",
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  state: ["squareAvg", "accDelta"],
  ranges: { rho: [[0, 1 + Number.EPSILON]] },
}) {}

/** Options of `Adamax`. */
export interface AdamaxOptions extends Decayed {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** Decay of the mean, and of the largest gradient. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the size of each gradient. Default 1e-8. */
  eps: number;
}

/**
 * Adam with the largest gradient in place of the mean of squares (Kingma and Ba, 2015; PyTorch's
 * `torch.optim.Adamax`).
 * @example new optim.Adamax([ones([2], { requiresGrad: true })]).paramGroups[0].lr // 0.002
 */
export class Adamax extends ruled<AdamaxOptions>({
  rule: "adamax",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  state: ["expAvg", "expInf"],
}) {}

interface Decoupled extends Decayed {
  /**
   * Weight decay shrinks the parameter by lr · weightDecay, as in AdamW, and leaves the gradient unchanged.
   * Default false.
   */
  decoupledWeightDecay: boolean;
}

/** Options of `NAdam`. */
export interface NAdamOptions extends Decoupled {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** Decay of the running means of the gradient and its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Rate at which the momentum grows to betas[0]. Default 4e-3. */
  momentumDecay: number;
}

/**
 * Adam with Nesterov momentum (Dozat, 2016; PyTorch's `torch.optim.NAdam`). The product of the
 * momenta, a part of PyTorch's state, is computed from the number of the step.
 * @example new optim.NAdam([ones([2], { requiresGrad: true })]).paramGroups[0].lr // 0.002
 */
export class NAdam extends ruled<NAdamOptions>({
  rule: "nadam",
  defaults: {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    momentumDecay: 4e-3,
    decoupledWeightDecay: false,
    maximize: false,
  },
  // The momentum of step t is beta1 (1 - 0.96^(t momentumDecay) / 2).
  derived: ({ momentumDecay }) => [0.96 ** momentumDecay],
  state: ["expAvg", "expAvgSq"],
}) {}

/** Options of `RAdam`. */
export interface RAdamOptions extends Decoupled {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Decay of the running means of the gradient and its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
}

/**
 * Adam that divides by the variance only after enough steps to estimate it (Liu et al., 2020; PyTorch's
 * `torch.optim.RAdam`).
 * @example new optim.RAdam([ones([2], { requiresGrad: true })]).paramGroups[0].lr // 0.001
 */
export class RAdam extends ruled<RAdamOptions>({
  rule: "radam",
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    decoupledWeightDecay: false,
    maximize: false,
  },
  state: ["expAvg", "expAvgSq"],
}) {}

/** Options of `Rprop`. */
export interface RpropOptions {
  /** Initial step size of each element. Default 1e-2. */
  lr: number;
  /**
   * Factors of an element's step size where the gradient changes sign, and where it keeps its sign. Default
   * [0.5, 1.2].
   */
  etas: readonly [number, number];
  /** Smallest and largest step size. Default [1e-6, 50]. */
  stepSizes: readonly [number, number];
  /** Maximizes instead of minimizing. Default false. */
  maximize: boolean;
}

/**
 * Uses only the signs of gradients, for training on whole batches (Riedmiller and Braun, 1993; PyTorch's
 * `torch.optim.Rprop`).
 * @example new optim.Rprop([ones([2], { requiresGrad: true })]).paramGroups[0].lr // 0.01
 */
export class Rprop extends ruled<RpropOptions>({
  rule: "rprop",
  defaults: { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
  state: ["prev", "stepSize"],
  ranges: {
    etas: [
      [Number.MIN_VALUE, 1],
      [1 + Number.EPSILON, Infinity],
    ],
    stepSizes: [
      [0, Infinity],
      [0, Infinity],
    ],
  },
}) {}
