/**
 * Makes the steps of a function, one at a time or many: all of them replay the same recordings. Many steps
 * run one after the other on a native thread, without JavaScript between them, so the event loop stays free.
 * If that is not possible (on the JS core, with kernels without C++, or with memory that JavaScript can
 * detach), they are replayed on this thread, and the event loop turns between them.
 */
import type { Data } from "../dtype.js";
import type { SimdgradError } from "../errors.js";
import { takeTurn, turnIsDue } from "../event-loop.js";
import { sharedMemory } from "../host/memory.js";
import { FedStep, type Made } from "./fed-step.js";
import { type Feed, indicesOf, stepsAlike } from "./feed.js";
import { type Fetch, Fetches } from "./fetch.js";
import { JobOwner } from "./job-owner.js";
import type { Moving } from "./native-program.js";
import type { Plan } from "./plan.js";
import type { Recording } from "./recording.js";
import { Recordings } from "./recordings.js";
import { Copies } from "./thread-plan.js";

export interface Stretch {
  /** Number of steps made. */
  readonly steps: number;
  /**
   * The error that stopped the next step. The state is as before that step, except for what the step had
   * written.
   */
  readonly failure: SimdgradError | null;
}

export interface Limits {
  /** Maximum number of steps. */
  steps: number;
  /** Ends the stretch after the running step. */
  signal?: AbortSignal;
  /** Ends the stretch after the running step once so many milliseconds have passed. */
  milliseconds?: number;
}

/** State of the function that changes from step to step by a schedule: learning rates. */
export interface Schedule {
  /**
   * For each scheduled array that the function was traced with, a table on shared memory. It holds the values
   * of the array for each step of an epoch, `array.length` values per step.
   */
  readonly tables: readonly { readonly array: Data; readonly table: Data }[];
  /**
   * The objects whose fields change. A function that reads such a field as a plain number is recorded again.
   */
  readonly owners: ReadonlySet<object>;
  /**
   * Fills the tables for the step at `position` and the steps after it: `most` in all, or as many as `holds`
   * allows. Returns how many.
   */
  ahead(position: number, most: number, holds: () => boolean): number;
  /** Called after so many steps were made. */
  moved(steps: number): void;
}

export interface StepperOptions {
  /** Maximum number of recordings kept. Default 64. */
  maxRecordings?: number;
  /** Stores every gradient. Default false. */
  keepGrads?: boolean;
  /** State that `run` changes from step to step. */
  schedule?: Schedule | null;
}

export class Stepper {
  readonly recordings: Recordings;
  readonly #schedule: Schedule | null;
  readonly #copies = new Copies();
  #fetches: Fetches | null = null;
  readonly #steps = new WeakMap<Fetch, WeakMap<Recording, FedStep>>();
  /** The running stretch; another one waits for its end. */
  #stretch: Promise<unknown> | null = null;
  /** `[0]`: the number of steps that the running job has finished. */
  readonly #finished = new Int32Array(sharedMemory(4));
  #running = false;
  #result: unknown;

  constructor(fn: (...args: any[]) => unknown, options: StepperOptions = {}) {
    this.recordings = new Recordings(fn, options.maxRecordings ?? 64, options.keepGrads);
    this.#schedule = options.schedule ?? null;
  }

  /** Makes one step. */
  call(args: readonly unknown[]): unknown {
    return this.recordings.for(args).replay(args);
  }

  /** Number of steps that the thread has made since the last stretch ended. */
  get underWay(): number {
    return this.#running ? Atomics.load(this.#finished, 0) : 0;
  }

  /** The return value of the function in the last step of `run`. */
  get result(): unknown {
    return this.#result;
  }

  /**
   * Makes the next steps of the epoch.
   * @throws any error that `fn` throws while it is traced, if no step was made yet.
   */
  async run(feed: Feed, limits: Limits): Promise<Stretch> {
    while (this.#stretch !== null) await this.#stretch.catch(() => {});
    const stretch = this.#run(feed, limits);
    this.#stretch = stretch;
    try {
      return await stretch;
    } finally {
      this.#stretch = null;
    }
  }

  async #run(feed: Feed, { steps: most, signal, milliseconds = Infinity }: Limits): Promise<Stretch> {
    const until = performance.now() + milliseconds;
    let steps = 0;
    while (steps < most && feed.position < feed.length && !signal?.aborted) {
      if (steps > 0 && performance.now() >= until) break;
      let step: FedStep;
      try {
        step = this.#next(feed);
      } catch (error) {
        // The steps made so far count. The next stretch begins with the step that failed, and throws its
        // error.
        if (steps > 0) break;
        throw error;
      }
      const made = step.threaded
        ? await this.#onThread(step, feed, most - steps, until, signal)
        : step.here(indicesOf(feed));
      if (made.steps > 0) this.#result = made.result;
      steps += made.steps;
      feed.advance(made.steps);
      this.#schedule?.moved(made.steps);
      if (made.failure !== null) return { steps, failure: made.failure };
      if (!step.threaded && turnIsDue()) await takeTurn();
    }
    return { steps, failure: null };
  }

  #next(feed: Feed): FedStep {
    // Another order array belongs to another data set, which fetches its batches in another way.
    if (this.#fetches?.order !== feed.order) {
      this.#fetches?.release();
      this.#fetches = new Fetches(feed);
    }
    const fetch = this.#fetches.next(feed);
    const recording = this.recordings.for(fetch.batch);
    const steps = this.#steps.get(fetch) ?? new WeakMap<Recording, FedStep>();
    this.#steps.set(fetch, steps);
    let step = steps.get(recording);
    if (step === undefined) {
      step = new FedStep(fetch, recording, this.#copies, (plan) => this.#scheduled(plan));
      steps.set(recording, step);
    }
    return step;
  }

  /** Makes `most` steps, or as many as can follow without a check of the JavaScript state. */
  async #onThread(
    step: FedStep,
    feed: Feed,
    most: number,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<Made> {
    const { position } = feed;
    let count = step.steady ? Math.min(most, stepsAlike(feed)) : 1;
    if (this.#schedule !== null) {
      const { owners } = this.#schedule;
      count = this.#schedule.ahead(position, count, () => step.holds(owners));
    }
    const { job, memory, settle } = step.start(indicesOf(feed), position, count, this.#finished);
    const owner = new JobOwner(job, memory);
    this.#running = true;
    const stop = () => job.stop();
    signal?.addEventListener("abort", stop, { once: true });
    const timer = until === Infinity ? undefined : setTimeout(stop, Math.max(0, until - performance.now()));
    try {
      const ended = await job.done;
      owner.release();
      return settle(ended);
    } finally {
      owner.release();
      this.#running = false;
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Scheduled slots move along their tables. */
  #scheduled({ slots }: Plan): Moving[] {
    return (this.#schedule?.tables ?? []).flatMap(({ array, table }) =>
      slots
        .filter((slot) => slot.array === array)
        .map((slot) => ({ slot, array: table, step: array.length })),
    );
  }
}
