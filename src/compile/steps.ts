import { ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { EventLoopTurns } from "./event-loop-turns.js";
import { batchesLeft, type Feed, isNotCapturable } from "./feed.js";
import type { Runner } from "./run.js";

export interface RunOptions {
  /** Steps in all; the source is gone over again as long as there are too few. Default: one epoch. */
  steps?: number;
  /** Times that the source is gone over. Default 1, or as often as `steps` needs. */
  epochs?: number;
  /** Stops after the step that is running; the run then rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called about ten times a second, and at the end. */
  onProgress?: (progress: RunProgress) => void;
}

export interface RunProgress {
  /** Made so far. */
  steps: number;
  /** From 1. */
  epoch: number;
}

export interface RunResult<Result> extends RunProgress {
  /** What the function returned in the last step. */
  result: Result | undefined;
}

/** A DataLoader, or anything that can be iterated over once for each epoch and gives the arguments of a step. */
export type StepSource<Args> =
  | { feed(): Feed | null }
  | Iterable<Readonly<Args>>
  | AsyncIterable<Readonly<Args>>;

/** Milliseconds between two calls of `onProgress`. */
const REPORT_EVERY = 100;

/** The steps of `Compiled.run`: `runner` makes those over a DataLoader, `step` one from its arguments. */
export async function runSteps<Args extends unknown[], Result>(
  runner: Runner,
  step: (...args: Args) => Result,
  source: StepSource<Args>,
  options: RunOptions = {},
): Promise<RunResult<Result>> {
  checkOptions("run", options, ["steps", "epochs", "signal", "onProgress"]);
  const { signal, onProgress } = options;
  const most = count("steps", options.steps) ?? Number.POSITIVE_INFINITY;
  const epochs = count("epochs", options.epochs) ?? (options.steps === undefined ? 1 : most);
  signal?.throwIfAborted();
  const state: RunResult<Result> = { steps: 0, epoch: 0, result: undefined };
  const report = () => onProgress?.({ steps: state.steps, epoch: state.epoch });

  const overFeed = async (feed: Feed) => {
    while (feed.position < feed.length && state.steps < most) {
      const left = { steps: most - state.steps, signal, milliseconds: REPORT_EVERY };
      const { steps, failure } = await runner.run(feed, left);
      state.steps += steps;
      state.result = runner.result as Result;
      if (failure !== null) throw failure;
      signal?.throwIfAborted();
      report();
    }
  };

  const overBatches = async (batches: Iterable<unknown> | AsyncIterable<unknown>) => {
    const turns = new EventLoopTurns();
    let reported = performance.now();
    for await (const args of batches) {
      signal?.throwIfAborted();
      if (!Array.isArray(args))
        throw new ValueError(`run: a source gives the arguments of a step, as an array: ${typeof args}`);
      state.result = step(...(args as Args));
      state.steps++;
      const now = performance.now();
      if (now - reported >= REPORT_EVERY) {
        report();
        reported = now;
      }
      if (turns.due) await turns.take();
      if (state.steps === most) break;
    }
    signal?.throwIfAborted();
  };

  while (state.epoch < epochs && state.steps < most) {
    state.epoch++;
    const before = state.steps;
    const feed = (source as { feed?(): Feed | null }).feed?.() ?? null;
    if (feed === null) await overBatches(source as Iterable<unknown>);
    else {
      try {
        await overFeed(feed);
      } catch (error) {
        if (!isNotCapturable(error)) throw error;
        // A data set that looks at its indices is fetched from here. Where it is the step that cannot be captured, its call says so.
        await overBatches(batchesLeft(feed));
      }
      if (feed.position === feed.length) feed.finish();
    }
    if (state.steps === before) throw nothingMore(state.steps);
  }
  report();
  return state;
}

/** Of an epoch without a step. */
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
