/** The classes that a trained model gives to samples: its confusions, and the samples it is most wrong on. */
import { noGrad } from "../../autograd/grad-mode.js";
import { takeTurn, turnIsDue } from "../../event-loop.js";
import type { Module } from "../../nn/module.js";
import { softmax } from "../../ops/layers/softmax.js";
import { select } from "../../ops/shape/views.js";
import { defaultGenerator } from "../../random.js";
import type { Tensor } from "../../tensor/tensor.js";
import { batchesOf, checkBatch, type TrainingData } from "../batches.js";
import { inEvalMode } from "../evaluate.js";
import { outputOf } from "../given.js";
import { classification, predictedClasses } from "../score.js";
import { matrixPicture, pictureOf } from "./pictures.js";
import { type Classified, num, type Part } from "./run-data.js";

const BATCH = 256;
/** Samples that are shown. */
const MOST_WRONG = 24;
const MOST_PAIRS = 20;
/** More classes have no table, but a picture. */
const LARGEST_TABLE = 25;
/** More classes are not counted. */
const MOST_CLASSES = 20_000;
/** First values of a sample that is no picture. */
const VALUES = 6;

export interface Source {
  readonly name: string;
  readonly data: TrainingData;
  /** Number of samples, if it is known. */
  readonly length: number | null;
}

export interface Shown {
  readonly classes?: readonly string[];
  readonly image?: readonly number[];
}

interface Wrong {
  readonly index: number;
  readonly loss: number;
  readonly target: number;
  readonly predicted: number;
  readonly confidence: number;
  readonly x: Tensor;
}

/** What the samples so far have come to. */
class Tally {
  samples = 0;
  loss = 0;
  right = 0;
  classes = 0;
  wrong: Wrong[] = [];
  readonly counts = new Map<number, number>();

  /** Adds a batch. Returns false if it is no classification. */
  add(model: Module, x: Tensor, y: Tensor): boolean {
    const output = outputOf("report", model, x);
    const chosen = predictedClasses(output, y);
    if (chosen === null || output.shape[1] > MOST_CLASSES || output.shape[1] < 2) return false;
    this.classes = output.shape[1];
    const losses = classification("report", output, y, "none").toArray() as number[];
    const [predicted, targets] = [chosen.toArray(), y.toArray()] as number[][];
    const shares = softmax(output, 1);
    const found: Wrong[] = [];
    for (const [i, target] of targets.entries()) {
      if (target < 0) continue; // a target that the loss ignores
      this.samples++;
      this.loss += losses[i];
      const at = target * this.classes + predicted[i];
      this.counts.set(at, (this.counts.get(at) ?? 0) + 1);
      if (predicted[i] === target) this.right++;
      else
        found.push({
          ...{ index: this.read + i, loss: losses[i], target, predicted: predicted[i] },
          ...{ confidence: Number.NaN, x: select(x, 0, i) },
        });
    }
    this.read += targets.length;
    const before = this.wrong;
    const rank = ({ loss }: Wrong) => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);
    this.wrong = [...before, ...found]
      .sort((a, b) => rank(b) - rank(a) || a.index - b.index)
      .slice(0, MOST_WRONG)
      // A view would keep the whole batch in memory.
      .map((wrong) =>
        before.includes(wrong)
          ? wrong
          : {
              ...wrong,
              x: wrong.x.clone(),
              confidence:
                shares.data[(wrong.index - this.read + targets.length) * this.classes + wrong.predicted],
            },
      );
    return true;
  }

  /** Rows of the data so far. */
  read = 0;
}

/**
 * Reads the data for at most so many milliseconds. It leaves the state of the random generator unchanged.
 */
export async function classified(
  model: Module,
  source: Source,
  milliseconds: number,
  shown: Shown,
): Promise<Part<Classified>> {
  const tally = new Tally();
  const until = performance.now() + milliseconds;
  const state = defaultGenerator.getState();
  try {
    for await (const batch of batchesOf("report", source.data, { batchSize: BATCH, shuffle: false })) {
      const [x, y] = checkBatch("report", batch);
      if (!inEvalMode(model, () => noGrad(() => tally.add(model, x, y))))
        return { missing: "The model does not choose one of several classes for each sample." };
      if (performance.now() >= until) break;
      if (turnIsDue()) await takeTurn();
    }
  } finally {
    defaultGenerator.setState(state);
  }
  if (tally.samples === 0) return { missing: `There are no samples: ${source.name}.` };
  return described(tally, source, shown);
}

function described(
  tally: Tally,
  { name, length }: Source,
  { classes: names = [], image }: Shown,
): Classified {
  const { classes, counts, samples } = tally;
  const count = (row: number, column: number) => counts.get(row * classes + column) ?? 0;
  const byClass = Array.from({ length: classes }, (): [number, number] => [0, 0]);
  for (const [at, n] of counts) {
    const [row, column] = [Math.floor(at / classes), at % classes];
    byClass[row][0] += n;
    if (row === column) byClass[row][1] += n;
  }
  const pairs = [...counts]
    .map(([at, n]) => ({ target: Math.floor(at / classes), predicted: at % classes, count: n }))
    .filter(({ target, predicted }) => target !== predicted)
    .sort((a, b) => b.count - a.count || a.target - b.target || a.predicted - b.predicted);
  const table = classes <= LARGEST_TABLE;
  const all = Array.from({ length: classes }, (_, i) => i);
  return {
    ...{ source: name, samples, of: length },
    loss: num(tally.loss / samples),
    accuracy: num(tally.right / samples),
    classes: all.map((i) => names[i] ?? String(i)),
    counts: table ? all.map((row) => all.map((column) => count(row, column))) : null,
    png: table ? null : matrixPicture(classes, count),
    byClass,
    pairs: pairs.slice(0, MOST_PAIRS),
    wrong: tally.wrong.map(({ index, loss, target, predicted, confidence, x }) => {
      const picture = pictureOf(x, image);
      const values = picture === null ? (x.flatten().toArray() as number[]).slice(0, VALUES) : [];
      return {
        ...{ index, loss: num(loss), target, predicted, confidence: num(confidence) },
        ...{ png: picture?.png ?? null, width: picture?.width ?? 0, height: picture?.height ?? 0 },
        values: values.map(num),
      };
    }),
  };
}
