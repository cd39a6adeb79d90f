import { DTypeError, formatShape, ShapeError, ValueError } from "../errors.js";
import { isShared } from "../host/memory.js";
import { run } from "../kernels/run.js";
import { dense, reshape } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import type { Generator } from "../random.js";

import { numel } from "../shape.js";
import { sharedArray } from "../tensor/storage.js";
import { empty, fromData, Tensor } from "../tensor/tensor.js";
import { tracing, withTracing } from "../tracing.js";

/**
 * The input of a DataLoader: samples by index, which the loader stacks into batches. A sample may be a
 * promise.
 */
export interface SampleDataset<Sample = unknown> {
  /** Number of samples. */
  readonly length: number;
  /** The sample at a position, from 0 on. */
  get(index: number): Sample;
  /**
   * The generators of its random numbers, except the one of `manualSeed`: a checkpoint stores their states.
   * Default: none.
   */
  readonly generators?: readonly Generator[];
}

/** A faster input of a DataLoader: it returns a whole batch at once. The batch may be a promise. */
export interface BatchDataset<Batch = unknown> {
  /** Number of samples. */
  readonly length: number;
  /** The samples at these positions, as one batch. */
  batch(indices: Int32Array): Batch;
  /**
   * The generators of its random numbers, except the one of `manualSeed`: a checkpoint stores their states.
   * Default: none.
   */
  readonly generators?: readonly Generator[];
}

/** Options of `TensorDataset`. */
export interface TensorDatasetOptions {
  /**
   * The first tensor (uint8 or float32) is returned as float32: value · scale + shift, in one kernel. Default
   * 1.
   */
  scale?: number;
  /** See `scale`. Default 0. */
  shift?: number;
}

function wholeNumbers(indices: readonly number[]): Int32Array {
  if (!Array.isArray(indices) || !indices.every(Number.isInteger))
    throw new ValueError(`TensorDataset.batch: indices are integers: ${String(indices)}`, "INVALID_VALUE");
  return Int32Array.from(indices);
}

/**
 * Tensors whose first dims index the same samples (PyTorch's `TensorDataset`). A batch costs one kernel call
 * per tensor.
 *
 *     new TensorDataset(images, labels)
 *     new TensorDataset(images, labels, { scale: 1 / 255 })      uint8 images become floats in each batch
 *
 * @throws ValueError without a tensor, and for a `scale` or `shift` that is not finite; ShapeError for first
 * dims that differ; DTypeError for a `scale` or `shift` of tensors that are neither `uint8` nor `float32`.
 */
export class TensorDataset<T extends Tensor[] = Tensor[]> {
  /** Number of samples. */
  readonly length: number;
  tensors: T;
  readonly scale: number;
  readonly shift: number;
  readonly #transforms: boolean;

  constructor(...tensors: T);
  constructor(...tensorsAndOptions: [...tensors: T, options: TensorDatasetOptions]);
  constructor(...args: unknown[]) {
    const options = args.length > 0 && !(args.at(-1) instanceof Tensor) ? args.pop() : undefined;
    if (Array.isArray(options) || ArrayBuffer.isView(options))
      throw new ValueError(
        Array.isArray(options) && options[0] instanceof Tensor
          ? "TensorDataset: tensors are given one by one, new TensorDataset(x, y): an array of them"
          : `TensorDataset: argument ${args.length} is not a tensor: ${quoted(options)}; tensor(values)`,
      );
    checkOptions("TensorDataset", options, ["scale", "shift"]);
    const { scale, shift } = (options ?? {}) as TensorDatasetOptions;
    const tensors = args as Tensor[];
    if (tensors.length === 0) throw new ValueError("TensorDataset: at least one tensor is needed: got none");
    for (const [i, x] of tensors.entries()) {
      if (!(x instanceof Tensor))
        throw new ValueError(`TensorDataset: argument ${i} is not a tensor: ${typeof x}`);
      if (x.ndim === 0 || x.shape[0] !== tensors[0].shape[0])
        throw new ShapeError(
          `TensorDataset: first dims differ: ${tensors.map((t) => formatShape(t.shape)).join(" and ")}`,
        );
    }
    this.#transforms = scale !== undefined || shift !== undefined;
    this.scale = scale ?? 1;
    this.shift = shift ?? 0;
    if (!Number.isFinite(this.scale) || !Number.isFinite(this.shift))
      throw new ValueError(
        `TensorDataset: scale and shift are finite: ${quoted(this.scale)} and ${quoted(this.shift)}`,
      );
    if (this.#transforms && tensors[0].dtype !== "uint8" && tensors[0].dtype !== "float32")
      throw new DTypeError(`TensorDataset: scale and shift are for uint8 and float32: ${tensors[0].dtype}`);
    this.tensors = tensors.map((x) => dense(x.detach())) as T;
    this.length = tensors[0].shape[0];
  }

  /** One sample: a row of each tensor. @throws ValueError `INDEX_OUT_OF_RANGE`. */
  get(index: number): { [K in keyof T]: Tensor } {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new ValueError(
        `TensorDataset.get: an index is an integer from 0 to ${this.length - 1}: ${index}`,
        "INDEX_OUT_OF_RANGE",
      );
    const rows = this.batch(Int32Array.of(index)) as Tensor[];
    return rows.map((x) => reshape(x, x.shape.slice(1))) as { [K in keyof T]: Tensor };
  }

  /** The samples at `indices`, in that order, as one tensor each. @throws ValueError `INDEX_OUT_OF_RANGE`. */
  batch(indices: Int32Array | readonly number[]): { [K in keyof T]: Tensor } {
    const at = indices instanceof Int32Array ? indices : wholeNumbers(indices);
    // A native thread will fetch the samples, so it needs memory that cannot be detached. It does not see
    // later changes of the original tensors.
    if (tracing !== null) this.tensors = this.tensors.map(onSharedMemory) as T;
    const batch = this.tensors.map((x, i) => this.#rows(x, at, i === 0 && this.#transforms));
    return batch as { [K in keyof T]: Tensor };
  }

  #rows(x: Tensor, indices: Int32Array, transform: boolean): Tensor {
    const count = indices.length;
    const index = { array: indices, offset: 0 };
    const width = numel(x.shape.slice(1));
    const out = empty([count, ...x.shape.slice(1)], transform ? "float32" : x.dtype);
    const status = transform
      ? run.takeRows(count, this.length, width, this.scale, this.shift, x, index, out)
      : run.indexSelect(1, this.length, width, count, x, index, out);
    if (status >= 0)
      throw new ValueError(
        `TensorDataset.batch: index out of range: ${indices[status]} of ${this.length} samples`,
        "INDEX_OUT_OF_RANGE",
      );
    return out;
  }
}

function onSharedMemory(x: Tensor): Tensor {
  if (isShared(x.array.buffer)) return x;
  const data = sharedArray(x.dtype, x.numel);
  withTracing(null, () => data.set(x.data));
  return fromData(data, x.shape, x.dtype);
}
