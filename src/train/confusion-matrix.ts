import { formatShape, ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { tensor } from "../ops/create/create.js";
import { argmax } from "../ops/reduce/reduce.js";
import { dense } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import type { TrainingData } from "./batches.js";
import { evaluate } from "./evaluate.js";
import { measureOf } from "./score.js";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /**
   * Number of classes. Default for predictions: the number of scores per sample, or the largest class + 1.
   */
  classes?: number;
  /** For a data set; a loader has its own batch size. Default 256. */
  batchSize?: number;
}

/**
 * Counts how often each class was predicted for each target: int32 [classes, classes], with targets as rows
 * and predictions as columns (scikit-learn's `confusion_matrix`).
 *
 *     await train.confusionMatrix(model, test)
 *     train.confusionMatrix(predicted, target)      classes [B] or scores [B, C], and classes [B]
 *
 * Targets of -100, which losses ignore, do not count.
 * @throws ValueError `NOT_CLASSIFICATION` if targets are not class indices; `INDEX_OUT_OF_RANGE` for a class
 * that does not exist.
 */
export function confusionMatrix(
  model: Module,
  data: TrainingData,
  options?: ConfusionMatrixOptions,
): Promise<Tensor>;
export function confusionMatrix(predicted: Tensor, target: Tensor, options?: ConfusionMatrixOptions): Tensor;
export function confusionMatrix(
  first: Module | Tensor,
  second: TrainingData | Tensor,
  options: ConfusionMatrixOptions = {},
): Tensor | Promise<Tensor> {
  checkOptions("confusionMatrix", options, first instanceof Tensor ? ["classes"] : ["batchSize"]);
  if (first instanceof Tensor && second instanceof Tensor) return counted(first, second, options.classes);
  if (first instanceof Module && !(second instanceof Tensor))
    return measured(first, second, options.batchSize);
  throw new ValueError("confusionMatrix: a model and data, or predictions and targets: neither was given");
}

async function measured(model: Module, data: TrainingData, batchSize?: number): Promise<Tensor> {
  const { loss } = measureOf("confusionMatrix");
  const { confusion } = await evaluate(model, data, { loss, batchSize, confusion: true });
  if (confusion !== undefined) return tensor(confusion, { dtype: "int32" });
  throw new ValueError("confusionMatrix: targets are class indices: these are not", "NOT_CLASSIFICATION");
}

function counted(predicted: Tensor, target: Tensor, given?: number): Tensor {
  const scores = predicted.ndim === 2;
  if (predicted.ndim > 2 || target.ndim !== 1 || predicted.shape[0] !== target.shape[0])
    throw new ShapeError(
      `confusionMatrix: predictions are [B] or [B, C], targets [B]: ${formatShape(predicted.shape)} and ${formatShape(target.shape)}`,
    );
  const integers = ({ dtype }: Tensor) => dtype === "int32" || dtype === "uint8";
  if (!integers(target) || !(scores || integers(predicted)))
    throw new ValueError(
      `confusionMatrix: classes are integers: ${predicted.dtype} and ${target.dtype}`,
      "NOT_CLASSIFICATION",
    );
  const from = dense(scores ? argmax(predicted.detach(), 1) : predicted).data;
  const to = dense(target).data;
  const largest = () => [...from, ...to].reduce((a, b) => Math.max(a, b), -1) + 1;
  const classes = given ?? (scores ? predicted.shape[1] : largest());
  if (!Number.isInteger(classes) || classes < 1)
    throw new ValueError(
      `confusionMatrix: classes is an integer >= 1: ${quoted(classes)}`,
      "INVALID_CLASSES",
    );
  const counts = new Int32Array(classes * classes);
  for (const [i, row] of to.entries()) {
    if (row === -100) continue;
    for (const value of [row, from[i]])
      if (value < 0 || value >= classes)
        throw new ValueError(
          `confusionMatrix: a class outside the ${quoted(classes)}: ${quoted(value)} at position ${i}`,
          "INDEX_OUT_OF_RANGE",
        );
    counts[row * classes + from[i]]++;
  }
  return tensor(counts, { shape: [classes, classes] });
}
