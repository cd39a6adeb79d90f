/**
 * Many steps of a compiled function, one after the other without JavaScript between them, on a native thread: the event loop stays free.
 * Where that is not possible (the JS core, kernels without C++, memory that JavaScript can pull away) steps are replayed here, with turns
 * of the event loop between them.
 */
import { setImmediate } from "node:timers/promises";
import { claim, type Owner, type Use } from "../busy.js";
import type { Data } from "../dtype.js";
import type { SimdgradError } from "../errors.js";
import type { Job } from "../kernels/addon.js";
import { backend } from "../kernels/backend.js";
import { PinnedStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { tracing } from "../tracing.js";
import { EventLoopTurns } from "./event-loop-turns.js";
import type { Feed } from "./feed.js";
import { type Moving, NativeProgram } from "./native-program.js";
import type { Plan } from "./plan.js";
import type { Recording } from "./recording.js";
import { Recordings } from "./recordings.js";
import { Shared } from "./shared-memory.js";

export interface Stretch {
  /** Steps that were made. */
  steps: number;
  /** What stopped the step after them: state is as it was before that step, apart from what the step wrote up to there. */
  failure: SimdgradError | null;
}

export interface Limits {
  /** Steps at most. */
  steps: number;
  /** Ends the stretch after the step that is running. */
  signal?: AbortSignal;
  /** Likewise, when so many milliseconds have passed. */
  milliseconds?: number;
}

/** What an array is to hold in each step of an epoch: a learning rate that follows a schedule. */
export interface Schedule {
  /** What the function was traced with. */
  readonly array: Data;
  /** On shared memory: `array.length` values for each step. */
  readonly table: Data;
}

/** A recording as a thread runs it. */
interface Threaded {
  readonly native: NativeProgram;
  readonly shared: Shared;
}

/** Runs `fn`, which takes a batch, over feeds. */
export class Runner {
  #recordings: Recordings;
  /** Weak: a recording that can no longer be used takes its memory along. */
  readonly #threaded = new WeakMap<Recording, Threaded | null>();
  #feed: Feed | undefined;
  readonly #turns = new EventLoopTurns();
  #result: unknown;
  /** Of the job that is running. */
  #control: Int32Array | null = null;

  /** With `schedules`, `run` makes one step at a time where it cannot follow them. */
  constructor(
    private readonly fn: (...batch: Tensor[]) => unknown,
    private readonly schedules: readonly Schedule[] = [],
    private readonly keepGrads = false,
  ) {
    this.#recordings = this.#fresh();
  }

  #fresh(): Recordings {
    const step = (indices: unknown) =>
      this.fn(...this.#fetch((indices as Tensor).storage.array as Int32Array));
    const release = (recording: Recording) => this.#threaded.get(recording)?.native.release();
    return new Recordings(step, 64, this.keepGrads, release);
  }

  #fetch(indices: Int32Array): readonly Tensor[] {
    const batch = this.#feed!.fetch(indices);
    if (!Array.isArray(batch))
      tracing?.refuse("the data set answers with something else than tensors", "return [x, y]");
    return batch;
  }

  /** Steps that the thread has made since the last stretch was over. */
  get underWay(): number {
    return this.#control === null ? 0 : Atomics.load(this.#control, 0);
  }

  /** What `fn` returned in the last step. */
  get result(): unknown {
    return this.#result;
  }

  /** Makes the next steps of the epoch. @throws what `fn` throws while it is traced; the steps before it were made. */
  async run(feed: Feed, { steps: most, signal, milliseconds = Infinity }: Limits): Promise<Stretch> {
    // Another order is that of another data set, which other recordings fetch from.
    if (this.#feed?.order !== feed.order) {
      this.#recordings.release();
      this.#recordings = this.#fresh();
    }
    this.#feed = feed;
    const until = performance.now() + milliseconds;
    let steps = 0;
    while (steps < most && feed.position < feed.length && !signal?.aborted) {
      if (steps > 0 && performance.now() >= until) break;
      const indices = indicesOf(feed);
      const recording = this.#recordings.for([indices]);
      const threaded = this.#threadedFor(recording, feed);
      const count = recording.steady ? Math.min(most - steps, stepsAlike(feed)) : 1;
      const ran =
        threaded === null
          ? await this.#here(recording, indices)
          : await this.#onThread(recording, threaded, indices, count, until, signal);
      steps += ran.steps;
      feed.advance(ran.steps);
      if (ran.failure !== null) return { steps, failure: ran.failure };
      if (threaded === null && this.schedules.length > 0) break;
    }
    return { steps, failure: null };
  }

  async #here(recording: Recording, indices: Tensor): Promise<Stretch> {
    const { generators } = recording.program;
    const states = generators.states();
    try {
      this.#result = recording.replay([indices]);
    } catch (error) {
      generators.restore(states);
      return { steps: 0, failure: error as SimdgradError };
    }
    if (this.#turns.due) await this.#turns.take();
    return { steps: 1, failure: null };
  }

  async #onThread(
    recording: Recording,
    { native, shared }: Threaded,
    indices: Tensor,
    count: number,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<Stretch> {
    recording.program.checkFree();
    shared.refresh();
    const outputs = recording.sharedOutputs();
    const { job, control } = native.start([null, ...outputs], this.#feed!.position, count);
    this.#control = control;
    const owner = new JobOwner(job, { written: recording.changed, read: shared.read });
    const stop = () => job.stop();
    signal?.addEventListener("abort", stop, { once: true });
    const timer = until === Infinity ? undefined : setTimeout(stop, Math.max(0, until - performance.now()));
    try {
      const { steps, failedCall: call, status } = await job.done;
      owner.release();
      shared.giveBack(steps, call >= 0);
      if (steps > 0) {
        recording.settle(outputs, [indices]);
        this.#result = recording.result(outputs, [indices]);
      }
      return { steps, failure: call < 0 ? null : recording.program.complaint({ call, status }) };
    } finally {
      owner.release();
      this.#control = null;
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /** The indices of a batch move along the order of the epoch; what is scheduled, along its table. */
  #moving({ inputs, slots }: Plan, order: Int32Array, batchSize: number): Moving[] {
    const moving: Moving[] = [{ slot: inputs[0], array: order, step: batchSize }];
    for (const { array, table } of this.schedules)
      for (const slot of slots)
        if (slot.array === array) moving.push({ slot, array: table, step: array.length });
    return moving;
  }

  /** Null where a thread cannot run it. */
  #threadedFor(recording: Recording, { order, batchSize }: Feed): Threaded | null {
    if (backend.name !== "native") return null;
    let threaded = this.#threaded.get(recording);
    if (threaded === undefined) {
      const shared = Shared.of(recording.program);
      // Not by way of `program.native`, which is for calls: each native program has an arena of its own.
      const native = shared && new NativeProgram(shared.plan, this.#moving(shared.plan, order, batchSize));
      threaded = shared && native?.handle ? { native, shared } : null;
      this.#threaded.set(recording, threaded);
    }
    return threaded;
  }
}

/** The indices of the next step, as a tensor over the order of the epoch. */
function indicesOf({ order, batchSize, position }: Feed): Tensor {
  const from = position * batchSize;
  const count = Math.min(batchSize, order.length - from);
  return new Tensor(new PinnedStorage(order, from, count), from, [count], [1], "int32");
}

/** How many steps from this one on have as many samples. */
function stepsAlike({ order, batchSize, length, position }: Feed): number {
  const whole = Math.floor(order.length / batchSize);
  return position < whole ? Math.min(whole, length) - position : 1;
}

/** A job as the owner of what it works on. */
class JobOwner implements Owner {
  #claimed: (() => void) | null;
  #over = false;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly job: Job,
    private readonly memory: Use,
  ) {
    this.#claimed = claim(memory, this);
  }

  release(): void {
    this.#over = true;
    this.#claimed?.();
    this.#claimed = null;
  }

  /** One after the other: who resumes the thread would set it going under the hands of the next. */
  whilePaused(fn: () => void): Promise<boolean> {
    const mine = this.#turns.then(() => this.#betweenSteps(fn));
    this.#turns = mine.catch(() => {});
    return mine;
  }

  async #betweenSteps(fn: () => void): Promise<boolean> {
    while (!this.#over) {
      if (!(await this.job.pause())) {
        // It has ended, and `release` is on its way.
        await setImmediate();
        continue;
      }
      this.#claimed?.();
      try {
        fn();
        return true;
      } finally {
        this.#claimed = claim(this.memory, this);
        this.job.resume();
      }
    }
    return false;
  }
}
