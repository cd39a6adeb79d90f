/** What `fit` tells those who describe a run, between its steps. */
import type { Stepper } from "../compile/index.js";
import type { Module } from "../nn/module.js";
import type { TrainingData } from "./batches.js";
import type { ResolvedOptions } from "./fit-options.js";
import type { FitProgress, FitResult } from "./fit-progress.js";

/** Makes one step: with a batch that JavaScript has fetched. */
export type MakeStep = (batch: unknown) => void;

export interface Observer {
  /**
   * When a stretch of steps must end for its sake, in the time of `performance.now()`. Each end of a stretch
   * costs a millisecond or two.
   */
  readonly next: number;
  /** Whether it looks at the run now that a stretch has ended. */
  ready(): boolean;
  /** Called at the start of an epoch, with what an earlier run has made of it. */
  epoch(event: FitProgress, samples: number): void;
  /**
   * How it makes the next step itself, by way of `one` or with the same bits; null to leave the step to the
   * run. Of several ranks one may do so, and the others make the step by `one`.
   */
  probe(one: MakeStep): MakeStep | null;
  /** Called when it is `ready`, and at the end of each epoch. `samples` are those of the epoch so far. */
  look(event: FitProgress, samples: number, seconds: number): void;
  /** Called once, when the run is over. `error`: what ended it. */
  end(event: FitProgress, samples: number, result: FitResult, error: unknown): Promise<void>;
}

/** The run, as `fit` knows it. */
export interface Observed {
  readonly model: Module;
  readonly options: ResolvedOptions;
  readonly train: TrainingData;
  readonly batchSize: number | undefined;
  /** Makes compiled steps; null if there are none. */
  stepper(): Stepper | null;
  /** Counts a step that was made in another way than by `one`. */
  counted(): void;
}
