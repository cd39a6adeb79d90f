/** `step.run`: many steps of a compiled function over a source. */
import { ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { Epoch, type Source } from "./epoch.js";
import type { Stepper } from "./stepper.js";

export interface RunOptions {
  /** Total number of steps; the source is iterated again until they are made. Default: one epoch. */
  steps?: number;
  /** Number of passes over the source. Default 1, or as many as `steps` needs. */
  epochs?: number;
  /** Stops after the running step; the run then rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called about ten times a second, and at the end. */
  onProgress?: (progress: RunProgress) => void;
}

export interface RunProgress {
  /** Number of steps made so far. */
  steps: number;
  /** The current epoch, counted from 1. */
  epoch: number;
}

export interface RunResult<Result> extends RunProgress {
  /** The return value of the function in the last step. */
  result: Result | undefined;
}

/**
 * A DataLoader, or any iterable that gives the arguments of the steps of one epoch each time it is iterated.
 */
export type StepSource<Args> = Source<Readonly<Args>>;

/** Milliseconds between two calls of `onProgress`. */
const REPORT_EVERY = 100;

/** Makes the steps of `Compiled.run`. */
export async function runSteps<Args extends unknown[], Result>(
  stepper: Stepper,
  source: StepSource<Args>,
  options: RunOptions = {},
): Promise<RunResult<Result>> {
  checkOptions("run", options, ["steps", "epochs", "signal", "onProgress"]);
  const { signal, onProgress } = options;
  const most = count("steps", options.steps) ?? Number.POSITIVE_INFINITY;
  const epochs = count("epochs", options.epochs) ?? (options.steps === undefined ? 1 : most);
  signal?.throwIfAborted();
  const state: RunResult<Result> = { steps: 0, epoch: 0, result: undefined };
  const steps = {
    stepper,
    one(args: unknown): void {
      if (!Array.isArray(args))
        throw new ValueError(`run: a source gives the arguments of a step, as an array: ${typeof args}`);
      state.result = stepper.call(args) as Result;
    },
    made(): void {
      state.result = stepper.result as Result;
    },
  };
  while (state.epoch < epochs && state.steps < most) {
    state.epoch++;
    const before = state.steps;
    const epoch = new Epoch(source, steps);
    try {
      while (state.steps < most) {
        const limits = { steps: most - state.steps, signal, milliseconds: REPORT_EVERY };
        const { steps, failure } = await epoch.next(limits);
        state.steps += steps;
        if (failure !== null) throw failure;
        signal?.throwIfAborted();
        if (steps === 0) break;
        onProgress?.({ steps: state.steps, epoch: state.epoch });
      }
      epoch.finish();
    } finally {
      await epoch.close();
    }
    if (state.steps === before) throw nothingMore(state.steps);
  }
  onProgress?.({ steps: state.steps, epoch: state.epoch });
  return state;
}

/** The error for an epoch without a step. */
function nothingMore(steps: number): ValueError {
  if (steps === 0) return new ValueError("run: the source is empty: no steps in an epoch", "EMPTY_DATASET");
  return new ValueError(
    `run: the source ended after ${steps} steps, and gave nothing when it was gone through again: a generator can be used once; ` +
      "pass a loader, an array of batches, or ask for no more steps than there are",
    "SOURCE_ENDED",
  );
}

function count(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && (!Number.isInteger(value) || value < 1))
    throw new ValueError(`run: ${name} is an integer >= 1: ${String(value)}`);
  return value;
}
