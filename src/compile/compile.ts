import { ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { tracing } from "../tracing.js";
import { explain, type Profile, profile } from "./explain.js";
import { Stepper } from "./stepper.js";
import { type RunOptions, type RunResult, runSteps, type StepSource } from "./steps.js";

/** Options of `compile`. */
export interface CompileOptions {
  /** Maximum number of recordings kept; the least recently used one is dropped. Default 64. */
  maxRecordings?: number;
  /**
   * Stores every gradient. Otherwise an optimizer update may consume a gradient as it is computed, and
   * reading that gradient afterwards throws GRAD_FUSED. Gradients that `fn` itself reads or accumulates into
   * are always stored. Default false.
   */
  keepGrads?: boolean;
}

/** A compiled function. It is called like the original function. */
export interface Compiled<Args extends unknown[], Result> {
  /** Runs the recording that fits the arguments; records the function first if none does. */
  (...args: Args): Result;
  /** Number of recordings: one for each combination of shapes and state. */
  readonly recordings: number;
  /**
   * Runs many steps, one after the other. Over a DataLoader they run on a native thread, and the program
   * itself fetches the batches: the event loop stays free. Meanwhile JavaScript must not access the tensors
   * that a step changes (TENSOR_IN_USE; `model.snapshot()` reads them). Over any other source each step is a
   * call, and the event loop turns between steps.
   */
  run(source: StepSource<Args>, options?: RunOptions): Promise<RunResult<Result>>;
  /**
   * The recordings as text: for each one its kernel calls in order, with shapes, module, operations and
   * bytes.
   */
  explain(): string;
  /**
   * Calls the function once and times each kernel call. It is a real call (a training step trains). If no
   * recording fits, the function is recorded first. `result` holds its return value.
   */
  profile(...args: Args): Profile<Result>;
}

/**
 * Compiles a function of tensors, such as a forward pass or a whole training step, to one call of native
 * code. `fn` runs only while it is traced, twice for each new combination of shapes and modes; afterwards its
 * kernel calls are replayed. Results have the same bits.
 *
 *     const step = compile((x, y) => {
 *       optimizer.zeroGrad();
 *       const loss = lossFn.forward(model.forward(x), y);
 *       loss.backward();
 *       optimizer.step();
 *       return loss;
 *     });
 *
 * Numbers, control flow and tensors from outside the function are part of the recording. Only these change
 * from step to step: the arguments, the values of tensors, learning rates, and random numbers of the library.
 * @throws SimdgradError `NOT_CAPTURABLE` if `fn` reads a value of a tensor, `TRACES_DIFFER` if it does not do
 * the same each time.
 * @throws ValueError if `fn` is not a function, and for options out of range.
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
    // Inside the trace of another compiled function this one becomes part of it.
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
