import { isFloating } from "../dtype.js";
import { ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import { argmax } from "../ops/reduce.js";
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
  const classification = output.ndim === 2 && target.ndim === 1 && !isFloating(target.dtype);
  return classification ? argmax(output, 1) : null;
}

/** Loss and hits of the batches so far. */
export class Score {
  samples = 0;
  correct = 0;
  #loss = 0;
  #classified = true;

  /** `predicted` as `predictedClasses` gives it. */
  add(loss: number, predicted: Tensor | null, target: Tensor): void {
    const n = target.shape[0] ?? 1;
    this.samples += n;
    this.#loss += loss * n;
    if (predicted === null) {
      this.#classified = false;
      return;
    }
    const { array: p } = predicted.storage;
    const { array: t } = target.storage;
    const [step] = target.strides;
    for (let i = 0; i < n; i++) if (p[predicted.offset + i] === t[target.offset + i * step]) this.correct++;
  }

  /** Mean over the samples. */
  get loss(): number {
    return this.samples === 0 ? Number.NaN : this.#loss / this.samples;
  }

  /** Share of the samples whose class is right, or null without classes. */
  get accuracy(): number | null {
    return this.#classified && this.samples > 0 ? this.correct / this.samples : null;
  }
}
