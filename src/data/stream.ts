import { ValueError } from "../errors.js";
import { rand } from "../ops/create/create.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { defaultGenerator, Generator } from "../random.js";
import { type Collated, collate } from "./collate.js";
import { RequestsAhead } from "./prefetch.js";

/** Options of `StreamLoader`. */
export interface StreamLoaderOptions {
  /** Samples per batch. Default 1. */
  batchSize?: number;
  /** Leaves out the last batch when it is smaller than the others. Default false. */
  dropLast?: boolean;
  /** Batches that are read ahead while the consumer works on one. 0: none. Default 2. */
  prefetchFactor?: number;
  /**
   * Size of the shuffle buffer: each sample is drawn at random from this many buffered samples. Default 0.
   */
  shuffleBuffer?: number;
  /** Seed of the shuffle. Default: it follows `manualSeed`. */
  seed?: number;
}

/** A sequence of samples that can be started again by a call or an iteration: once per epoch. */
export type SampleStream<Sample> =
  | Iterable<Sample>
  | AsyncIterable<Sample>
  | (() => Iterable<Sample> | AsyncIterable<Sample>);

const loaderOptions = ["batchSize", "dropLast", "prefetchFactor", "shuffleBuffer", "seed"];

/**
 * Batches of samples that arrive one after another and are never all in memory (PyTorch's `DataLoader` over
 * an `IterableDataset`):
 *
 *     const samples = () => data.csvSamples("large.csv", { columns });
 *     const loader = new data.StreamLoader(samples, { batchSize: 256 });
 *     for await (const [x, y] of loader) …
 *     await fit(model, loader, { optimizer, epochs: 3 })
 *
 * At most `batchSize · (prefetchFactor + 1) + shuffleBuffer` samples are read ahead of the consumer. Samples
 * are stacked as `DataLoader` does. `fit` needs a new stream for each epoch: pass a function, or an object
 * that can be iterated again.
 *
 * @throws ValueError `INVALID_DATASET` for a stream that is not iterable.
 */
export class StreamLoader<Sample> {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly prefetchFactor: number;
  readonly shuffleBuffer: number;
  readonly #generator: Generator;
  readonly #open: () => Iterable<Sample> | AsyncIterable<Sample>;

  constructor(stream: SampleStream<Sample>, options: StreamLoaderOptions = {}) {
    checkOptions("StreamLoader", options, loaderOptions);
    const { batchSize = 1, dropLast = false, prefetchFactor = 2, shuffleBuffer = 0, seed } = options;
    const given = stream as Partial<Iterable<Sample> & AsyncIterable<Sample>> | null | undefined;
    const iterates =
      typeof given?.[Symbol.asyncIterator] === "function" || typeof given?.[Symbol.iterator] === "function";
    if (typeof stream !== "function" && !iterates)
      throw new ValueError(
        `StreamLoader: a stream is iterable, or a function that gives one: ${stream === null ? "null" : typeof stream}`,
        "INVALID_DATASET",
      );
    checkCount("batchSize", batchSize, 1);
    checkCount("prefetchFactor", prefetchFactor, 0);
    checkCount("shuffleBuffer", shuffleBuffer, 0);
    if (typeof dropLast !== "boolean")
      throw new ValueError(`StreamLoader: dropLast is true or false: ${String(dropLast)}`, "INVALID_OPTION");
    this.#open = typeof stream === "function" ? stream : () => stream;
    this.#generator = seed === undefined ? defaultGenerator : new Generator(seed);
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.prefetchFactor = prefetchFactor;
    this.shuffleBuffer = shuffleBuffer;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Collated<Sample>, void, undefined> {
    const batches = this.#batches();
    const requests = new RequestsAhead(nexts(batches), this.prefetchFactor);
    try {
      for (let taken = requests.take(); taken !== null; taken = requests.take()) {
        const { value, done } = await taken.answer;
        if (done) return;
        requests.goOn();
        yield value;
      }
    } finally {
      await batches.return();
    }
  }

  async *#batches(): AsyncGenerator<Collated<Sample>, void, undefined> {
    let batch: Sample[] = [];
    for await (const sample of this.shuffleBuffer > 0 ? this.#shuffled() : this.#open()) {
      batch.push(sample as Sample);
      if (batch.length < this.batchSize) continue;
      yield collate(batch);
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield collate(batch);
  }

  /** Each new sample replaces a random sample in the buffer; the replaced sample is yielded. */
  async *#shuffled(): AsyncGenerator<Sample, void, undefined> {
    const held: Sample[] = [];
    const below = randomBelow(this.#generator);
    for await (const sample of this.#open()) {
      if (held.length < this.shuffleBuffer) {
        held.push(sample);
        continue;
      }
      const at = below(held.length);
      yield held[at];
      held[at] = sample;
    }
    while (held.length > 0) {
      const at = below(held.length);
      yield held[at];
      held[at] = held[held.length - 1];
      held.pop();
    }
  }
}

/** The promises of an async generator; it requests the next one without waiting for the previous one. */
function* nexts<T>(batches: AsyncGenerator<T, void>): IterableIterator<Promise<IteratorResult<T, void>>> {
  for (;;) yield batches.next();
}

/** Random integers from 0 to n - 1, made from numbers that are drawn in blocks. */
function randomBelow(generator: Generator): (n: number) => number {
  let drawn: ArrayLike<number> = [];
  let used = 0;
  return (n) => {
    if (used === drawn.length) {
      drawn = rand([1024], { dtype: "float64", generator }).data;
      used = 0;
    }
    return Math.floor(drawn[used++] * n);
  };
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new ValueError(
      `StreamLoader: ${name} is an integer >= ${least}: ${quoted(value)}`,
      "INVALID_OPTION",
    );
}
