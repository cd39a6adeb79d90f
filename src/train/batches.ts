import { DataLoader } from "../data/dataloader.js";
import type { BatchDataset, SampleDataset } from "../data/dataset.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";

import { Tensor } from "../tensor/tensor.js";

/** Inputs and targets of one step. The first dim of both is the batch dim. */
export type Batch = readonly [x: Tensor, y: Tensor];

/** Batches that can be iterated once per epoch. A `length` (in batches) makes progress and ETA possible. */
export type BatchSource = (Iterable<Batch> | AsyncIterable<Batch>) & { readonly length?: number };

/**
 * The data of `fit` and `evaluate`: a data set, for which they create a loader, or batches (a DataLoader).
 */
export type TrainingData = SampleDataset | BatchDataset | BatchSource;

export interface LoaderOptions {
  batchSize: number;
  shuffle: boolean;
  seed?: number;
}

/**
 * Returns the batches of `data`.
 * @throws ValueError `INVALID_DATASET` if it is neither a data set nor batches.
 */
export function batchesOf(op: string, data: TrainingData, options: LoaderOptions): BatchSource {
  const given = data as Partial<SampleDataset & BatchDataset & AsyncIterable<Batch> & Iterable<Batch>> | null;
  if (typeof given?.batch === "function" || typeof given?.get === "function")
    return new DataLoader(data as BatchDataset<Batch>, options);
  if (Array.isArray(data) && data.length > 0 && data.every((item) => item instanceof Tensor))
    throw new ValueError(
      `${op}: data is a data set, or batches [[x, y], …]: an array of ${data.length} ${data.length === 1 ? "tensor" : "tensors"}; new data.TensorDataset(x, y)`,
      "INVALID_DATASET",
    );
  if (typeof given?.[Symbol.asyncIterator] === "function" || typeof given?.[Symbol.iterator] === "function")
    return data as BatchSource;
  const what =
    data instanceof Tensor
      ? `a tensor ${formatShape(data.shape)}; new data.TensorDataset(x, y)`
      : quoted(data);
  throw new ValueError(`${op}: data is a data set or a DataLoader: ${what}`, "INVALID_DATASET");
}

/**
 * Checks a batch.
 * @throws ShapeError if it is not `[x, y]` with as many targets as inputs; `EMPTY_BATCH` if it has no
 * samples.
 */
export function checkBatch(op: string, batch: Batch): Batch {
  const [x, y] = Array.isArray(batch) ? batch : [];
  if (!(x instanceof Tensor) || !(y instanceof Tensor))
    throw new ValueError(
      `${op}: a batch is two tensors, inputs and targets: ${Array.isArray(batch) ? `${batch.length} items, ${batch.map(kindOf).join(" and ")}` : kindOf(batch)}`,
      "INVALID_BATCH",
    );
  if (x.shape[0] !== y.shape[0])
    throw new ShapeError(
      `${op}: as many targets as inputs in a batch: ${formatShape(x.shape)} and ${formatShape(y.shape)}`,
    );
  if (x.shape[0] === 0)
    throw new ShapeError(
      `${op}: a batch has samples: ${formatShape(x.shape)} and ${formatShape(y.shape)}`,
      "EMPTY_BATCH",
    );
  return [x, y];
}

const kindOf = (given: unknown) =>
  given instanceof Tensor ? `a tensor ${formatShape(given.shape)}` : quoted(given);
