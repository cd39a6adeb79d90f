/**
 * Schedules in which the learning rate rises and falls; some move the momentum in the opposite direction. As
 * in PyTorch.
 */
import { cosTurns } from "../elementary.js";
import { ValueError } from "../errors.js";
import { checkOptionNames } from "../options.js";
import {
  aboveZero,
  between,
  callable,
  flag,
  notNegative,
  oneOf,
  oneOrMore,
  optional,
  positive,
} from "../saved-state.js";
import { checkKinds } from "./range.js";
import { beginWith, perGroup, type Scheduled, type ScheduledGroup, Scheduler } from "./scheduler.js";

/** From `from` (share 0) to `to` (share 1) along half a cosine. */
const alongCosine = (from: number, to: number, share: number) =>
  to + ((from - to) / 2) * (1 + cosTurns(share / 2));

/**
 * CosineAnnealingLR that restarts at lr after t0 steps, then after t0 · tMult steps, and so on (Loshchilov
 * and Hutter, 2017; PyTorch's `CosineAnnealingWarmRestarts`). Defaults: tMult 1, etaMin 0.
 * @throws ValueError for options out of range.
 */
export class CosineAnnealingWarmRestarts extends Scheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
  constructor(optimizer: Scheduled, options: { t0: number; tMult?: number; etaMin?: number }) {
    super(optimizer);
    checkOptionNames("CosineAnnealingWarmRestarts", options, ["t0", "tMult", "etaMin"]);
    const { t0, tMult = 1, etaMin = 0 } = options ?? {};
    checkKinds("CosineAnnealingWarmRestarts", {
      ...{ t0: [t0, positive], tMult: [tMult, positive], etaMin: [etaMin, notNegative] },
    });
    [this.t0, this.tMult, this.etaMin] = [t0, tMult, etaMin];
  }
  protected override first(_lr: number, i: number): number {
    return this.next(0, i);
  }
  protected next(_lr: number, i: number): number {
    let [position, length] = [this.lastEpoch, this.t0];
    if (this.tMult === 1) position %= length;
    else for (; position >= length; length *= this.tMult) position -= length;
    return this.etaMin + ((this.baseLrs[i] - this.etaMin) * (1 + cosTurns(position / (2 * length)))) / 2;
  }
}

/**
 * Whether the groups have a momentum that the schedule cycles. @throws ValueError if the schedule should
 * cycle it and a group has none.
 */
function checkMomentum(op: string, optimizer: Scheduled, cycled: boolean): void {
  if (!cycled) return;
  for (const group of optimizer.paramGroups)
    if (group.betas === undefined && group.momentum === undefined)
      throw new ValueError(`${op}: the optimizer has no momentum: cycleMomentum: false is needed`);
}

function setMomentum(group: ScheduledGroup, momentum: number): void {
  if (group.betas === undefined) group.momentum = momentum;
  else group.betas = [momentum, group.betas[1]];
}

/** Options of `OneCycleLR`. */
export interface OneCycleOptions {
  /** Largest learning rate, for all groups or for each. */
  maxLr: number | readonly number[];
  /** Number of steps of the cycle; or give epochs and stepsPerEpoch. Default: epochs · stepsPerEpoch. */
  totalSteps?: number;
  /** With `stepsPerEpoch`, in place of `totalSteps`. Default: none. */
  epochs?: number;
  /** With `epochs`, in place of `totalSteps`. Default: none. */
  stepsPerEpoch?: number;
  /** Share of the steps in which the learning rate rises. Default 0.3. */
  pctStart?: number;
  /** Along half a cosine (default) or a line. */
  annealStrategy?: "cos" | "linear";
  /** Whether the momentum falls where the learning rate rises. Default true. */
  cycleMomentum?: boolean;
  /** Default 0.85. */
  baseMomentum?: number | readonly number[];
  /** Default 0.95. */
  maxMomentum?: number | readonly number[];
  /** The first learning rate is maxLr / divFactor. Default 25. */
  divFactor?: number;
  /** The last one is the first / finalDivFactor. Default 1e4. */
  finalDivFactor?: number;
  /**
   * The learning rate falls in two phases: to the first learning rate in as many steps as it rose, then to
   * the last. Default false: one phase, from the largest to the last.
   */
  threePhase?: boolean;
}

/**
 * One phase of a cycle, until step `end`: learning rate and momentum move from one of their boundary values
 * to another.
 */
interface Phase {
  readonly end: number;
  readonly lr: readonly [from: number[], to: number[]];
  readonly momentum: readonly [from: number[], to: number[]];
}

/**
 * The learning rate rises once to maxLr and falls far below the first rate, over the whole training (Smith
 * and Topin, 2019; PyTorch's `OneCycleLR`). Step it after each batch.
 *
 *     new OneCycleLR(optimizer, { maxLr: 0.1, epochs: 10, stepsPerEpoch: loader.length })
 *
 * @throws ValueError for options out of range, another number of rates than groups, and `cycleMomentum` with
 * an optimizer that has no momentum.
 */
export class OneCycleLR extends Scheduler {
  readonly totalSteps: number;
  readonly #phases: readonly Phase[];
  readonly #linear: boolean;
  readonly #cycleMomentum: boolean;

  constructor(optimizer: Scheduled, options: OneCycleOptions) {
    super(optimizer);
    checkOptionNames("OneCycleLR", options, [
      ...(["maxLr", "totalSteps", "epochs", "stepsPerEpoch", "pctStart", "annealStrategy"] as const),
      ...(["cycleMomentum", "baseMomentum", "maxMomentum", "divFactor", "finalDivFactor"] as const),
      "threePhase",
    ]);
    const { pctStart = 0.3, annealStrategy = "cos", divFactor = 25, finalDivFactor = 1e4 } = options ?? {};
    const { cycleMomentum = true, threePhase = false } = options ?? {};
    const { maxLr, baseMomentum = 0.85, maxMomentum = 0.95, epochs, stepsPerEpoch } = options ?? {};
    const total = options?.totalSteps ?? Number(epochs) * Number(stepsPerEpoch);
    checkKinds("OneCycleLR", {
      "totalSteps, or epochs · stepsPerEpoch,": [total, positive],
      maxLr: [maxLr, oneOrMore(notNegative)],
      pctStart: [pctStart, between(0, 1)],
      annealStrategy: [annealStrategy, oneOf("cos", "linear")],
      cycleMomentum: [cycleMomentum, flag],
      threePhase: [threePhase, flag],
      baseMomentum: [baseMomentum, oneOrMore(between(0, 1))],
      maxMomentum: [maxMomentum, oneOrMore(between(0, 1))],
      divFactor: [divFactor, aboveZero],
      finalDivFactor: [finalDivFactor, aboveZero],
    });
    checkMomentum("OneCycleLR", optimizer, cycleMomentum);
    const spread = (name: string, value: number | readonly number[]) =>
      perGroup("OneCycleLR", name, value, optimizer);
    const top = spread("maxLr", maxLr);
    const first = top.map((lr) => lr / divFactor);
    const last = first.map((lr) => lr / finalDivFactor);
    const low = spread("baseMomentum", baseMomentum);
    const high = spread("maxMomentum", maxMomentum);
    const peak = pctStart * total - 1;
    const rise: Phase = { end: peak, lr: [first, top], momentum: [high, low] };
    this.#phases = threePhase
      ? [
          rise,
          { end: 2 * pctStart * total - 2, lr: [top, first], momentum: [low, high] },
          { end: total - 1, lr: [first, last], momentum: [high, high] },
        ]
      : [rise, { end: total - 1, lr: [top, last], momentum: [low, high] }];
    this.totalSteps = total;
    this.#linear = annealStrategy === "linear";
    this.#cycleMomentum = cycleMomentum;
    for (const [i, group] of optimizer.paramGroups.entries()) beginWith(group, first[i]);
    this.baseLrs = first;
    this.begin();
  }

  /** @throws ValueError after the last step of the cycle. */
  override step(): void {
    if (this.lastEpoch >= this.totalSteps)
      throw new ValueError(`OneCycleLR: the cycle has ${this.totalSteps} steps: one more was made`);
    super.step();
  }

  /** The current learning rate or momentum of group `i`. */
  #at(quantity: "lr" | "momentum", i: number): number {
    const at = this.lastEpoch;
    const found = this.#phases.findIndex(({ end }) => at <= end);
    const n = found < 0 ? this.#phases.length - 1 : found;
    const begin = n === 0 ? 0 : this.#phases[n - 1].end;
    // In the step after the last, PyTorch extrapolates, and the learning rate may become negative.
    const share = Math.min((at - begin) / (this.#phases[n].end - begin), 1);
    const [from, to] = this.#phases[n][quantity];
    return this.#linear ? (to[i] - from[i]) * share + from[i] : alongCosine(from[i], to[i], share);
  }

  protected override first(_lr: number, i: number): number {
    return this.#at("lr", i);
  }
  protected next(_lr: number, i: number): number {
    return this.#at("lr", i);
  }
  protected override setOthers(): void {
    if (this.#cycleMomentum)
      for (const [i, group] of this.optimizer.paramGroups.entries())
        setMomentum(group, this.#at("momentum", i));
  }
}

/** Options of `CyclicLR`. */
export interface CyclicOptions {
  /** Smallest learning rate, for all groups or for each. */
  baseLr: number | readonly number[];
  /** Largest learning rate. */
  maxLr: number | readonly number[];
  /** Steps of the rise. Default 2000. */
  stepSizeUp?: number;
  /** Steps of the fall. Default: as many as of the rise. */
  stepSizeDown?: number;
  /** Amplitude: constant (default), halved in each cycle, or multiplied by gamma^step. */
  mode?: "triangular" | "triangular2" | "expRange";
  /** The factor of `expRange`. Default 1. */
  gamma?: number;
  /** Amplitude as a function of the cycle or of the step (`scaleMode`); replaces `mode`. Default: none. */
  scaleFn?: (x: number) => number;
  /** The argument of `scaleFn`. Default `cycle`. */
  scaleMode?: "cycle" | "iterations";
  /** Whether the momentum falls where the learning rate rises. Default true. */
  cycleMomentum?: boolean;
  /** Default 0.8. */
  baseMomentum?: number | readonly number[];
  /** Default 0.9. */
  maxMomentum?: number | readonly number[];
}

/**
 * Cycles the learning rate between two values (Smith, 2017; PyTorch's `CyclicLR`). Step it after each batch.
 *
 *     new CyclicLR(optimizer, { baseLr: 0.001, maxLr: 0.1, stepSizeUp: 2000 })
 *
 * @throws ValueError for options out of range, another number of rates than groups, and `cycleMomentum` with
 * an optimizer that has no momentum.
 */
export class CyclicLR extends Scheduler {
  readonly #marks: { maxLr: number[]; baseMomentum: number[]; maxMomentum: number[] };
  readonly #up: number;
  readonly #total: number;
  readonly #scale: (cycle: number, step: number) => number;
  readonly #cycleMomentum: boolean;

  constructor(optimizer: Scheduled, options: CyclicOptions) {
    super(optimizer);
    checkOptionNames("CyclicLR", options, [
      ...([
        "baseLr",
        "maxLr",
        "stepSizeUp",
        "stepSizeDown",
        "mode",
        "gamma",
        "scaleFn",
        "scaleMode",
      ] as const),
      ...(["cycleMomentum", "baseMomentum", "maxMomentum"] as const),
    ]);
    const {
      stepSizeUp = 2000,
      mode = "triangular",
      gamma = 1,
      scaleFn,
      cycleMomentum = true,
    } = options ?? {};
    const { stepSizeDown = stepSizeUp, scaleMode = "cycle" } = options ?? {};
    const { baseLr, maxLr, baseMomentum = 0.8, maxMomentum = 0.9 } = options ?? {};
    checkKinds("CyclicLR", {
      baseLr: [baseLr, oneOrMore(notNegative)],
      maxLr: [maxLr, oneOrMore(notNegative)],
      stepSizeUp: [stepSizeUp, aboveZero],
      stepSizeDown: [stepSizeDown, aboveZero],
      mode: [mode, oneOf("triangular", "triangular2", "expRange")],
      gamma: [gamma, notNegative],
      scaleFn: [scaleFn, optional(callable)],
      scaleMode: [scaleMode, oneOf("cycle", "iterations")],
      cycleMomentum: [cycleMomentum, flag],
      baseMomentum: [baseMomentum, oneOrMore(between(0, 1))],
      maxMomentum: [maxMomentum, oneOrMore(between(0, 1))],
    });
    checkMomentum("CyclicLR", optimizer, cycleMomentum);
    const spread = (name: string, value: number | readonly number[]) =>
      perGroup("CyclicLR", name, value, optimizer);
    this.#marks = {
      maxLr: spread("maxLr", maxLr),
      baseMomentum: spread("baseMomentum", baseMomentum),
      maxMomentum: spread("maxMomentum", maxMomentum),
    };
    const modes = {
      triangular: () => 1,
      triangular2: (cycle: number) => 1 / 2 ** (cycle - 1),
      expRange: (_: number, step: number) => gamma ** step,
    };
    this.#scale =
      scaleFn === undefined ? modes[mode] : (cycle, step) => scaleFn(scaleMode === "cycle" ? cycle : step);
    this.#up = stepSizeUp;
    this.#total = stepSizeUp + stepSizeDown;
    this.#cycleMomentum = cycleMomentum;
    this.baseLrs = spread("baseLr", baseLr);
    for (const [i, group] of optimizer.paramGroups.entries()) beginWith(group, this.baseLrs[i]);
    this.begin();
  }

  /** The distance from the base, as a share of the full height. */
  #height(): number {
    const cycles = this.lastEpoch / this.#total;
    const cycle = Math.floor(1 + cycles);
    const x = 1 + cycles - cycle;
    const peak = this.#up / this.#total;
    return (x <= peak ? x / peak : (x - 1) / (peak - 1)) * this.#scale(cycle, this.lastEpoch);
  }

  protected override first(_lr: number, i: number): number {
    return this.next(0, i);
  }
  protected next(_lr: number, i: number): number {
    return this.baseLrs[i] + (this.#marks.maxLr[i] - this.baseLrs[i]) * this.#height();
  }
  protected override setOthers(): void {
    if (!this.#cycleMomentum) return;
    const { baseMomentum, maxMomentum } = this.#marks;
    for (const [i, group] of this.optimizer.paramGroups.entries())
      setMomentum(group, maxMomentum[i] - (maxMomentum[i] - baseMomentum[i]) * this.#height());
  }
}
