/** One epoch over a source, as a sequence of stretches: the loop behind `step.run`, `fit` and `evaluate`. */
import { type SimdgradError, ValueError } from "../errors.js";
import { takeTurn, turnIsDue } from "../event-loop.js";
import { quoted } from "../quote.js";
import { batchesLeft, type Feed, isNotCapturable } from "./feed.js";
import type { Limits, Stepper, Stretch } from "./stepper.js";

/** A DataLoader, or any iterable that gives the batches of one epoch each time it is iterated. */
export type Source<Batch = unknown> = { feed(): Feed | null } | Iterable<Batch> | AsyncIterable<Batch>;

/** How an epoch makes its steps. */
export interface Steps {
  /** Makes the steps of a source that tells which samples it takes; null if the steps are not compiled. */
  readonly stepper: Stepper | null;
  /** Makes one step with a batch that JavaScript has fetched. */
  one(batch: unknown): void;
  /** Called after the stepper has made so many steps. */
  made?(steps: number): void;
  /** Called if the stepper cannot make the steps: `one` makes all remaining ones. */
  refused?(error: SimdgradError): void;
}

type Batches = Iterator<unknown> | AsyncIterator<unknown>;

export class Epoch {
  readonly #feed: Feed | null;
  /** The iterator over the batches, if JavaScript fetches them. */
  #batches: Batches | null;

  constructor(
    source: Source,
    private readonly steps: Steps,
  ) {
    this.#feed = steps.stepper === null ? null : feedOf(source);
    this.#batches = this.#feed === null ? batchesOf(source as Iterable<unknown>) : null;
  }

  /** Makes the next steps. It makes none if the epoch is over or the limits allow none. */
  async next(limits: Limits): Promise<Stretch> {
    if (this.#batches === null) {
      try {
        const stretch = await this.steps.stepper!.run(this.#feed!, limits);
        if (stretch.steps > 0) this.steps.made?.(stretch.steps);
        return stretch;
      } catch (error) {
        if (!isNotCapturable(error)) throw error;
        this.steps.refused?.(error);
        this.goOnHere();
      }
    }
    return this.#overBatches(this.#batches!, limits);
  }

  /** Makes one step with `one`, with a batch that JavaScript fetches. Returns how many were made: 0 or 1. */
  async single(one: (batch: unknown) => void): Promise<number> {
    const batches = this.#batches ?? batchesLeft(this.#feed!);
    return (await this.#overBatches(batches, { steps: 1 }, one)).steps;
  }

  /** Lets JavaScript fetch all remaining batches. */
  goOnHere(): void {
    this.#batches ??= batchesLeft(this.#feed!);
  }

  async #overBatches(
    batches: Batches,
    { steps: most, signal, milliseconds = Infinity }: Limits,
    one = this.steps.one,
  ): Promise<Stretch> {
    const until = performance.now() + milliseconds;
    let steps = 0;
    while (steps < most && !signal?.aborted) {
      if (steps > 0 && performance.now() >= until) break;
      const next = batches.next();
      const { done, value } = isThenable(next) ? await next : next;
      if (done) break;
      const batch = isThenable(value) ? await value : value;
      if (signal?.aborted) break;
      one(batch);
      steps++;
      if (turnIsDue()) await takeTurn();
    }
    return { steps, failure: null };
  }

  /** Tells the loader that the epoch is over, if all of its steps were made. */
  finish(): void {
    if (this.#feed !== null && this.#feed.position === this.#feed.length) this.#feed.finish();
  }

  /** Must always be called: the source may have resources to close. */
  async close(): Promise<void> {
    await this.#batches?.return?.();
  }
}

const feedOf = (source: Source): Feed | null => (source as { feed?(): Feed | null } | null)?.feed?.() ?? null;

function batchesOf(source: Partial<Iterable<unknown> & AsyncIterable<unknown>> | null): Batches {
  const batches = source?.[Symbol.asyncIterator]?.() ?? source?.[Symbol.iterator]?.();
  if (batches === undefined)
    throw new ValueError(`run: a source is a DataLoader, or batches to iterate over: ${quoted(source)}`);
  return batches;
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === "function";
}
