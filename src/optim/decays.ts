/** Schedules that move the learning rate from one value to another once, as in PyTorch. */

import { cosTurns } from "../elementary.js";
import { ValueError } from "../errors.js";
import { checkOptionNames } from "../options.js";
import { quoted } from "../quote.js";
import { between, count, listOf, notNegative, positive } from "../saved-state.js";
import { checkKinds } from "./range.js";
import { perGroup, type Scheduled, Scheduler } from "./scheduler.js";

/**
 * lr · gamma^⌊epoch / stepSize⌋ (PyTorch's `StepLR`). Default gamma 0.1.
 * @throws ValueError for options out of range.
 */
export class StepLR extends Scheduler {
  readonly stepSize: number;
  readonly gamma: number;
  constructor(optimizer: Scheduled, options: { stepSize: number; gamma?: number }) {
    super(optimizer);
    checkOptionNames("StepLR", options, ["stepSize", "gamma"]);
    const { stepSize, gamma = 0.1 } = options ?? {};
    checkKinds("StepLR", { stepSize: [stepSize, positive], gamma: [gamma, notNegative] });
    [this.stepSize, this.gamma] = [stepSize, gamma];
  }
  protected next(lr: number): number {
    return this.lastEpoch % this.stepSize === 0 ? lr * this.gamma : lr;
  }
}

/**
 * Multiplies by gamma at each milestone (PyTorch's `MultiStepLR`). A milestone that occurs twice counts
 * twice. Default gamma 0.1.
 *
 *     new MultiStepLR(optimizer, { milestones: [30, 80], gamma: 0.1 })
 *
 * @throws ValueError for options out of range.
 */
export class MultiStepLR extends Scheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;
  constructor(optimizer: Scheduled, options: { milestones: readonly number[]; gamma?: number }) {
    super(optimizer);
    checkOptionNames("MultiStepLR", options, ["milestones", "gamma"]);
    const { milestones, gamma = 0.1 } = options ?? {};
    checkKinds("MultiStepLR", { milestones: [milestones, listOf(count)], gamma: [gamma, notNegative] });
    this.milestones = [...milestones];
    this.gamma = gamma;
  }
  protected next(lr: number): number {
    return this.milestones.reduce(
      (now, milestone) => (milestone === this.lastEpoch ? now * this.gamma : now),
      lr,
    );
  }
}

/**
 * lr · factor for totalIters steps, then lr (PyTorch's `ConstantLR`). Defaults: factor 1/3, totalIters 5.
 * @throws ValueError for options out of range.
 */
export class ConstantLR extends Scheduler {
  readonly factor: number;
  readonly totalIters: number;
  constructor(optimizer: Scheduled, options: { factor?: number; totalIters?: number } = {}) {
    super(optimizer);
    checkOptionNames("ConstantLR", options, ["factor", "totalIters"]);
    const { factor = 1 / 3, totalIters = 5 } = options;
    checkKinds("ConstantLR", { factor: [factor, between(0, 1)], totalIters: [totalIters, count] });
    [this.factor, this.totalIters] = [factor, totalIters];
    this.begin();
  }
  protected override first(lr: number): number {
    return lr * this.factor;
  }
  protected next(lr: number): number {
    return this.lastEpoch === this.totalIters ? lr / this.factor : lr;
  }
}

/**
 * Moves linearly from lr · startFactor to lr · endFactor in totalIters steps (PyTorch's `LinearLR`): a
 * warm-up before another schedule in `SequentialLR`. Defaults: 1/3, 1, 5.
 * @throws ValueError for options out of range; `startFactor` is in (0, 1].
 */
export class LinearLR extends Scheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;
  constructor(
    optimizer: Scheduled,
    options: { startFactor?: number; endFactor?: number; totalIters?: number } = {},
  ) {
    super(optimizer);
    checkOptionNames("LinearLR", options, ["startFactor", "endFactor", "totalIters"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    [this.startFactor, this.endFactor, this.totalIters] = [startFactor, endFactor, totalIters];
    if (!between(0, 1).holds(this.startFactor) || this.startFactor === 0)
      throw new ValueError(`LinearLR: startFactor is in (0, 1]: ${quoted(this.startFactor)}`);
    checkKinds("LinearLR", {
      endFactor: [this.endFactor, between(0, 1)],
      totalIters: [this.totalIters, count],
    });
    this.begin();
  }
  protected override first(lr: number): number {
    return lr * this.startFactor;
  }
  protected next(lr: number): number {
    const { startFactor, totalIters, lastEpoch } = this;
    if (lastEpoch > totalIters) return lr;
    const rise = this.endFactor - startFactor;
    return lr * (1 + rise / (totalIters * startFactor + (lastEpoch - 1) * rise));
  }
}

/**
 * Multiplies by gamma in each step (PyTorch's `ExponentialLR`).
 * @example new optim.lrScheduler.ExponentialLR(new optim.SGD([ones([1])], { lr: 0.1 }), { gamma: 0.9
 *   }).gamma // 0.9
 * @throws ValueError for options out of range.
 */
export class ExponentialLR extends Scheduler {
  readonly gamma: number;
  constructor(optimizer: Scheduled, options: { gamma: number }) {
    super(optimizer);
    checkOptionNames("ExponentialLR", options, ["gamma"]);
    checkKinds("ExponentialLR", { gamma: [options?.gamma, notNegative] });
    this.gamma = options.gamma;
  }
  protected next(lr: number): number {
    return lr * this.gamma;
  }
}

/**
 * lr · (1 - epoch / totalIters)^power, 0 from totalIters on (PyTorch's `PolynomialLR`). Defaults: totalIters
 * 5, power 1.
 * @throws ValueError for options out of range.
 */
export class PolynomialLR extends Scheduler {
  readonly totalIters: number;
  readonly power: number;
  constructor(optimizer: Scheduled, options: { totalIters?: number; power?: number } = {}) {
    super(optimizer);
    checkOptionNames("PolynomialLR", options, ["totalIters", "power"]);
    const { totalIters = 5, power = 1 } = options;
    [this.totalIters, this.power] = [totalIters, power];
    checkKinds("PolynomialLR", { totalIters: [this.totalIters, positive], power: [this.power, notNegative] });
  }
  protected next(lr: number): number {
    const { lastEpoch, totalIters } = this;
    if (lastEpoch > totalIters) return lr;
    return lr * ((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters)) ** this.power;
  }
}

/**
 * From lr to etaMin along half a cosine in tMax steps, and back (Loshchilov and Hutter, 2017; PyTorch's
 * `CosineAnnealingLR`): etaMin + (lr - etaMin) · (1 + cos(π · epoch / tMax)) / 2. Default etaMin 0.
 * @throws ValueError for options out of range.
 */
export class CosineAnnealingLR extends Scheduler {
  readonly tMax: number;
  readonly etaMin: number;
  constructor(optimizer: Scheduled, options: { tMax: number; etaMin?: number }) {
    super(optimizer);
    checkOptionNames("CosineAnnealingLR", options, ["tMax", "etaMin"]);
    const { tMax, etaMin = 0 } = options ?? {};
    checkKinds("CosineAnnealingLR", { tMax: [tMax, positive], etaMin: [etaMin, notNegative] });
    [this.tMax, this.etaMin] = [tMax, etaMin];
  }
  protected next(lr: number, i: number): number {
    // cos(π epoch / tMax), half a turn over tMax. Uses the library's cosine, because JavaScript engines
    // differ in theirs.
    const height = (epoch: number) => 1 + cosTurns(epoch / (2 * this.tMax));
    const before = this.lastEpoch - 1;
    const { etaMin, tMax } = this;
    // At the minimum the ratio to the last rate is undefined.
    if ((before - tMax) % (2 * tMax) === 0)
      return lr + ((this.baseLrs[i] - etaMin) * (1 - cosTurns(1 / (2 * tMax)))) / 2;
    return (height(this.lastEpoch) / height(before)) * (lr - etaMin) + etaMin;
  }
}

type LrLambda = (epoch: number) => number;

function checkLambdas(
  op: string,
  optimizer: Scheduled,
  options: { lrLambda: LrLambda | readonly LrLambda[] },
) {
  checkOptionNames(op, options, ["lrLambda"]);
  const lambdas = perGroup(op, "lrLambda", options?.lrLambda, optimizer);
  for (const lambda of lambdas)
    if (typeof lambda !== "function")
      throw new ValueError(`${op}: lrLambda is a function of the epoch: ${String(lambda)}`);
  return lambdas;
}

/**
 * lr · lrLambda(epoch), one function for all groups or one for each (PyTorch's `LambdaLR`).
 * @throws ValueError if `lrLambda` is not a function, or not one for each group.
 */
export class LambdaLR extends Scheduler {
  readonly lrLambdas: readonly LrLambda[];
  constructor(optimizer: Scheduled, options: { lrLambda: LrLambda | readonly LrLambda[] }) {
    super(optimizer);
    this.lrLambdas = checkLambdas("LambdaLR", optimizer, options);
    this.begin();
  }
  protected override first(_lr: number, i: number): number {
    return this.next(0, i);
  }
  protected next(_lr: number, i: number): number {
    return this.baseLrs[i] * this.lrLambdas[i](this.lastEpoch);
  }
}

/**
 * Multiplies by lrLambda(epoch) in each step (PyTorch's `MultiplicativeLR`).
 *
 *     new MultiplicativeLR(optimizer, { lrLambda: (epoch) => (epoch < 10 ? 1 : 0.95) })
 *
 * @throws ValueError if `lrLambda` is not a function, or not one for each group.
 */
export class MultiplicativeLR extends Scheduler {
  readonly lrLambdas: readonly LrLambda[];
  constructor(optimizer: Scheduled, options: { lrLambda: LrLambda | readonly LrLambda[] }) {
    super(optimizer);
    this.lrLambdas = checkLambdas("MultiplicativeLR", optimizer, options);
  }
  protected next(lr: number, i: number): number {
    return lr * this.lrLambdas[i](this.lastEpoch);
  }
}
