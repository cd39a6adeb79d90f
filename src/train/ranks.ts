/**
 * What the ranks of a launch agree on. A decision that depends on a clock is that of rank 0, and a stop on
 * any rank stops all: each takes effect at the same step everywhere. A process alone decides for itself.
 */

import type { Limits } from "../compile/index.js";
import { fingerprint, structureOf } from "../distributed/fingerprint.js";
import { Sharding } from "../distributed/sharded.js";
import { partOf, type Span } from "../distributed/tree.js";
import { broadcastBytes, gathered, init, rank, settled, worldSize } from "../distributed/world.js";
import { SimdgradError, ValueError } from "../errors.js";
import type { Path } from "../io/index.js";
import { pathOf } from "../io/read.js";
import type { Optimizer } from "../optim/optimizer.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  loadCheckpoint,
  type Standing,
  saveCheckpoint,
  type Trained,
} from "./checkpoint.js";
import type { Scores } from "./sharded-score.js";

const op = "fit";

export interface Wish {
  /** The most steps of the next stretch. */
  readonly steps: number;
  /** Until the next report. */
  readonly milliseconds: number;
  readonly signal: AbortSignal | undefined;
  /** Whether this rank's observer makes the next step. */
  readonly probes: boolean;
}

/** The next stretch. */
export interface Stretch extends Limits {
  /** Whether it is one eager step, which the observer of a rank looks at. */
  readonly probes: boolean;
}

/** What all ranks must have in common. */
export interface Common {
  readonly trained: Trained;
  readonly samples: number | undefined;
  readonly settings: readonly unknown[];
}

export class Ranks {
  #sharding: Sharding | null = null;
  /** The parts of a rank in the optimizer's state, by parameter; null if each rank has all of it. */
  #parts: ((rank: number) => ReadonlyMap<Tensor, Span>) | null = null;
  /** Whether there are other ranks. */
  #many = false;
  /** Steps in a millisecond, measured over the last stretch; 0 before the first. */
  #rate = 0;
  #began = 0;

  get sharding(): Sharding | null {
    return this.#sharding;
  }

  /**
   * Joins the other ranks of the launch. @throws SimdgradError `RANKS_DIFFER` if they train something else.
   */
  async join({ trained: { model, optimizer, loader }, samples, settings }: Common): Promise<void> {
    await init();
    this.#many = worldSize > 1;
    if (!this.#many) return;
    if (typeof (loader as { prepareLoad?: unknown }).prepareLoad !== "function")
      throw new ValueError(
        `fit: on ${worldSize} ranks the data are a data set or a DataLoader, whose order all ranks share`,
        "INVALID_DATASET",
      );
    const own = [structureOf(model), optimizer.constructor.name, samples, ...settings].map(String);
    const all = await gathered(op, Float64Array.from(own, fingerprint));
    const parts = ["model", "optimizer", "number of samples", "options"];
    for (const [other, prints] of all.entries()) {
      const part = prints.findIndex((print, i) => print !== fingerprint(own[i]));
      if (part < 0) continue;
      throw new SimdgradError(
        "RANKS_DIFFER",
        `fit: all ranks have the same ${parts[Math.min(part, 3)]}: rank ${rank} has ${own[part]}, rank ${other} does not`,
      );
    }
  }

  /**
   * Rank 0 reads the checkpoint; the others get its state, with a checkpoint or without. Returns where the
   * run resumes, or null. `file`: undefined if the run begins anew. `shards`: the number that the user gave.
   * `anew` is called if there is no checkpoint, before random numbers are drawn.
   */
  async begin(
    file: Path | undefined,
    trained: Trained,
    shards: number | undefined,
    anew: () => void,
  ): Promise<Standing | null> {
    const standing = file !== undefined && rank === 0 ? loadCheckpoint(file, trained) : null;
    if (standing === null) anew();
    if (rank === 0) this.#cut(standing, shards, file);
    if (!this.#many) return standing;
    const streams = this.#streams();
    const fresh: Standing = { epoch: 1, step: 0, score: [], ahead: 0, shards: streams };
    const bytes = rank === 0 ? encodeCheckpoint(trained, standing ?? fresh) : null;
    const all = await broadcastBytes(op, bytes);
    const first = rank === 0 ? (standing ?? fresh) : decodeCheckpoint(all, trained);
    if (rank !== 0) this.#cut(first, undefined, file);
    return first.step > 0 ? first : null;
  }

  /** Cuts the batches as the checkpoint, the user or the number of ranks says. */
  #cut(standing: Standing | null, shards: number | undefined, file: Path | undefined): void {
    const saved = standing?.shards;
    if (standing !== null && shards !== undefined && saved?.length !== shards)
      throw new SimdgradError(
        "STATE_DICT_MISMATCH",
        `fit: resume: ${quoted(pathOf(file!))} was written with ${saved === undefined ? "no" : saved.length} shards: ${shards}`,
      );
    if (standing !== null && saved === undefined && this.#many)
      throw new SimdgradError(
        "STATE_DICT_MISMATCH",
        `fit: resume: ${quoted(pathOf(file!))} was written without shards, by one process: ${worldSize} ranks`,
      );
    const count = saved?.length ?? (standing === null ? (shards ?? (this.#many ? worldSize : null)) : null);
    if (count === null) return;
    this.#sharding = new Sharding(op, count, rank, worldSize, saved);
  }

  /** From now on each rank has a part of the optimizer's state, and updates the parameters of this part. */
  divide(optimizer: Optimizer<any>): void {
    if (!this.#many) return;
    const params = optimizer.paramGroups.flatMap((group) => group.params);
    this.#parts = this.#sharding!.intoParts(params);
    optimizer.stateParts.keep(this.#parts(rank));
  }

  /** Each rank has the whole state again. */
  async unite(optimizer: Optimizer<any>): Promise<void> {
    if (this.#parts === null) return;
    await this.#gatherState(optimizer, true);
    optimizer.stateParts.join();
    this.#parts = null;
  }

  /** `keeps`: whether this rank keeps what all ranks send. */
  #gatherState(optimizer: Optimizer<any>, keeps: boolean): Promise<void> {
    const parts = Array.from({ length: worldSize }, (_, r) => this.#parts!(r));
    return optimizer.stateParts.gather(async (param, own) => {
      const spans = parts.map((part) => part.get(param)!);
      const longest = Math.max(...spans.map(({ from, to }) => to - from));
      const sent = Reflect.construct(own.constructor, [longest]) as typeof own;
      sent.set(own);
      const all = await gathered(op, sent);
      if (!keeps) return null;
      const whole = Reflect.construct(own.constructor, [param.numel]) as typeof own;
      for (const [r, { from, to }] of spans.entries()) whole.set(all[r].subarray(0, to - from), from);
      return whole;
    });
  }

  #streams(): number[][] {
    return this.#sharding?.streams.map((stream) => Array.from(stream.getState())) ?? [];
  }

  /** The signal that may end work between two stretches. */
  own(signal: AbortSignal | undefined): AbortSignal | undefined {
    return this.#many ? undefined : signal;
  }

  /** The next stretch; null if a rank wants to stop. */
  async next({ steps, milliseconds, signal, probes }: Wish): Promise<Stretch | null> {
    if (!this.#many) return signal?.aborted ? null : { steps, milliseconds, signal, probes };
    const most = Math.min(steps, Math.max(1, Math.floor(milliseconds * this.#rate)));
    const all = await gathered(op, Float64Array.of(signal?.aborted ? 1 : 0, most, probes ? 1 : 0));
    this.#began = performance.now();
    return all.some(([stops]) => stops === 1) ? null : { steps: all[0][1], probes: all[0][2] === 1 };
  }

  /** This rank stops, for a reason of its own: the others learn it when they ask for their next stretch. */
  async leave(): Promise<void> {
    if (this.#many) await gathered(op, Float64Array.of(1, 0, 0));
  }

  /** After a stretch: brings the score up to date. Returns whether to report now, if rank 0 wants to. */
  async reached(score: Scores, steps: number, report: boolean): Promise<boolean> {
    if (!this.#many) return report;
    if (steps > 0) this.#rate = steps / (performance.now() - this.#began);
    const all = await gathered(op, Float64Array.of(report ? 1 : 0, ...score.sums));
    score.reset(this.#ofOwners(all.map((numbers) => numbers.subarray(1))));
    return all[0][0] === 1;
  }

  /** Rank 0 saves the run. */
  async save(file: Path, trained: Trained, standing: Standing): Promise<void> {
    if (this.#sharding === null) return saveCheckpoint(file, trained, standing);
    let words: readonly number[] = this.#streams().flat();
    if (this.#many) words = this.#ofOwners(await gathered(op, Float64Array.from(words)));
    const shards = Array.from({ length: this.#sharding.shards }, (_, i) => words.slice(4 * i, 4 * (i + 1)));
    const { optimizer } = trained;
    if (this.#parts !== null) await this.#gatherState(optimizer, rank === 0);
    if (rank === 0) saveCheckpoint(file, trained, { ...standing, shards });
    if (this.#parts !== null) optimizer.stateParts.drop();
    // A rank that ends now must not end rank 0 while it writes.
    if (this.#many) await settled(op, (mpi) => mpi.run(null, 0, 0));
  }

  /** From numbers of all shards, as each rank has them: those from the rank that computes the shard. */
  #ofOwners(all: readonly Float64Array[]): number[] {
    const { shards } = this.#sharding!;
    const width = all[0].length / shards;
    return all.flatMap((numbers, r) => {
      const { from, to } = partOf(shards, r, worldSize);
      return [...numbers.subarray(from * width, to * width)];
    });
  }
}
