import { ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { tracing } from "../tracing.js";
import { explain, type Profile, profile } from "./explain.js";
import { Stepper } from "./stepper.js";
import { type RunOptions, type RunResult, runSteps, type StepSource } from "./steps.js";

export interface CompileOptions {
  /** Recordings that are kept; the one that was not used for longest is dropped. Default 64. */
  maxRecordings?: number;
  /**
   * Stores every gradient. Otherwise an update may take a gradient as it is made; reading it afterwards is then an error
   * (GRAD_FUSED). What `fn` itself reads, and gradients that it adds to, are always stored. Default false.
   */
  keepGrads?: boolean;
}

/** A compiled function: called like the one it was made of. */
export interface Compiled<Args extends unknown[], Result> {
  (...args: Args): Result;
  /** How many forms of the function are recorded: one for each combination of shapes and state. */
  readonly recordings: number;
  /**
   * Many steps, one after the other. Over a DataLoader they run on a native thread, batches fetched by the program itself: the event loop
   * stays free, and the tensors that a step changes are not to be touched meanwhile (TENSOR_IN_USE; `model.snapshot()` reads them).
   * Over any other source each step is a call, with turns of the event loop between them.
   */
  run(source: StepSource<Args>, options?: RunOptions): Promise<RunResult<Result>>;
  /** What is recorded, as text: of each recording the kernel calls in order, with shapes, module, operations and bytes. */
  explain(): string;
  /**
   * Calls the function once, timing each kernel call. It is a real call (a training step trains), after one that records where
   * none fits; what it returns is in `result`.
   */
  profile(...args: Args): Profile<Result>;
}

/**
 * A function of tensors that runs as one call of native code: forward passes, whole training steps. `fn` runs only while it is
 * traced, twice for each new combination of shapes and modes; afterwards its kernel calls are replayed. Results have the same bits.
 *
 *     const step = compile((x, y) => {
 *       optimizer.zeroGrad();
 *       const loss = lossFn.forward(model.forward(x), y);
 *       loss.backward();
 *       optimizer.step();
 *       return loss;
 *     });
 *
 * Numbers, control flow and tensors from outside are part of the recording; what changes from step to step are the arguments, the
 * values of tensors, learning rates, and random numbers of the library.
 * @throws SimdgradError `NOT_CAPTURABLE` when `fn` reads a value, `TRACES_DIFFER` when it does not do the same each time.
 */
export function compile<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options: CompileOptions = {},
): Compiled<Args, Result> {
  if (typeof fn !== "function") throw new ValueError(`compile: a function is needed: ${typeof fn}`);
  checkOptions("compile", options, ["maxRecordings", "keepGrads"]);
  const { maxRecordings = 64, keepGrads = false } = options;
  if (!Number.isInteger(maxRecordings) || maxRecordings < 1)
    throw new ValueError(`compile: maxRecordings is an integer >= 1: ${String(maxRecordings)}`);
  if (typeof keepGrads !== "boolean")
    throw new ValueError(`compile: keepGrads is true or false: ${String(keepGrads)}`);
  const stepper = new Stepper(fn, { maxRecordings, keepGrads });
  const { recordings } = stepper;
  const compiled = (...args: Args): Result => {
    // Part of another compiled function.
    if (tracing !== null) return fn(...args);
    return stepper.call(args) as Result;
  };
  return Object.defineProperties(compiled, {
    recordings: { get: () => recordings.size },
    run: {
      value: (source: StepSource<Args>, options?: RunOptions) =>
        runSteps<Args, Result>(stepper, source, options),
    },
    explain: { value: () => explain(recordings.all) },
    profile: { value: (...args: Args) => profile(recordings.for(args), args) },
  }) as Compiled<Args, Result>;
}
