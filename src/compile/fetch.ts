/** How a run gets its batches: the fetch of a batch from a data set is recorded as a program of its own. */
import type { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { tracing } from "../tracing.js";
import { type Feed, indicesOf } from "./feed.js";
import type { Moving } from "./native-program.js";
import type { Plan } from "./plan.js";
import type { Recording } from "./recording.js";
import { Recordings } from "./recordings.js";

/** The fetches from the feeds of one data set, for batches of a few sizes. */
export class Fetches {
  readonly order: Int32Array;
  readonly #recordings: Recordings;
  readonly #fetches = new WeakMap<Recording, Fetch>();

  constructor(private feed: Feed) {
    this.order = feed.order;
    const fetch = (indices: unknown) => this.#fetch((indices as Tensor).storage.array as Int32Array);
    this.#recordings = new Recordings(fetch, 64);
  }

  /** The fetch of the next batch. */
  next(feed: Feed): Fetch {
    this.feed = feed;
    const indices = indicesOf(feed);
    const recording = this.#recordings.for([indices]);
    const fetch = this.#fetches.get(recording) ?? new Fetch(recording, indices, feed.batchSize);
    this.#fetches.set(recording, fetch);
    return fetch;
  }

  release(): void {
    this.#recordings.release();
  }

  #fetch(indices: Int32Array): readonly unknown[] {
    const batch: unknown = this.feed.fetch(indices);
    if (!Array.isArray(batch) || batch.some((item) => typeof item === "object" && !(item instanceof Tensor)))
      tracing?.refuse("the data set answers with something else than tensors", "return [x, y]");
    for (const item of batch as unknown[])
      if (item instanceof Tensor && item.requiresGrad && tracing?.made(item.storage.array))
        tracing.refuse(
          "the data set answers with a tensor that requires a gradient",
          "use noGrad or detach()",
        );
    return batch as unknown[];
  }
}

/** A recorded fetch, and shared memory in which a thread leaves the batch. */
export class Fetch {
  #outputs!: readonly Storage[];
  #batch!: readonly unknown[];

  constructor(
    readonly recording: Recording,
    private readonly indices: Tensor,
    private readonly batchSize: number,
  ) {
    this.renew();
  }

  /** Allocates new memory for later batches: results of a step may lie in the memory of the last batch. */
  renew(): void {
    this.#outputs = this.recording.sharedOutputs();
    this.#batch = this.recording.result(this.#outputs, [this.indices]) as unknown[];
  }

  get outputs(): readonly Storage[] {
    return this.#outputs;
  }

  /** The arguments of the step: their shapes and types, and the memory in which a thread finds them. */
  get batch(): readonly unknown[] {
    return this.#batch;
  }

  /** The indices of a batch move along the order of the epoch. */
  moving({ inputs }: Plan): Moving[] {
    return [{ slot: inputs[0], array: this.indices.storage.array, step: this.batchSize }];
  }
}
