import type { SimdgradError } from "../errors.js";
import { PinnedStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** One epoch of a data loader, for a program that fetches its batches itself. */
export interface Feed {
  /** The samples of the epoch in order, int32 on shared memory. It is the same array in every epoch. */
  readonly order: Int32Array;
  /** Samples per step. The last step of an epoch may have fewer. */
  readonly batchSize: number;
  /** Number of steps in the whole epoch. */
  readonly length: number;
  /** Number of steps already made. */
  readonly position: number;
  /**
   * The batch of these samples. In a trace the indices have no values, so a data set that reads them cannot
   * be captured.
   */
  fetch(indices: Int32Array): readonly Tensor[];
  /** Called after so many more steps were made. */
  advance(steps: number): void;
  /** Called when the epoch is over. */
  finish(): void;
}

/** The sample indices of the next step. */
export function nextOf({ order, batchSize, position }: Feed): Int32Array {
  return order.slice(position * batchSize, (position + 1) * batchSize);
}

/** The remaining batches of an epoch, if JavaScript has to fetch them. */
export function* batchesLeft(feed: Feed): Generator<readonly Tensor[], void, undefined> {
  while (feed.position < feed.length) {
    const batch = feed.fetch(nextOf(feed));
    feed.advance(1);
    yield batch;
  }
}

/** The indices of the next step, as a tensor that shares the memory of the epoch's order. */
export function indicesOf({ order, batchSize, position }: Feed): Tensor {
  const from = position * batchSize;
  const count = Math.min(batchSize, order.length - from);
  return new Tensor(new PinnedStorage(order, from, count), from, [count], [1], "int32");
}

/** How many steps, from this one on, have the same number of samples. */
export function stepsAlike({ order, batchSize, length, position }: Feed): number {
  const whole = Math.floor(order.length / batchSize);
  return position < whole ? Math.min(whole, length) - position : 1;
}

/** Whether `compile` rejected a function that may still run eagerly. */
export function isNotCapturable(error: unknown): error is SimdgradError {
  const { code = "" } = (error ?? {}) as Partial<SimdgradError>;
  return ["NOT_CAPTURABLE", "TRACES_DIFFER", "SHARED_MEMORY"].includes(code);
}
