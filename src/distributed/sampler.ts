import { ValueError } from "../errors.js";
import { run } from "../kernels/run.js";
import { stateOf } from "../ops/create/create.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { Generator } from "../random.js";
import { count, exactly, readState } from "../saved-state.js";
import { rank, worldSize } from "./world.js";

/** Options of `DistributedSampler`. */
export interface SamplerOptions {
  /** A new random order in every epoch, the same on all ranks. Default false. */
  shuffle?: boolean;
  /** Seed of the orders. Default 0. */
  seed?: number;
}

/** The position of a sampler; plain JSON. */
export interface SamplerState {
  /** The epoch whose order is used. */
  epoch: number;
  /** Number of samples of the epoch, over all ranks, that were yielded. */
  position: number;
  /** Used to check that the state fits the sampler. */
  samples: number;
  /** Used to check that the state fits the sampler. */
  shuffle: boolean;
  /** Used to check that the state fits the sampler. */
  seed: number;
}

/**
 * The samples of this rank: indices into a data set (PyTorch's `DistributedSampler`). Nothing is padded:
 * together the ranks have every sample exactly once, so a validation counts each once.
 *
 *     const sampler = new distributed.DistributedSampler(test.length);
 *     const mine = new data.Subset(test, [...sampler]);
 *
 * Each iteration is an epoch, or the rest of one after `loadStateDict`, also with another number of ranks.
 *
 * @throws ValueError for a number of samples that is not one, and a `shuffle` that is neither true nor false.
 */
export class DistributedSampler implements Iterable<number> {
  readonly samples: number;
  readonly shuffle: boolean;
  readonly seed: number;
  #epoch = 0;
  /** Where the epoch under way began: 0, or where another run left it. */
  #from = 0;
  /** Number of samples that this rank has yielded since. */
  #yielded = 0;

  /** `samples`: their number, or a data set. */
  constructor(samples: number | { readonly length: number }, options: SamplerOptions = {}) {
    checkOptions("DistributedSampler", options, ["shuffle", "seed"]);
    const { shuffle = false, seed = 0 } = options;
    this.samples = typeof samples === "number" ? samples : samples?.length;
    if (!Number.isInteger(this.samples) || this.samples < 0)
      throw new ValueError(
        `DistributedSampler: the number of samples, or a data set, is needed: ${quoted(samples)}`,
      );
    if (typeof shuffle !== "boolean")
      throw new ValueError(`DistributedSampler: shuffle is true or false: ${quoted(shuffle)}`);
    this.shuffle = shuffle;
    this.seed = new Generator(seed).seed;
  }

  /** Number of samples that this rank gets in the next iteration. */
  get length(): number {
    return Math.max(0, Math.ceil((this.samples - this.#from - rank) / worldSize));
  }

  // Ranks take turns, so that after each turn the first samples of the order are those that were yielded.
  *[Symbol.iterator](): IterableIterator<number> {
    const order = this.#order();
    this.#yielded = 0;
    for (let i = this.#from + rank; i < order.length; i += worldSize) {
      this.#yielded++;
      yield order[i];
    }
    this.#epoch++;
    this.#from = 0;
    this.#yielded = 0;
  }

  /** The position. Ranks yield alike, so that all have the same; the current sample counts as finished. */
  stateDict(): SamplerState {
    const { samples, shuffle, seed } = this;
    const all = Math.min(samples, this.#from + this.#yielded * worldSize);
    return { epoch: this.#epoch, position: all, samples, shuffle, seed };
  }

  /**
   * The next iteration yields this rank's part of what was left of the epoch.
   * @throws SimdgradError `STATE_DICT_MISMATCH` if the state is that of another sampler.
   */
  loadStateDict(state: SamplerState): void {
    const { samples, shuffle, seed } = this;
    const same = { samples: exactly(samples), shuffle: exactly(shuffle), seed: exactly(seed) };
    const read = readState("DistributedSampler", state, { ...same, epoch: count, position: count });
    this.#epoch = read.epoch;
    this.#from = Math.min(read.position, samples);
    this.#yielded = 0;
  }

  #order(): Int32Array {
    const { samples, shuffle, seed } = this;
    const order = Int32Array.from({ length: samples }, (_, i) => i);
    if (shuffle) {
      const generator = new Generator(seed);
      generator.state[3] = this.#epoch;
      run.permutation(samples, stateOf(generator), { array: order, offset: 0 });
    }
    return order;
  }
}
