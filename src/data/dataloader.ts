import type { Feed } from "../compile/index.js";
import { ValueError } from "../errors.js";
import { takeTurn, turnIsDue } from "../event-loop.js";
import { sharedMemory } from "../host/memory.js";
import { run } from "../kernels/run.js";
import { stateOf } from "../ops/create/create.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { defaultGenerator, Generator, wordsOf } from "../random.js";
import { count, exactly, list, listOf, mismatch, readState } from "../saved-state.js";
import { Tensor } from "../tensor/tensor.js";
import { type Collated, collate } from "./collate.js";
import type { BatchDataset, SampleDataset } from "./dataset.js";
import { isThenable, RequestsAhead } from "./prefetch.js";

/** Options of `DataLoader`. */
export interface DataLoaderOptions {
  /** Samples per batch. Default 1. */
  batchSize?: number;
  /** A new random order every epoch. Default false. */
  shuffle?: boolean;
  /** Seed for the order of every epoch. Default: drawn from the generator that `manualSeed` seeds. */
  seed?: number;
  /** Leaves out the last batch when it is smaller than the others. Default false. */
  dropLast?: boolean;
  /**
   * For `for await` over a data set that returns promises: the number of batches fetched ahead while the
   * consumer works. 0: none. Default 2.
   */
  prefetchFactor?: number;
}

/** The position of a loader; plain JSON. */
export interface DataLoaderState {
  /** Number of finished epochs. */
  epoch: number;
  /** Batches of the current epoch that were already yielded. */
  position: number;
  /** State of the generator before it drew the order of the current epoch. */
  generator: number[];
  /** Current states of the generators that the data set draws from. Absent or empty if there are none. */
  datasetGenerators?: number[][];
  /** Used to check that the state fits the loader. */
  samples: number;
  /** Used to check that the state fits the loader. */
  batchSize: number;
  /** Used to check that the state fits the loader. */
  shuffle: boolean;
}

type AnyDataset = SampleDataset | BatchDataset;

/** The type of the batches of a loader over `D`. */
export type BatchOf<D> = D extends { batch(indices: Int32Array): infer Batch }
  ? Awaited<Batch>
  : D extends { get(index: number): infer Sample }
    ? Collated<Awaited<Sample>>
    : never;

const AsyncFunction = (async () => {}).constructor;

const LARGEST_LENGTH = 2 ** 31 - 1; // indices are int32

/**
 * Batches of a data set, epoch after epoch (PyTorch's `DataLoader`):
 *
 *     for (const [x, y] of loader)            as fast as possible
 *     for await (const [x, y] of loader)      the event loop runs between batches: timers, requests, Ctrl-C
 *
 * @throws ValueError `INVALID_DATASET`, `INVALID_BATCH_SIZE`, `INVALID_SEED`, for the argument that its name
 * says.
 */
export class DataLoader<D extends AnyDataset> {
  readonly dataset: D;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly prefetchFactor: number;
  readonly #generator: Generator;
  #epoch = 0;
  #position = 0;
  /** State of the generator before it drew the order of the current epoch. */
  #drawnFrom: Int32Array;
  /** The next iteration continues in the middle of an epoch instead of starting a new one. */
  #resuming = false;
  /** The result of `feed`; the same object in every epoch, so that a program can keep it. */
  #order: Int32Array | undefined;
  /** Whether `feed` found that the data set returns promises: a program cannot wait for promises. */
  #answersLater = false;
  /** Persists across epochs, because many epochs may be shorter than the interval. */

  constructor(dataset: D, options: DataLoaderOptions = {}) {
    checkOptions("DataLoader", options, ["batchSize", "shuffle", "seed", "dropLast", "prefetchFactor"]);
    const { batchSize = 1, shuffle = false, seed, dropLast = false, prefetchFactor = 2 } = options;
    const has = (method: string) => typeof (dataset as any)?.[method] === "function";
    if (!has("batch") && !has("get"))
      throw new ValueError(
        `DataLoader: a data set has length and get(i) or batch(indices): ${dataset instanceof Tensor || Array.isArray(dataset) ? "tensors are put into one, new data.TensorDataset(x, y)" : quoted(dataset)}`,
        "INVALID_DATASET",
      );
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > LARGEST_LENGTH)
      throw new ValueError(
        `DataLoader: batchSize is an integer >= 1: ${quoted(batchSize)}`,
        "INVALID_BATCH_SIZE",
      );
    if (!Number.isInteger(prefetchFactor) || prefetchFactor < 0)
      throw new ValueError(
        `DataLoader: prefetchFactor is an integer >= 0: ${String(prefetchFactor)}`,
        "INVALID_OPTION",
      );
    for (const [name, value] of Object.entries({ shuffle, dropLast }))
      if (typeof value !== "boolean")
        throw new ValueError(`DataLoader: ${name} is true or false: ${quoted(value)}`, "INVALID_OPTION");
    if (seed !== undefined && !Number.isSafeInteger(seed))
      throw new ValueError(`DataLoader: seed is an integer below 2^53: ${quoted(seed)}`, "INVALID_SEED");
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.prefetchFactor = prefetchFactor;
    this.#generator = new Generator(seed ?? (shuffle ? drawSeed() : 0));
    this.#drawnFrom = this.#generator.getState();
    this.#checkLength();
  }

  /** Batches per epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): IterableIterator<BatchOf<D>> {
    const order = this.#start();
    let position = this.#position;
    for (const batch of this.#fetches(order, position)) {
      if (isThenable(batch)) {
        batch.then(undefined, () => {}); // the first error is reported, not this one
        throw new ValueError(
          "DataLoader: the data set answers with promises: use for await",
          "ASYNC_DATASET",
        );
      }
      this.#position = ++position;
      yield batch as BatchOf<D>;
    }
    this.#finish();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BatchOf<D>, void, undefined> {
    const order = this.#start();
    let position = this.#position;
    const ahead = new RequestsAhead(this.#fetches(order, position), this.prefetchFactor);
    for (let taken = ahead.take(); taken !== null; taken = ahead.take()) {
      const batch = isThenable(taken.answer) ? await taken.answer : taken.answer;
      ahead.goOn();
      this.#position = ++position;
      yield batch as BatchOf<D>;
      if (turnIsDue()) await takeTurn();
    }
    this.#finish();
  }

  /** The position of the loader, also in the middle of an epoch: the current batch counts as finished. */
  stateDict(): DataLoaderState {
    const own = this.#datasetGenerators;
    return {
      epoch: this.#epoch,
      position: this.#position,
      generator: Array.from(this.#position > 0 ? this.#drawnFrom : this.#generator.state),
      samples: this.dataset.length,
      batchSize: this.batchSize,
      shuffle: this.shuffle,
      ...(own.length === 0 ? {} : { datasetGenerators: own.map(({ state }) => Array.from(state)) }),
    };
  }

  /**
   * The next iteration yields the rest of the epoch in which `state` was saved.
   * @throws SimdgradError `STATE_DICT_MISMATCH` when `state` belongs to another data set or another batching.
   */
  loadStateDict(state: DataLoaderState): void {
    this.prepareLoad(state)();
  }

  /** @internal Checks everything and returns a function that applies the state and cannot fail. */
  prepareLoad(state: DataLoaderState): () => void {
    const owner = "DataLoader";
    const own = this.#datasetGenerators;
    const { epoch, position, generator, datasetGenerators } = readState(owner, state, {
      samples: exactly(this.dataset.length),
      batchSize: exactly(this.batchSize),
      shuffle: exactly(this.shuffle),
      epoch: count,
      position: count,
      generator: list,
      ...(own.length === 0 ? {} : { datasetGenerators: listOf(list, own.length) }),
    });
    if (position > this.length)
      throw mismatch(owner, `position is an integer from 0 to ${this.length}: ${position}`);
    const drawn = wordsOf(generator);
    const ofDataset = (datasetGenerators ?? []).map(wordsOf);
    return () => {
      this.#generator.setState(drawn);
      this.#drawnFrom = this.#generator.getState();
      this.#epoch = epoch;
      this.#position = position;
      this.#resuming = true;
      for (const [i, words] of ofDataset.entries()) own[i].setState(words);
    };
  }

  /** The generators that the data set draws from while it fetches. */
  get #datasetGenerators(): readonly Generator[] {
    return (this.dataset as BatchDataset).generators ?? [];
  }

  /**
   * @internal The samples of the next iteration, for a program that fetches its batches itself: an epoch, or
   * the rest of one. Null when the data set has no `batch`, or returns promises.
   */
  feed(): Feed | null {
    const { dataset, batchSize } = this;
    if (!("batch" in dataset) || typeof dataset.batch !== "function") return null;
    if (this.#answersLater || dataset.batch.constructor === AsyncFunction) return null;
    const count = this.#checkLength();
    if (this.#order?.length !== count) this.#order = new Int32Array(sharedMemory(4 * count));
    const order = this.#order;
    this.#begin(order);
    const position = () => this.#position;
    return {
      order,
      batchSize,
      length: this.length,
      get position() {
        return position();
      },
      fetch: (indices) => {
        const batch = dataset.batch(indices);
        this.#answersLater = isThenable(batch);
        // In a trace this may fail, because values are not available; that error is ignored
        if (isThenable(batch)) batch.then(undefined, () => {});
        return batch as readonly Tensor[];
      },
      advance: (batches) => {
        this.#position += batches;
      },
      finish: () => this.#finish(),
    };
  }

  /** The samples of an epoch in their order, starting at `#position`. */
  #start(): Int32Array {
    const order = new Int32Array(this.#checkLength());
    this.#begin(order);
    return order;
  }

  /** The batches from `position` on, as the data set returns them: promises or not. */
  *#fetches(order: Int32Array, position: number): IterableIterator<unknown> {
    const batches = this.length;
    for (let b = position; b < batches; b++)
      yield this.#fetch(order.subarray(b * this.batchSize, Math.min((b + 1) * this.batchSize, order.length)));
  }

  /** Begins an epoch, or continues the resumed one: writes its samples into `order`. */
  #begin(order: Int32Array): void {
    if (!this.#resuming) this.#position = 0;
    this.#resuming = false;
    this.#drawnFrom = this.#generator.getState();
    if (this.shuffle) run.permutation(order.length, stateOf(this.#generator), { array: order, offset: 0 });
    else for (let i = 0; i < order.length; i++) order[i] = i;
  }

  #finish(): void {
    this.#epoch++;
    this.#position = 0;
  }

  #fetch(indices: Int32Array): unknown {
    const { dataset } = this;
    if ("batch" in dataset && typeof dataset.batch === "function") return dataset.batch(indices);
    const samples = Array.from(indices, (i) => (dataset as SampleDataset).get(i));
    return samples.some(isThenable) ? Promise.all(samples).then(collate) : collate(samples);
  }

  /** A data set may grow between epochs. */
  #checkLength(): number {
    const { length } = this.dataset;
    if (!Number.isInteger(length) || length < 0 || length > LARGEST_LENGTH)
      throw new ValueError(
        `DataLoader: the length of a data set is an integer from 1 to 2^31 - 1: ${length}`,
        "INVALID_DATASET",
      );
    if (length === 0) throw new ValueError("DataLoader: the data set is empty: 0 samples", "EMPTY_DATASET");
    if (this.length === 0)
      throw new ValueError(
        `DataLoader: dropLast leaves no batch: ${length} samples, batchSize ${this.batchSize}`,
        "NO_BATCHES",
      );
    return length;
  }
}

/** 48 bits from the generator that `manualSeed` seeds. */
function drawSeed(): number {
  const parts = new Float32Array(2);
  run.random("uniform", 0, 1, 2, stateOf(defaultGenerator), { array: parts, offset: 0 });
  return (parts[0] * 2 ** 24 + parts[1]) * 2 ** 24;
}
