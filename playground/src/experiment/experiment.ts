/** One run: a network, its optimizer and its data, trained epoch by epoch. */
import {
  type Compiled,
  compile,
  data,
  type Generator,
  manualSeed,
  nn,
  noGrad,
  type optim,
  type Tensor,
  train,
} from "simdgrad";
import type { Change, Settings } from "../state/settings.js";
import { compiledLater } from "./compiled-later.js";
import { makeModel, makeOptimizer, makePenalty, setElement } from "./network.js";
import type { Points } from "./points.js";

/** Losses after an epoch. */
export interface Mark {
  readonly epoch: number;
  readonly train: number;
  readonly test: number;
}

/** Why a run goes on no longer. */
export interface Ending {
  readonly why: "not finite" | "stopped early";
  readonly epoch: number;
  readonly step: number;
  /** The epoch with the smallest test loss, if it was stopped early. */
  readonly best?: number;
}

/** Losses are recorded after each of the first epochs, then after each tenth and each hundredth. */
const everyEpoch = 1000;
const isRecorded = (epoch: number) =>
  epoch <= everyEpoch || (epoch <= 10 * everyEpoch ? epoch % 10 === 0 : epoch % 100 === 0);

/** Snapshots of the weights that the path of descent is drawn from; when full, every other one is dropped. */
const mostSnapshots = 256;

export class Experiment {
  readonly model: nn.Sequential;
  readonly #optimizer: optim.Optimizer;
  readonly #loss: nn.Module & { forward(output: Tensor, answer: Tensor): Tensor };
  readonly #loader: Iterable<[Tensor, Tensor]>;
  readonly #step: Compiled<[Tensor, Tensor], Tensor>;
  readonly #lossOf: (x: Tensor, y: Tensor) => Tensor;
  readonly #stopping: train.EarlyStopping | undefined;
  /** The library's generator, which dropout draws from, and its state as this run left it. */
  readonly #generator: Generator;
  #drawn: Int32Array;
  readonly #parameters: Map<string, nn.Parameter>;
  #changes: Change[];
  #snapshots: Float32Array[] = [];
  #snapshotEvery = 1;
  epoch = 0;
  steps = 0;
  ending: Ending | undefined;
  /** Losses that nobody has taken yet. */
  #marks: Mark[] = [];

  constructor(
    readonly settings: Settings,
    readonly points: Points,
  ) {
    const { trainX, trainY, task, classes } = points;
    const { batch, seed, patience } = settings;
    this.#generator = manualSeed(seed);
    this.model = makeModel(settings, trainX.shape[1]!, task === "classes" ? classes.length : 1);
    this.#optimizer = makeOptimizer(settings, this.model);
    this.#parameters = new Map(this.model.namedParameters());
    const losses = { binary: nn.BCEWithLogitsLoss, classes: nn.CrossEntropyLoss, regression: nn.MSELoss };
    this.#loss = new losses[task]() as never;
    const loss = this.#loss;
    const dataset = new data.TensorDataset(trainX, trainY);
    this.#loader = new data.DataLoader(dataset, { batchSize: batch, shuffle: true, seed }) as never;
    const penalty = makePenalty(settings, this.model);
    this.#step = compile((x: Tensor, y: Tensor) => {
      this.#optimizer.zeroGrad();
      const error = loss.forward(this.model.forward(x), y);
      const total = penalty === undefined ? error : error.add(penalty());
      total.backward();
      this.#optimizer.step();
      return total;
    });
    const lossOf = (x: Tensor, y: Tensor) => noGrad(() => loss.forward(this.model.forward(x), y));
    // Two losses for the first mark, and two for the first frame, which is to come soon.
    this.#lossOf = compiledLater(lossOf, 4);
    if (patience > 0) this.#stopping = new train.EarlyStopping({ patience });
    this.#changes = [...settings.changes];
    this.#apply(0);
    this.#drawn = this.#generator.getState();
    this.#record();
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  #apply(epoch: number): void {
    for (const change of this.#changes) if (change.epoch === epoch) this.#applyOne(change);
  }

  #applyOne({ name, index, value }: Change): void {
    if (name === "lr") for (const group of this.#optimizer.paramGroups) group.lr = value;
    else {
      const parameter = this.#parameters.get(name);
      if (parameter !== undefined && index < parameter.numel) setElement(parameter, index, value);
    }
  }

  /** Sets a weight, a bias or the learning rate now. */
  set(name: string, index: number, value: number): void {
    const change = { epoch: this.epoch, name, index, value };
    const replaced = ({ epoch, name: other, index: i }: Change) =>
      epoch === change.epoch && other === name && i === index;
    // What was planned for later would overwrite what somebody sets now.
    this.#changes = this.#changes.filter((old) => old.epoch <= this.epoch && !replaced(old));
    this.#changes.push(change);
    this.#applyOne(change);
    this.ending = undefined;
    if (name === "lr") return;
    // The losses of this epoch are others now.
    this.#marks = this.#marks.filter(({ epoch }) => epoch !== this.epoch);
    this.#marks.push(this.losses());
  }

  /** One pass over the training points. */
  trainEpoch(): void {
    if (this.ending !== undefined) return;
    this.#generator.setState(this.#drawn);
    this.model.train();
    for (const [x, y] of this.#loader) {
      this.steps++;
      if (Number.isFinite(this.#step(x, y).item())) continue;
      this.ending = { why: "not finite", epoch: this.epoch + 1, step: this.steps };
      break;
    }
    this.epoch++;
    this.#drawn = this.#generator.getState();
    this.#apply(this.epoch);
    if (this.ending !== undefined) {
      this.#marks.push(this.losses());
      return;
    }
    this.#record();
  }

  #record(): void {
    if (this.epoch % this.#snapshotEvery === 0) {
      this.#snapshots.push(this.weights());
      if (this.#snapshots.length === mostSnapshots) {
        this.#snapshots = this.#snapshots.filter((_, i) => i % 2 === 0);
        this.#snapshotEvery *= 2;
      }
    }
    if (this.#stopping === undefined && !isRecorded(this.epoch)) return;
    const mark = this.losses();
    this.#marks.push(mark);
    if (this.epoch === 0 || !this.#stopping?.step(mark.test, this.model)) return;
    this.#stopping.restore(this.model);
    this.ending = {
      ...{ why: "stopped early", epoch: this.epoch, step: this.steps, best: this.#stopping.bestStep },
    };
  }

  /** The losses of both parts of the data as the network is now. */
  losses(): Mark {
    const { trainX, trainY, testX, testY } = this.points;
    this.model.eval();
    const train = this.#lossOf(trainX, trainY).item();
    return { epoch: this.epoch, train, test: this.#lossOf(testX, testY).item() };
  }

  /** The losses recorded since the last call. */
  takeMarks(): Mark[] {
    const marks = this.#marks;
    this.#marks = [];
    return marks;
  }

  /** All parameters one after another. */
  weights(): Float32Array {
    const parts = this.model.parameters().map((parameter) => parameter.data as Float32Array);
    const all = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** The weights as they were in the course of the run, the present ones last. */
  path(): Float32Array[] {
    return [...this.#snapshots, this.weights()];
  }

  /** The loss of the training points, as an operation that gradients can be taken of. */
  trainingLoss(): Tensor {
    return this.#loss.forward(this.model.forward(this.points.trainX), this.points.trainY);
  }
}
