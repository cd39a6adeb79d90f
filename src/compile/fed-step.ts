/**
 * One compiled step of a run: it fetches a batch and calls the function with it. Fetch and function are
 * recordings, replayed one after the other.
 */
import type { Use } from "../busy.js";
import type { Data } from "../dtype.js";
import type { SimdgradError } from "../errors.js";
import type { Job, JobResult } from "../kernels/addon.js";
import { regionOf } from "../tensor/region.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fetch } from "./fetch.js";
import { Generators, type States } from "./generators.js";
import { type Moving, type Part, startJob } from "./native-program.js";
import type { Plan } from "./plan.js";
import type { ThreadProgram } from "./program.js";
import { isInput, type Recording } from "./recording.js";
import type { Memory } from "./replay.js";
import { type Copies, isShared } from "./thread-plan.js";

/** The number of steps made, and the error that stopped the next one. */
export interface Made {
  readonly steps: number;
  readonly failure: SimdgradError | null;
  /** The return value of the function in the last of them. */
  readonly result?: unknown;
}

/** Steps that a thread is making. */
export interface Running {
  readonly job: Job;
  /** The memory that the thread works on. */
  readonly memory: Use;
  /** Must be called when the job is done and its memory is free. Makes the results visible to JavaScript. */
  settle(ended: JobResult): Made;
}

export class FedStep {
  readonly #generators: Generators;
  readonly #threads: readonly [fetch: ThreadProgram, step: ThreadProgram] | null;

  /**
   * `moving`: the other slots of the function whose place moves from step to step.
   * @throws ValueError `SHARED_MEMORY`.
   */
  constructor(
    private readonly fetch: Fetch,
    private readonly step: Recording,
    private readonly copies: Copies,
    moving: (plan: Plan) => readonly Moving[],
  ) {
    this.step.checkApart(this.#inputs);
    this.#generators = new Generators([fetch.recording.program.plan, step.program.plan]);
    this.#threads = this.#mayBeBound() ? this.#threadPrograms(moving) : null;
  }

  /** Whether a native thread can make the step. */
  get threaded(): boolean {
    return this.#threads !== null;
  }

  /**
   * Whether a step leaves the state that it was recorded for, so that the next can follow without a check of
   * the state.
   */
  get steady(): boolean {
    return this.fetch.recording.steady && this.step.steady;
  }

  /** Whether the state of these objects that the function has read is unchanged. */
  holds(owners: ReadonlySet<object>): boolean {
    return this.step.holds(owners);
  }

  /** Makes one step on this thread. */
  here(indices: Tensor): Made {
    const states = this.#generators.states();
    try {
      const batch = this.fetch.recording.replay([indices]) as unknown[];
      return { steps: 1, failure: null, result: this.step.replay(batch) };
    } catch (error) {
      this.#generators.restore(states);
      return { steps: 0, failure: error as SimdgradError };
    }
  }

  /** Starts `times` steps from step `from` on a native thread. `finished[0]` counts them. */
  start(indices: Tensor, from: number, times: number, finished: Int32Array): Running {
    const { fetch, step } = this;
    const programs = [fetch.recording.program, step.program];
    const [inputs, outputs] = [this.#inputs, step.sharedOutputs()];
    fetch.recording.checkFree([indices]);
    step.checkFree(inputs);
    for (const program of programs) program.checkThere();
    const states = this.#refresh();
    const [fetching, stepping] = this.#threads!;
    const parts: Part[] = [
      { native: fetching.native, parameters: [null, ...fetch.outputs] },
      { native: stepping.native, parameters: [...inputs.map((x) => this.#bound(x)), ...outputs] },
    ];
    const job = startJob(parts, from, times, finished);
    for (const program of programs) program.onThread = true;
    const settle = ({ steps, failedStage, failedCall: call, status }: JobResult): Made => {
      for (const program of programs) program.onThread = false;
      this.#giveBack(states, steps, call >= 0);
      const failure = call < 0 ? null : programs[failedStage].complaint({ call, status }, outputs);
      if (steps === 0) return { steps, failure };
      fetch.recording.settle(fetch.outputs, [indices]);
      step.settle(outputs, inputs);
      const result = step.result(outputs, inputs);
      if (step.givesInputs) fetch.renew();
      return { steps, failure, result };
    };
    const memory = {
      written: [...fetch.recording.changed([indices]), ...step.changed(inputs)],
      read: [fetching, stepping].flatMap(({ plan }) => plan.read).concat(inputs.map(regionOf)),
    };
    return { job, memory, settle };
  }

  get #inputs(): Tensor[] {
    return this.fetch.batch.filter(isInput);
  }

  /**
   * Whether a thread may use the arguments. No argument may be the order of the epoch, along which the
   * indices move, and the thread must not write to memory that JavaScript can detach.
   */
  #mayBeBound(): boolean {
    const order = this.fetch.moving(this.fetch.recording.program.plan)[0].array;
    return this.#inputs.every(
      ({ storage: { array } }, i) => array !== order && (isShared(array) || !this.step.changes(i)),
    );
  }

  #threadPrograms(moving: (plan: Plan) => readonly Moving[]): readonly [ThreadProgram, ThreadProgram] | null {
    const { copies, fetch, step } = this;
    const fetching = fetch.recording.program.threaded(copies, (plan) => fetch.moving(plan));
    const stepping = fetching && step.program.threaded(copies, moving);
    return fetching && stepping && [fetching, stepping];
  }

  #bound({ storage: { array }, offset }: Tensor): Memory {
    return { array: isShared(array) ? array : this.copies.of(array), offset };
  }

  /** Called before a job: refreshes the copies. Returns the states of the generators. */
  #refresh(): States {
    const given = this.#inputs.map(({ storage }) => storage.array).filter((array) => !isShared(array));
    const copied = this.#threads!.flatMap(({ plan }) => plan.copied);
    for (const array of new Set<Data>([...copied, ...given])) this.copies.of(array).set(array);
    return this.#generators.states();
  }

  /**
   * Called after a job of so many whole steps: generators continue where the job left them, unless other code
   * has drawn more numbers meanwhile.
   */
  #giveBack(states: States, steps: number, failed: boolean): void {
    if (failed) this.#generators.advance(states, steps);
    for (const [state, moved] of states) {
      const mine = failed ? moved : this.copies.of(state);
      if (isFurther(mine, state)) state.set(mine);
    }
  }
}

/** Whether the counter of a generator (words 2 and 3 of its state) is further than that of another. */
function isFurther(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const [high, low] = [3, 2].map((word) => (a[word] >>> 0) - (b[word] >>> 0));
  return high > 0 || (high === 0 && low > 0);
}
