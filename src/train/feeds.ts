/** Epochs of a loader that a program goes through, where JavaScript has to do it instead. */
import type { EpochFeed } from "../data/dataloader.js";
import type { SimdgradError } from "../errors.js";

/** The rest of an epoch, batch by batch. */
export function* batchesLeft(feed: EpochFeed): Generator<unknown, void, undefined> {
  while (feed.position < feed.length) {
    const batch = feed.fetch(nextOf(feed));
    feed.advance(1);
    yield batch;
  }
}

/** The samples of the next step. */
export function nextOf({ order, batchSize, position }: EpochFeed): Int32Array {
  return order.slice(position * batchSize, (position + 1) * batchSize);
}

/** Whether `compile` refused a function that may well run eagerly. */
export function isNotCapturable(error: unknown): boolean {
  return ["NOT_CAPTURABLE", "TRACES_DIFFER"].includes((error as SimdgradError | undefined)?.code ?? "");
}
