import { noGrad } from "../autograd/grad-mode.js";
import { Epoch, Stepper } from "../compile/index.js";
import { DataLoader } from "../data/dataloader.js";
import { Subset } from "../data/subset.js";
import { partOf } from "../distributed/tree.js";
import { ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { checkOptions } from "../options.js";
import { type Batch, type BatchSource, batchesOf, checkBatch, type TrainingData } from "./batches.js";
import { checkModel, outputOf } from "./given.js";
import type { Ranks } from "./ranks.js";
import { type Loss, type Measure, measureOf, predictedClasses, Score } from "./score.js";
import { type Scores, ShardedScore } from "./sharded-score.js";

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default: cross-entropy. */
  loss?: Loss;
  /** For a data set; a loader has its own batch size. Default 256. */
  batchSize?: number;
  /** Whether to count the confusion matrix too. Default false. */
  confusion?: boolean;
  /** Stops within one batch; the evaluation rejects with `signal.reason`. Default: none. */
  signal?: AbortSignal;
}

/** What `evaluate` returns. */
export interface Evaluation {
  /** Mean over the samples. */
  loss: number;
  /**
   * For class indices as targets and outputs [B, C]: the share of samples whose largest output is at the
   * target. For `BCEWithLogitsLoss` and `MultiLabelSoftMarginLoss` (logits), `BCELoss` (probabilities) and
   * their functions: the share of all outputs whose decision matches the target. The decision is 1 above the
   * logit 0 or the probability 0.5 (Keras's `binary_accuracy`). Null otherwise.
   */
  accuracy: number | null;
  /** Number of correct samples; if a sample has several decisions, of correct decisions. */
  correct: number;
  /** Number of samples. */
  samples: number;
  /** Time of the evaluation. */
  seconds: number;
  /** Samples in a second. */
  imagesPerSecond: number;
  /** `confusion[target][predicted]` is a number of samples. Absent without the option `confusion`. */
  confusion?: number[][];
}

/**
 * Loss and accuracy of a model on a data set, without gradients and in eval mode; afterwards the modes of all
 * modules are restored. The event loop turns during the evaluation, and `signal` stops it within one batch.
 * @example (await train.evaluate(new nn.Linear(2, 3), new data.TensorDataset(ones([4, 2]), zeros([4], {
 *   dtype: "int32" })))).samples // 4
 */
export async function evaluate(
  model: Module,
  data: TrainingData,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return new Evaluator(model, data, options).evaluate();
}

/** Evaluates one model on one data set any number of times: all evaluations use the same compiled step. */
export class Evaluator {
  readonly #batches: BatchSource;
  readonly #measure: Measure;
  readonly #score: Score;
  readonly #stepper: Stepper;

  /** `ranks`: if it cuts batches into shards, cuts the data into as many parts, which the ranks share. */
  constructor(
    private readonly model: Module,
    data: TrainingData,
    private readonly options: EvaluateOptions = {},
    private readonly ranks: Ranks | null = null,
  ) {
    checkOptions("evaluate", options, ["loss", "batchSize", "confusion", "signal"]);
    checkModel("evaluate", model);
    const { batchSize = 256 } = options;
    this.#batches = batchesOf("evaluate", data, { batchSize, shuffle: false });
    this.#measure = measureOf("evaluate", options.loss);
    this.#score = new Score(this.#measure.threshold);
    this.#stepper = new Stepper((x, y) => this.#tally(checkBatch("evaluate", [x, y])));
  }

  async evaluate(): Promise<Evaluation> {
    const confusion: number[][] = [];
    const start = performance.now();
    const score = (await this.#shared()) ?? (await this.#pass(this.#batches, confusion));
    if (score.samples === 0)
      throw new ValueError("evaluate: the data set is empty: no batches", "EMPTY_DATASET");
    const seconds = (performance.now() - start) / 1000;
    const { loss, samples, correct, accuracy } = score;
    const result = { loss, accuracy, correct, samples, seconds, imagesPerSecond: samples / seconds };
    return confusion.length > 0 ? { ...result, confusion } : result;
  }

  /**
   * The score by parts of the data. Null if all is one part: without shards, or for batches that are no data
   * set.
   */
  async #shared(): Promise<Scores | null> {
    const sharding = this.ranks?.sharding ?? null;
    const loader = this.#batches;
    if (sharding === null || !(loader instanceof DataLoader) || loader.dropLast) return null;
    const { dataset, batchSize } = loader;
    const scores = new ShardedScore(sharding.shards, this.#measure.threshold);
    for (let i = 0; i < sharding.shards; i++) {
      const { from, to } = partOf(dataset.length, i, sharding.shards);
      if (!sharding.isOwn(i) || from === to) continue;
      const part = new Subset(
        dataset,
        Int32Array.from({ length: to - from }, (_, j) => from + j),
      );
      scores.part(i).take(await this.#pass(new DataLoader(part, { batchSize }) as BatchSource, []));
    }
    await this.ranks!.reached(scores, 0, false);
    return scores;
  }

  /** The score of all batches of a source. */
  async #pass(batches: BatchSource, confusion: number[][]): Promise<Score> {
    const { signal, confusion: counted } = this.options;
    const score = this.#score;
    score.reset();
    const epoch = new Epoch(batches, {
      stepper: counted ? null : this.#stepper,
      one: (batch) => this.#add(checkBatch("evaluate", batch as Batch), counted ? confusion : null),
    });
    try {
      for (;;) {
        const { steps, failure } = await epoch.next({ steps: Number.POSITIVE_INFINITY, signal });
        signal?.throwIfAborted();
        // If a thread stopped at a non-finite loss or a bad label, JavaScript scores that batch or explains
        // the error.
        if (failure !== null) epoch.goOnHere();
        else if (steps === 0) break;
      }
      epoch.finish();
    } finally {
      await epoch.close();
    }
    return score;
  }

  /** Scores one batch. */
  #add([x, y]: Batch, confusion: number[][] | null): void {
    inEvalMode(this.model, () =>
      noGrad(() => {
        const output = outputOf("evaluate", this.model, x);
        this.#score.add(this.#measure.loss(output, y).item(), output, y);
        const predicted = confusion === null ? null : predictedClasses(output, y);
        if (predicted !== null) count(confusion!, y.toArray(), predicted.toArray(), output.shape[1]);
      }),
    );
  }

  /** The same, as a function to compile. */
  #tally([x, y]: Batch): void {
    inEvalMode(this.model, () =>
      noGrad(() => {
        const output = outputOf("evaluate", this.model, x);
        this.#score.tally(this.#measure.loss(output, y), output, y);
      }),
    );
  }
}

/** Used for each batch and not for the whole loop: between batches other code may use the model. */
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
