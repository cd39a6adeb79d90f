import { formatShape, ShapeError, ValueError } from "../errors.js";
import { k } from "../kernels/backend.js";
import type { Module } from "../nn/module.js";
import { crossEntropy } from "../ops/cross-entropy.js";
import { argmax } from "../ops/reduce.js";
import { sharedArray } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";

/** A loss: a module such as `nn.CrossEntropyLoss`, or a function. Its value is a mean over the batch. */
export type Loss = Module | ((output: Tensor, target: Tensor) => Tensor);

/** @throws ValueError `INVALID_OPTION`. Default: cross-entropy. */
export function lossFunction(op: string, loss?: Loss): (output: Tensor, target: Tensor) => Tensor {
  if (loss === undefined) return classification;
  if (typeof loss === "function") return loss;
  if (typeof loss?.forward === "function") return (output, target) => loss.forward(output, target);
  throw new ValueError(`${op}: loss is a module or a function: ${String(loss)}`, "INVALID_OPTION");
}

/** The default loss. Over one class it is 0 whatever the model says: someone wants a regression. */
function classification(output: Tensor, target: Tensor): Tensor {
  if (output.ndim > 1 && output.shape[1] === 1)
    throw new ValueError(
      "fit: the default loss, cross-entropy, needs two outputs or more: got 1; for a regression give { loss: new nn.MSELoss() }",
      "ONE_CLASS",
    );
  return crossEntropy(output, target);
}

/** Class with the largest output for every row of [B, C], or null where outputs are not scores of class indices. */
export function predictedClasses(output: Tensor, target: Tensor): Tensor | null {
  return isClassification(output, target) ? argmax(output, 1) : null;
}

const isClassification = (output: Tensor, target: Tensor) =>
  output.ndim === 2 && target.ndim === 1 && (target.dtype === "int32" || target.dtype === "uint8");

/** Loss and hits of the batches so far. */
export class Score {
  /** Samples, loss summed over them, hits: on shared memory, where a compiled step adds to them. */
  readonly #sums = sharedArray("float64", 3) as Float64Array;
  #classified = true;

  /** Begins anew, or with the sums of an epoch that is resumed. */
  reset(sums: readonly number[] = []): void {
    this.#sums.fill(0);
    this.#sums.set(sums);
  }

  get sums(): number[] {
    return [...this.#sums];
  }

  /** One step, as kernels. A loss that is not finite stops a compiled program here. Shapes: output [B, …], target [B, …], loss []. */
  tally(loss: Tensor, output: Tensor, target: Tensor): void {
    const classes = isClassification(output, target);
    if (!classes) this.#classified = false;
    if (loss.numel !== 1)
      throw new ShapeError(
        `fit: the loss is a mean over the batch: ${formatShape(loss.shape)}; reduction "mean"`,
      );
    const [logits, targets] = classes ? [output.detach().contiguous(), target.contiguous()] : [null, null];
    k.tally(
      ...([target.shape[0] ?? 1, classes ? output.shape[1] : 1] as const),
      ...([logits?.storage.array ?? null, logits?.offset ?? 0] as const),
      ...([(targets?.storage.array as Int32Array | undefined) ?? null, targets?.offset ?? 0] as const),
      ...([loss.storage.array, loss.offset, this.#sums, 0] as const),
    );
  }

  /** The same from values. `predicted` as `predictedClasses` gives it. */
  add(loss: number, predicted: Tensor | null, target: Tensor): void {
    const n = target.shape[0] ?? 1;
    this.#sums[0] += n;
    this.#sums[1] += loss * n;
    if (predicted === null) {
      this.#classified = false;
      return;
    }
    const { array: p } = predicted.storage;
    const { array: t } = target.storage;
    const [step] = target.strides;
    for (let i = 0; i < n; i++) if (p[predicted.offset + i] === t[target.offset + i * step]) this.#sums[2]++;
  }

  get samples(): number {
    return this.#sums[0];
  }

  get correct(): number {
    return this.#sums[2];
  }

  /** Mean over the samples. */
  get loss(): number {
    return this.samples === 0 ? Number.NaN : this.#sums[1] / this.samples;
  }

  /** Share of the samples whose class is right, or null without classes. */
  get accuracy(): number | null {
    return this.#classified && this.samples > 0 ? this.correct / this.samples : null;
  }
}
