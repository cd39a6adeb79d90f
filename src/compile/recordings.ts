import { AutogradError, SimdgradError, ValueError } from "../errors.js";
import { warn } from "../host/messages.js";
import { Tensor } from "../tensor/tensor.js";
import { sameEnd } from "./compare-traces.js";
import { isInput, Recording } from "./recording.js";
import { type Trace, Tracer, TracesDiffer } from "./trace.js";

/** The recordings of one function, most recently used first. */
export class Recordings {
  #recent: Recording[] = [];
  #warned = false;

  constructor(
    private readonly fn: (...args: unknown[]) => unknown,
    private readonly most: number,
    private readonly keepGrads = false,
  ) {}

  get size(): number {
    return this.#recent.length;
  }

  get all(): readonly Recording[] {
    return this.#recent;
  }

  for(args: readonly unknown[]): Recording {
    const all = this.#recent;
    for (let i = 0; i < all.length; i++) {
      if (!all[i].fits(args)) continue;
      if (i > 0) all.unshift(...all.splice(i, 1));
      return all[0];
    }
    const recording = record(this.fn, args, this.keepGrads);
    const obsolete = all.filter((other) => other.obsolete);
    this.#recent = [recording, ...all.filter((other) => !obsolete.includes(other))];
    release(obsolete);
    if (this.#recent.length > this.most) {
      release(this.#recent.splice(-1));
      if (!this.#warned)
        warn(
          `compile: more than ${this.most} combinations of shapes and modes: the oldest recordings are dropped and made again when they are needed; pad batches to a few sizes, or raise maxRecordings`,
          "MANY_RECORDINGS",
        );
      this.#warned = true;
    }
    return recording;
  }

  /** Releases all of them. */
  release(): void {
    release(this.#recent.splice(0));
  }
}

function release(recordings: readonly Recording[]): void {
  for (const { program } of recordings) program.release();
}

/**
 * Traces the function twice. Anything that differs between two traces (a random number from JavaScript, a
 * counter) would also differ between two steps.
 */
function record(
  fn: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  keepGrads: boolean,
): Recording {
  checkArguments(args);
  const inputs = args.filter(isInput);
  const trace = (first?: Trace) =>
    new Tracer(first).run((standIns) => {
      let next = 0;
      const result = fn(...args.map((arg) => (isInput(arg) ? standIns[next++] : arg)));
      if (typeof (result as PromiseLike<unknown> | null)?.then === "function") {
        // The rest of an async function would run outside the trace; the error below is the only one to
        // report.
        (result as PromiseLike<unknown>).then(undefined, () => {});
        throw new ValueError("compile: fn must be synchronous: it returned a promise", "ASYNC_FUNCTION");
      }
      return result;
    }, inputs);
  const first = trace();
  try {
    const second = trace(first);
    // A third trace finds where the second one stopped, if it is like the first.
    if (second.calls.length < first.calls.length) trace(second);
    if (!sameEnd(first, second)) throw tracesDiffer("in what it returns or leaves behind");
    return new Recording(args, second, keepGrads);
  } catch (error) {
    throw error instanceof TracesDiffer ? tracesDiffer(`first in ${error.message}`) : error;
  }
}

const tracesDiffer = (where: string): SimdgradError =>
  new SimdgradError(
    "TRACES_DIFFER",
    `compile: fn does not do the same each time, ${where}: random numbers of JavaScript, counters and clocks cannot be replayed; use the library's random functions, or pass what changes as a tensor`,
  );

function checkArguments(args: readonly unknown[]): void {
  for (const [i, arg] of args.entries()) {
    if (arg instanceof Tensor) {
      if (arg.isLeaf) continue;
      throw new AutogradError(
        `compile: argument ${i} is part of a graph: gradients do not flow through a compiled function; use detach()`,
        "NOT_A_LEAF",
      );
    }
    if (typeof arg === "object" && arg !== null)
      throw new ValueError(
        `compile: arguments are tensors, numbers, strings, booleans and null: argument ${i} is ${Array.isArray(arg) ? "an array" : "an object"}; pass its tensors one by one`,
        "INVALID_ARGUMENT",
      );
  }
}
