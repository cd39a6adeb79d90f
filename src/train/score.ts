import { within } from "../autograd/caller.js";
import { formatShape, ValueError } from "../errors.js";
import { run } from "../kernels/run.js";
import { BCELoss, BCEWithLogitsLoss, MultiLabelSoftMarginLoss } from "../nn/losses.js";
import { Module } from "../nn/module.js";
import { constant } from "../ops/create/constant.js";
import { compare } from "../ops/elementwise/elementwise.js";
import { crossEntropy } from "../ops/losses/cross-entropy.js";
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "../ops/losses/losses.js";
import { multilabelSoftMarginLoss } from "../ops/losses/margin-losses.js";
import { argmax, sum } from "../ops/reduce/reduce.js";
import { dense, to } from "../ops/shape/views.js";
import { quoted } from "../quote.js";
import { sameShape } from "../shape.js";
import { sharedArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** A loss: a module such as `nn.CrossEntropyLoss`, or a function. Its value is the mean over the batch. */
export type Loss = Module | ((output: Tensor, target: Tensor) => Tensor);

/** How outputs are scored. */
export interface Measure {
  loss(output: Tensor, target: Tensor): Tensor;
  /**
   * An output above the threshold is a decision for 1, if each output is a decision of its own (binary and
   * multi-label classification). Null if outputs are not decisions.
   */
  readonly threshold: number | null;
}

/** The measure for a loss. Default: cross-entropy. @throws ValueError `INVALID_OPTION`. */
export function measureOf(op: string, loss?: Loss): Measure {
  if (loss === undefined)
    return { loss: (output, target) => classification(op, output, target), threshold: null };
  const threshold = thresholdOf(loss);
  if (typeof loss === "function" && !(loss.prototype instanceof Module)) return { loss, threshold };
  if (typeof loss !== "function" && typeof loss?.forward === "function")
    return { loss: (output, target) => loss.forward(output, target), threshold };
  const given =
    typeof loss === "function" ? `the class ${(loss as { name: string }).name}, without new` : quoted(loss);
  throw new ValueError(`${op}: loss is a module or a function: ${given}`, "INVALID_OPTION");
}

/** A logit above 0 is a probability above 0.5. For a function of the user the threshold is not known. */
function thresholdOf(loss: Loss): number | null {
  const ofLogits: unknown[] = [binaryCrossEntropyWithLogits, multilabelSoftMarginLoss];
  if (
    loss instanceof BCEWithLogitsLoss ||
    loss instanceof MultiLabelSoftMarginLoss ||
    ofLogits.includes(within(loss))
  )
    return 0;
  return loss instanceof BCELoss || within(loss) === binaryCrossEntropy ? 0.5 : null;
}

/**
 * The default loss. For one class it is always 0, whatever the output: the user wants a binary classification
 * or a regression.
 */
export function classification(
  op: string,
  output: Tensor,
  target: Tensor,
  reduction: "mean" | "none" = "mean",
): Tensor {
  if (output instanceof Tensor && output.ndim > 1 && output.shape[1] === 1)
    throw new ValueError(
      op === "confusionMatrix"
        ? `${op}: a model has an output for each class: got 1 (${formatShape(output.shape)}); give predictions: confusionMatrix(logits.gt(0).to("int32").flatten(), targets)`
        : `${op}: the default loss, cross-entropy, needs two outputs or more: got 1 (${formatShape(output.shape)}); give { loss: new nn.BCEWithLogitsLoss() } for two classes, { loss: new nn.MSELoss() } for a regression`,
      "ONE_CLASS",
    );
  return crossEntropy(output, target, { reduction });
}

/**
 * The class with the largest output for each row of [B, C], or null if outputs are not scores of class
 * indices.
 */
export function predictedClasses(output: Tensor, target: Tensor): Tensor | null {
  return isClassification(output, target) ? argmax(output, 1) : null;
}

const isClassification = (output: Tensor, target: Tensor) =>
  output.ndim === 2 && target.ndim === 1 && (target.dtype === "int32" || target.dtype === "uint8");

/** Loss and number of correct samples of the batches so far. */
export class Score {
  /**
   * On shared memory, so that a compiled step can add to it: samples, loss summed over samples, correct
   * classes; then decisions, an unused element, correct decisions.
   */
  readonly #sums = sharedArray("float64", 6) as Float64Array;
  /** Whether every batch so far could be correct or wrong. */
  #classified = true;

  /** The scores of parts, as that of the whole: sums are added in the order of the parts. */
  static of(parts: readonly Score[]): Score {
    const whole = new Score();
    for (const part of parts) for (const i of whole.#sums.keys()) whole.#sums[i] += part.#sums[i];
    whole.#classified = parts.every((part) => part.#classified);
    return whole;
  }

  constructor(readonly threshold: number | null = null) {}

  /** The score of one shard: this one, if batches are not cut. */
  part(_shard: number): Score {
    return this;
  }

  /** Takes over the numbers of another score. */
  take(other: Score): void {
    this.#sums.set(other.#sums);
    this.#classified = other.#classified;
  }

  /** Restarts from zero, or from the sums of an epoch that is resumed. */
  reset(sums: readonly number[] = []): void {
    this.#sums.fill(0);
    this.#sums.set(sums);
  }

  get sums(): number[] {
    return [...this.#sums];
  }

  /**
   * Whether numbers from a file can be the sums of an epoch: none, those of a format without decisions, or
   * all.
   */
  static areSums(sums: readonly number[]): boolean {
    const [samples = 0, loss = 0, right = 0, decisions = 0, nothing = 0, rightDecisions = 0] = sums;
    const counts = [samples, right, decisions, rightDecisions].every(
      (n) => Number.isSafeInteger(n) && n >= 0,
    );
    const fits = right <= samples && rightDecisions <= decisions && nothing === 0;
    return [0, 3, 6].includes(sums.length) && counts && fits && Number.isFinite(loss);
  }

  /**
   * Adds one step, by kernels. A non-finite loss stops a compiled program here. Shapes: output [B, …], target
   * [B, …], loss [].
   */
  tally(loss: Tensor, output: Tensor, target: Tensor): void {
    const classes = isClassification(output, target);
    const [logits, targets] = classes ? [output.detach().contiguous(), target.contiguous()] : [null, null];
    const rows = target.shape[0] ?? 1;
    run.tally(rows, classes ? output.shape[1] : 1, logits, targets, loss, { array: this.#sums, offset: 0 });
    if (classes) return;
    const wrong = this.#wrongDecisions(output, target);
    if (wrong === null) {
      this.#classified = false;
      return;
    }
    // In a row with one entry the first maximum is entry 0. So a decision that is not wrong (0) counts as a
    // hit.
    const [none, nothing] = [dense(output.detach()), constant(0, "float32")];
    run.tally(wrong.numel, 1, none, wrong, nothing, { array: this.#sums, offset: 3 });
  }

  /** Adds one step, by values. */
  add(loss: number, output: Tensor, target: Tensor): void {
    const n = target.shape[0] ?? 1;
    this.#sums[0] += n;
    this.#sums[1] += loss * n;
    const predicted = predictedClasses(output.detach(), target);
    const wrong = predicted === null ? this.#wrongDecisions(output, target) : null;
    if (predicted !== null) this.#sums[2] += hits(predicted, target);
    else if (wrong !== null) {
      this.#sums[3] += wrong.numel;
      this.#sums[5] += wrong.numel - sum(wrong).item();
    } else this.#classified = false;
  }

  /**
   * For each element, whether the decision of the output differs from the target. Null if outputs are not
   * decisions.
   */
  #wrongDecisions(output: Tensor, target: Tensor): Tensor | null {
    const { threshold } = this;
    if (threshold === null || !sameShape(output.shape, target.shape)) return null;
    return dense(compare.ne(to(compare.gt(output.detach(), threshold), target.dtype), target.detach()));
  }

  get samples(): number {
    return this.#sums[0];
  }

  /** Number of correct classes, or of correct decisions. */
  get correct(): number {
    return this.#sums[2] + this.#sums[5];
  }

  /** Mean over the samples. */
  get loss(): number {
    return this.samples === 0 ? Number.NaN : this.#sums[1] / this.samples;
  }

  /** Share of samples with a correct class, or of correct decisions; null if there are neither. */
  get accuracy(): number | null {
    if (!this.#classified || this.samples === 0) return null;
    return this.#sums[3] > 0 ? this.#sums[5] / this.#sums[3] : this.#sums[2] / this.samples;
  }
}

function hits(predicted: Tensor, target: Tensor): number {
  const { array: p } = predicted.storage;
  const { array: t } = target.storage;
  const [step] = target.strides;
  let count = 0;
  for (let i = 0; i < predicted.numel; i++)
    if (p[predicted.offset + i] === t[target.offset + i * step]) count++;
  return count;
}
