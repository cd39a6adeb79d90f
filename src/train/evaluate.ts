import { noGrad } from "../autograd/grad-mode.js";
import { batchesLeft, EventLoopTurns, type Feed, isNotCapturable, Runner } from "../compile/index.js";
import { DataLoader } from "../data/dataloader.js";
import { ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { checkOptions } from "../options.js";
import { type Batch, type BatchSource, batchesOf, checkBatch, type TrainingData } from "./batches.js";
import { checkModel, outputOf } from "./given.js";
import { type Loss, type Measure, measureOf, predictedClasses, Score } from "./score.js";

export interface EvaluateOptions {
  /** Default: cross-entropy. */
  loss?: Loss;
  /** For a data set; a loader has its own. Default 256. */
  batchSize?: number;
  /** Also counts which class was taken for which. Default false. */
  confusion?: boolean;
  signal?: AbortSignal;
}

export interface Evaluation {
  /** Mean over the samples. */
  loss: number;
  /**
   * Targets that are class indices, outputs [B, C]: share of the samples whose largest output is at the target. With `BCEWithLogitsLoss`,
   * `MultiLabelSoftMarginLoss` (logits) or `BCELoss` (probabilities), or their functions: share of all outputs that decide as their
   * target says, for 1 above the logit 0 or the probability 0.5 (Keras's `binary_accuracy`). Null otherwise.
   */
  accuracy: number | null;
  /** Right samples; with several decisions a sample, right decisions. */
  correct: number;
  samples: number;
  seconds: number;
  imagesPerSecond: number;
  /** `confusion[target][predicted]` counts samples. */
  confusion?: number[][];
}

/**
 * Loss and accuracy of a model on a data set, without gradients and in eval mode; the modes of all modules are as
 * before afterwards. The event loop gets its turns, and `signal` stops within one batch.
 */
export async function evaluate(
  model: Module,
  data: TrainingData,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkOptions("evaluate", options, ["loss", "batchSize", "confusion", "signal"]);
  checkModel("evaluate", model);
  const { batchSize = 256, signal } = options;
  const batches: BatchSource = batchesOf("evaluate", data, { batchSize, shuffle: false });
  const measure = measureOf("evaluate", options.loss);
  const score = new Score(measure.threshold);
  const confusion: number[][] = [];
  const turns = new EventLoopTurns();
  const start = performance.now();
  const feed = !options.confusion && batches instanceof DataLoader ? batches.feed() : null;
  if (feed !== null) await evaluateCompiled(model, feed, measure, score, signal);
  for await (const batch of feed === null ? batches : (batchesLeft(feed) as Iterable<Batch>)) {
    signal?.throwIfAborted();
    const [x, y] = checkBatch("evaluate", batch);
    inEvalMode(model, () =>
      noGrad(() => {
        const output = outputOf("evaluate", model, x);
        score.add(measure.loss(output, y).item(), output, y);
        const predicted = options.confusion ? predictedClasses(output, y) : null;
        if (predicted !== null) count(confusion, y.toArray(), predicted.toArray(), output.shape[1]);
      }),
    );
    if (turns.due) await turns.take();
  }
  feed?.finish();
  if (score.samples === 0)
    throw new ValueError("evaluate: the data set is empty: no batches", "EMPTY_DATASET");
  const seconds = (performance.now() - start) / 1000;
  const { samples, correct, accuracy } = score;
  const result = {
    loss: score.loss,
    accuracy,
    correct,
    samples,
    seconds,
    imagesPerSecond: samples / seconds,
  };
  return confusion.length > 0 ? { ...result, confusion } : result;
}

/** As many batches as a native thread can score; what stops it (a loss that is not finite, a bad label) is left to the caller. */
async function evaluateCompiled(
  model: Module,
  feed: Feed,
  measure: Measure,
  score: Score,
  signal: AbortSignal | undefined,
): Promise<void> {
  const runner = new Runner((x, y) => {
    checkBatch("evaluate", [x, y]);
    inEvalMode(model, () =>
      noGrad(() => {
        const output = outputOf("evaluate", model, x);
        score.tally(measure.loss(output, y), output, y);
      }),
    );
  });
  try {
    await runner.run(feed, { steps: Number.POSITIVE_INFINITY, signal });
  } catch (error) {
    if (!isNotCapturable(error)) throw error;
  }
  signal?.throwIfAborted();
}

/** Around one batch and not around all of them: between batches others may use the model. */
export function inEvalMode<T>(model: Module, fn: () => T): T {
  const training = model.modules().filter((module) => module.training);
  for (const module of training) module.training = false;
  try {
    return fn();
  } finally {
    for (const module of training) module.training = true;
  }
}

function count(confusion: number[][], targets: number[], predicted: number[], classes: number): void {
  while (confusion.length < classes) confusion.push(new Array<number>(classes).fill(0));
  // A target that the loss ignores (-100) has no row.
  for (const [i, target] of targets.entries()) if (confusion[target]) confusion[target][predicted[i]]++;
}
