import type { Module } from "../nn/module.js";
import type { TrainingData } from "./batches.js";
import type { FitOptions } from "./fit-options.js";
import type { FitProgress, FitResult } from "./fit-progress.js";
import { Run } from "./run.js";

export type { FitOptions } from "./fit-options.js";
export type { FitProgress, FitResult } from "./fit-progress.js";

/**
 * Trains a model. The run starts when it is awaited or iterated.
 *
 *     const result = await fit(model, train, { optimizer, epochs: 10, batchSize: 128 })
 *     for await (const e of fit(model, train, { … })) console.log(e.epoch, e.step, e.loss, e.accuracy)
 *
 * Steps over a data set or a DataLoader run on a native thread and leave the event loop free (`compile`).
 * Meanwhile JavaScript must not access the model; `await model.snapshot()` reads it. `break`, `signal` and
 * errors stop the run between two steps: model, optimizer and scheduler are then as after the last whole
 * step. The thread pauses while your code handles an event, and your code may then use them.
 * @throws SimdgradError `NAN_LOSS` that names epoch, step and what to try, before that step changes the
 * model.
 */
export function fit(model: Module, train: TrainingData, options: FitOptions): Fit {
  return new Fit(model, train, options);
}

/**
 * A run of `fit`: an async iterator over its events, and a promise of its result.
 *
 *     const run = fit(model, data, { optimizer, epochs: 10 })
 *     for await (const { epoch, loss } of run) if (loss < 0.01) break
 *     console.log(run.progress.step, (await run).completed)
 */
export class Fit implements AsyncIterableIterator<FitProgress>, PromiseLike<FitResult> {
  readonly #events: AsyncGenerator<FitProgress, void, undefined>;
  readonly #result: Promise<FitResult>;
  /** Resolves the result of a run that is ended before it starts. */
  readonly #endUnstarted: () => void;
  readonly #run: Run;
  #started = false;

  constructor(model: Module, train: TrainingData, options: FitOptions) {
    const run = new Run(model, train, options);
    this.#run = run;
    let settle!: Settle;
    this.#result = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#events = settling(run, settle);
    this.#endUnstarted = () => settle.resolve(run.result());
    // Iteration throws the error, and so does await. A program that uses only one of them must not fail for
    // the other.
    this.#result.catch(() => {});
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<FitProgress, void>> {
    this.#started = true;
    return this.#events.next();
  }

  /** The exact current progress, also after the run was stopped; events report it only at intervals. */
  get progress(): FitProgress {
    return this.#run.event("progress", Number.NaN);
  }

  /** Called by `break`. */
  async return(): Promise<IteratorResult<FitProgress, void>> {
    if (!this.#started) this.#endUnstarted();
    this.#started = true;
    return this.#events.return();
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited like a promise
  then<A = FitResult, B = never>(
    onResult?: ((result: FitResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#started) void this.#drain();
    return this.#result.then(onResult, onError);
  }

  catch<B>(onError: (error: unknown) => B | PromiseLike<B>): Promise<FitResult | B> {
    return this.then(null, onError);
  }

  finally(onEnd: () => void): Promise<FitResult> {
    return this.then().finally(onEnd);
  }

  async #drain(): Promise<void> {
    this.#started = true;
    try {
      while (!(await this.#events.next()).done);
    } catch {
      // The promise `#result` reports the error.
    }
  }
}

interface Settle {
  resolve(result: FitResult): void;
  reject(error: unknown): void;
}

/** The events of a run. When they end, for whatever reason, the promise is settled. */
async function* settling(
  run: Run,
  { resolve, reject }: Settle,
): AsyncGenerator<FitProgress, void, undefined> {
  let failed = false;
  try {
    yield* run.events();
  } catch (error) {
    failed = true;
    reject(error);
    throw error;
  } finally {
    if (!failed) resolve(run.result());
  }
}
