/**
 * Random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Each
 * word of the stream is a function of the seed and of the word's position. So native code, a replayed program
 * and a Worker can each compute any part of the stream. The whole state is four integers in an array that
 * kernels advance.
 */

import { ValueError } from "./errors.js";
import { sharedMemory } from "./host/memory.js";
import { quoted } from "./quote.js";
import { tracing } from "./tracing.js";

/** [key0, key1, counterLow, counterHigh]: kernels take and advance the state in this form. */
export type RandomState = Int32Array;

/**
 * High word of the product of two unsigned 32-bit integers. It splits them into 16-bit halves, so no sum
 * exceeds 2^32.
 */
export function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) >>> 0;
  const cross = (Math.imul(a0, b1) + (middle & 0xffff)) >>> 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (cross >>> 16)) >>> 0;
}

/**
 * Ten rounds over a 128-bit counter (c0 … c3) with a 64-bit key; writes four words to `out`. The constants
 * are those of the paper.
 */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Int32Array | Uint32Array,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Advances the 64-bit counter of a state by `blocks` blocks of four words. */
export function advance(state: RandomState, offset: number, blocks: number): void {
  const low = (state[offset + 2] >>> 0) + blocks;
  state[offset + 2] = (low % 4294967296) | 0;
  state[offset + 3] = (state[offset + 3] + Math.floor(low / 4294967296)) | 0;
}

/**
 * Throws inside a trace. Kernels advance a state in every replay; a change by JavaScript would happen only
 * once.
 */
function refuseInTrace(what: string): void {
  if (tracing !== null) tracing.refuse(`${what} is called on a generator`, "call it outside");
}

/** The 4 words of a state that the caller passed. @throws ValueError `INVALID_STATE`. */
export function wordsOf(state: unknown): number[] {
  const words = Array.isArray(state) || state instanceof Int32Array ? [...state] : [];
  if (words.length === 4 && words.every((word) => typeof word === "number" && word === (word | 0)))
    return words;
  throw new ValueError(
    `setState: a state is 4 int32 words, as getState gives them: ${words.length > 0 ? `${words.length} items` : typeof state}`,
    "INVALID_STATE",
  );
}

/**
 * A seeded stream of random numbers. One seed gives the same numbers on every machine and backend. The seed
 * is 0 by default.
 * @example rand([2], { generator: new Generator(7) }).shape // [2]
 * @throws ValueError `INVALID_SEED` for a seed that is not an integer below 2^53.
 */
export class Generator {
  /** The state that is passed to kernels, which advance it. */
  readonly state: RandomState = new Int32Array(sharedMemory(16));
  #seed = 0;

  constructor(seed = 0) {
    this.manualSeed(seed);
  }

  get seed(): number {
    return this.#seed;
  }

  /** Restarts the generator at the beginning of the stream of `seed`. */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed))
      throw new ValueError(`manualSeed: the seed is an integer below 2^53: ${quoted(seed)}`, "INVALID_SEED");
    refuseInTrace("manualSeed");
    this.#seed = seed;
    this.state[0] = (seed % 4294967296) | 0;
    this.state[1] = Math.floor(seed / 4294967296) | 0;
    this.state[2] = 0;
    this.state[3] = 0;
    return this;
  }

  /** A copy of the state, for a checkpoint. */
  getState(): Int32Array {
    refuseInTrace("getState");
    return this.state.slice();
  }

  /**
   * Sets the state.
   * @throws ValueError `INVALID_STATE` for anything but 4 int32 words; the state is then unchanged.
   */
  setState(state: ArrayLike<number>): this {
    const words = wordsOf(state);
    refuseInTrace("setState");
    this.state.set(words);
    return this;
  }
}

/**
 * The generator used where no other is given. Its seed differs from run to run until `manualSeed` is called.
 */
export const defaultGenerator = new Generator(Math.floor(Math.random() * 2 ** 53));

/** What draws in place of the default generator: each shard of a batch has a stream of its own. */
let instead: Generator | null = null;

/** Runs `fn` with another generator in place of the default one. */
export function withStream<T>(stream: Generator, fn: () => T): T {
  const before = instead;
  instead = stream;
  try {
    return fn();
  } finally {
    instead = before;
  }
}

/** The state from which kernels draw the numbers of a generator. */
export const drawnState = (generator: Generator): RandomState =>
  (generator === defaultGenerator ? (instead ?? generator) : generator).state;

/**
 * Seeds the default generator: initialisation, shuffling, dropout, augmentation and everything else random.
 * @example (manualSeed(7), rand([1]).item()) === (manualSeed(7), rand([1]).item()) // true
 */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}
