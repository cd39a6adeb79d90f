import { noGrad } from "../autograd/grad-mode.js";
import { DataLoader } from "../data/dataloader.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { takeTurn, turnIsDue } from "../event-loop.js";
import type { Module } from "../nn/module.js";
import { select } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { batchesOf, checkBatch, type TrainingData } from "./batches.js";
import { inEvalMode } from "./evaluate.js";
import { checkModel, outputOf } from "./given.js";
import { classification, type Loss, measureOf, predictedClasses } from "./score.js";

/** Options of `mostWrong`. */
export interface MostWrongOptions {
  /** A loss with one value per sample: with `{ reduction: "none" }`. Default: cross-entropy. */
  loss?: Loss;
  /** For a data set; a loader has its own batch size. Default 256. */
  batchSize?: number;
  /** Stops within one batch; the search rejects with `signal.reason`. Default: none. */
  signal?: AbortSignal;
}

/** A sample that a model gets wrong, as `mostWrong` gives it. */
export interface Mistake {
  /** Index of the sample in the data. */
  index: number;
  /** Loss of the sample. */
  loss: number;
  /** The class with the largest output, and the correct class; null if targets are not class indices. */
  predicted: number | null;
  /** See `predicted`. */
  target: number | null;
  /** The input, without the batch dim. */
  x: Tensor;
}

/**
 * The `n` samples with the largest loss, largest first; a loss of NaN comes before all others. In eval mode,
 * without gradients. `n` is 10 by default.
 * @example (await train.mostWrong(new nn.Linear(2, 3), new data.TensorDataset(ones([4, 2]), zeros([4], {
 *   dtype: "int32" })), 1)).length // 1
 * @throws ValueError `INVALID_OPTION` for a loader that shuffles, because indices would be meaningless.
 * ShapeError for a loss that is not [B].
 */
export async function mostWrong(
  model: Module,
  data: TrainingData,
  n = 10,
  options: MostWrongOptions = {},
): Promise<Mistake[]> {
  checkOptions("mostWrong", options, ["loss", "batchSize", "signal"]);
  checkModel("mostWrong", model);
  const { batchSize = 256, signal } = options;
  if (!Number.isInteger(n) || n < 1)
    throw new ValueError(`mostWrong: n is an integer >= 1: ${quoted(n)}`, "INVALID_OPTION");
  if (data instanceof DataLoader && data.shuffle)
    throw new ValueError("mostWrong: a loader that does not shuffle: shuffle is true", "INVALID_OPTION");
  const loss =
    options.loss === undefined
      ? (output: Tensor, target: Tensor) => classification("mostWrong", output, target, "none")
      : measureOf("mostWrong", options.loss).loss;
  let worst: Mistake[] = [];
  let first = 0;
  for await (const batch of batchesOf("mostWrong", data, { batchSize, shuffle: false })) {
    signal?.throwIfAborted();
    const [x, y] = checkBatch("mostWrong", batch);
    const found = inEvalMode(model, () => noGrad(() => mistakes(model, loss, x, y, first)));
    // Copies the inputs of these samples only. A view would keep the whole batch in memory.
    worst = [...worst, ...found].sort((a, b) => rank(b) - rank(a) || a.index - b.index).slice(0, n);
    for (const mistake of worst) if (found.includes(mistake)) mistake.x = mistake.x.clone();
    first += x.shape[0];
    if (turnIsDue()) await takeTurn();
  }
  if (first === 0) throw new ValueError("mostWrong: the data set is empty: no batches", "EMPTY_DATASET");
  return worst;
}

const rank = ({ loss }: Mistake) => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);

function mistakes(
  model: Module,
  loss: (output: Tensor, target: Tensor) => Tensor,
  x: Tensor,
  y: Tensor,
  first: number,
): Mistake[] {
  const output = outputOf("mostWrong", model, x);
  const losses = loss(output, y);
  if (losses.ndim !== 1 || losses.shape[0] !== x.shape[0])
    throw new ShapeError(
      `mostWrong: the loss is one value a sample, [${x.shape[0]}]: ${formatShape(losses.shape)}; reduction "none"`,
    );
  const classes = predictedClasses(output, y)?.toArray() ?? null;
  const targets = classes === null ? null : (y.toArray() as number[]);
  return (losses.toArray() as number[]).map((value, i) => ({
    index: first + i,
    loss: value,
    predicted: (classes as number[] | null)?.[i] ?? null,
    target: targets?.[i] ?? null,
    x: select(x, 0, i),
  }));
}
