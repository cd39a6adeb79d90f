import { ValueError } from "../errors.js";
import { indexSelect } from "../ops/index/indexing.js";
import { quoted } from "../quote.js";
import type { Generator } from "../random.js";
import { sharedArray } from "../tensor/storage.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import type { BatchDataset, SampleDataset } from "./dataset.js";

/** The type of a sample of a data set. */
type SampleOf<D> = D extends { get(index: number): infer Sample } ? Sample : never;
/** The return type of `batch` of a data set; `never` if it has no `batch`. */
type BatchGiven<D> = D extends { batch(indices: Int32Array): infer Batch } ? Batch : never;

/**
 * Some samples of a data set, in a given order (PyTorch's `Subset`). It copies no sample.
 * @example new data.Subset(new data.TensorDataset(arange(5)), [3, 1]).get(0) // [3]
 * @throws ValueError for indices that are not an array, `INDEX_OUT_OF_RANGE` for an index that the data set
 * does not have, `INVALID_DATASET` for what is not a data set.
 */
export class Subset<D extends SampleDataset | BatchDataset = SampleDataset | BatchDataset> {
  readonly length: number;
  /** Indices of the samples in `dataset`. */
  readonly indices: Int32Array;
  readonly #positions: Tensor;
  /** Returns whole batches, if the data set does. */
  readonly batch: D extends { batch(indices: Int32Array): unknown }
    ? (indices: Int32Array) => BatchGiven<D>
    : undefined;

  /** @throws ValueError `INDEX_OUT_OF_RANGE`; `INVALID_DATASET` for anything but a data set. */
  constructor(
    readonly dataset: D,
    indices: ArrayLike<number>,
  ) {
    const { length } = checkDataset("Subset", dataset);
    if (!Array.isArray(indices) && !ArrayBuffer.isView(indices))
      throw new ValueError(`Subset: indices are an array of positions: ${quoted(indices)}`);
    const own = sharedArray("int32", indices.length) as Int32Array;
    for (let i = 0; i < indices.length; i++) {
      if (!Number.isInteger(indices[i]) || indices[i] < 0 || indices[i] >= length)
        throw new ValueError(
          `Subset: an index is an integer from 0 to ${length - 1}: ${indices[i]} at position ${i}`,
          "INDEX_OUT_OF_RANGE",
        );
      own[i] = indices[i];
    }
    this.indices = own;
    this.length = own.length;
    this.#positions = fromData(own, [own.length], "int32");
    const whole = "batch" in dataset && typeof dataset.batch === "function";
    this.batch = (whole ? (at: Int32Array) => dataset.batch(this.#chosen(at)) : undefined) as this["batch"];
  }

  /** The generators of the data set. */
  get generators(): readonly Generator[] {
    return (this.dataset as BatchDataset).generators ?? [];
  }

  /** One sample. @throws ValueError `INDEX_OUT_OF_RANGE`. */
  get(index: number): SampleOf<D> {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new ValueError(
        `Subset.get: an index is an integer from 0 to ${this.length - 1}: ${index}`,
        "INDEX_OUT_OF_RANGE",
      );
    return (this.dataset as SampleDataset).get(this.indices[index]) as SampleOf<D>;
  }

  /** Uses a kernel, because in a compiled step `at` has no values yet. */
  #chosen(at: Int32Array): Int32Array {
    const { storage, offset, numel } = indexSelect(this.#positions, 0, fromData(at, [at.length], "int32"));
    const chosen = storage.array as Int32Array;
    return offset === 0 && chosen.length === numel ? chosen : chosen.subarray(offset, offset + numel);
  }
}

/** @throws ValueError `INVALID_DATASET`. */
export function checkDataset<D extends SampleDataset | BatchDataset>(op: string, dataset: D): D {
  const given = dataset as Partial<SampleDataset & BatchDataset> | null | undefined;
  const has = typeof given?.get === "function" || typeof given?.batch === "function";
  if (!has || !Number.isInteger(given.length) || given.length! < 0)
    throw new ValueError(
      `${op}: a data set has length and get(i) or batch(indices): ${quoted(dataset)}`,
      "INVALID_DATASET",
    );
  return dataset;
}
