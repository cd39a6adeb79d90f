import { ValueError } from "../errors.js";
import { select, unsqueeze } from "../ops/shape/views.js";
import type { Generator } from "../random.js";
import { Tensor } from "../tensor/tensor.js";
import type { Transform } from "./augment.js";
import type { BatchDataset, SampleDataset } from "./dataset.js";
import { isThenable } from "./prefetch.js";
import { checkDataset } from "./subset.js";

type AnyDataset = SampleDataset | BatchDataset;

/**
 * A data set that applies transforms to its inputs (the first tensor of each batch) when they are fetched:
 *
 *     const crop = data.randomCrop(32, { padding: 4 });
 *     const augmented = new data.TransformedDataset(train, crop, data.randomHorizontalFlip());
 *
 * Over a `TensorDataset`, the transforms are part of a compiled step. A checkpoint of `fit` stores the states
 * of their generators. A function that draws from its own generator must declare it: `Object.assign((x) => …,
 * { generator })`.
 *
 * @throws ValueError for a transform that is not a function, `INVALID_DATASET` for what is not a data set.
 */
export class TransformedDataset<D extends AnyDataset = AnyDataset> {
  readonly transforms: readonly Transform[];
  readonly #whole: boolean;
  readonly batch: D extends { batch: infer Batch } ? Batch : undefined;

  constructor(
    readonly dataset: D,
    ...transforms: Transform[]
  ) {
    checkDataset("TransformedDataset", dataset);
    const wrong = transforms.find((transform) => typeof transform !== "function");
    if (wrong !== undefined)
      throw new ValueError(`TransformedDataset: a transform is a function of a tensor: ${typeof wrong}`);
    this.transforms = transforms;
    this.#whole = "batch" in dataset && typeof dataset.batch === "function";
    const batch = (indices: Int32Array) =>
      later((dataset as BatchDataset).batch(indices), (x) => this.#apply(x));
    this.batch = (this.#whole ? batch : undefined) as this["batch"];
  }

  /** Number of samples. */
  get length(): number {
    return this.dataset.length;
  }

  /** The generators of the transforms and of the wrapped data set: a checkpoint stores their states. */
  get generators(): readonly Generator[] {
    const below = (this.dataset as BatchDataset).generators ?? [];
    return [...new Set([...below, ...this.transforms.flatMap(({ generator }) => generator ?? [])])];
  }

  /** One sample. */
  get(index: number): D extends { get(index: number): infer Sample } ? Sample : never {
    const sample = (this.dataset as SampleDataset).get(index);
    const one = (x: Tensor) => select(this.#apply([unsqueeze(x, 0)])[0], 0, 0);
    return later(sample, (given) => {
      const [x, ...rest] = checkInputs(given);
      return [one(x), ...rest];
    }) as never;
  }

  #apply(batch: unknown): [Tensor, ...unknown[]] {
    const [x, ...rest] = checkInputs(batch);
    return [this.transforms.reduce((images, transform) => transform(images), x), ...rest];
  }
}

function checkInputs(given: unknown): [Tensor, ...unknown[]] {
  if (Array.isArray(given) && given[0] instanceof Tensor) return given as [Tensor, ...unknown[]];
  throw new ValueError(
    "TransformedDataset: samples and batches begin with a tensor: [x, …]",
    "INVALID_BATCH",
  );
}

/** Calls the function now, or when the promise resolves. */
function later(value: unknown, then: (value: unknown) => unknown): unknown {
  return isThenable(value) ? value.then(then) : then(value);
}
