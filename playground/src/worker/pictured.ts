/** A run together with what is drawn of it. */
import { noGrad, type Tensor } from "simdgrad";
import type { CsvPlan } from "../experiment/csv-plan.js";
import { diagnose, type LayerFacts } from "../experiment/diagnosis.js";
import { Experiment } from "../experiment/experiment.js";
import {
  type Frame,
  frameOf,
  gridInputs,
  inputPictures,
  largeMap,
  Maps,
  placesOf,
} from "../experiment/maps.js";
import { makePoints } from "../experiment/points.js";
import { largeSide, smallSide } from "../experiment/sides.js";
import { lossSurface, type Surface } from "../experiment/surface.js";
import type { Settings } from "../state/settings.js";
import type { FrameRequest, Pictures, RunFacts, RunProgress } from "./messages.js";

export class Pictured {
  #frame: Frame | undefined;
  #axes = "";
  #small!: Tensor;
  #large!: Tensor;
  readonly #maps: Maps;

  private constructor(
    readonly id: number,
    readonly experiment: Experiment,
  ) {
    this.#maps = new Maps(experiment.model, experiment.points.task);
  }

  static async make(id: number, settings: Settings, file?: CsvPlan): Promise<Pictured> {
    return new Pictured(id, new Experiment(settings, await makePoints(settings, file)));
  }

  /** What the page has to know before it draws; undefined if nothing has changed. */
  factsFor(axes: readonly [number, number]): RunFacts | undefined {
    if (this.#axes === axes.join()) return undefined;
    this.#axes = axes.join();
    const { settings, points } = this.experiment;
    const frame = frameOf(settings, points, axes);
    const columns = points.table.shape[1]!;
    this.#frame = frame;
    this.#small = gridInputs(settings, columns, frame, smallSide);
    this.#large = gridInputs(settings, columns, frame, largeSide);
    const { task, classes, trained, trainY, testY, rows } = points;
    const answers = [trainY, testY].flatMap((y) => [...(y.contiguous().data as Float32Array)]);
    const total = points.table.shape[0]!;
    return {
      ...{ task, columns: points.columns, classes, trained, total, rows, frame },
      outputs: task === "classes" ? classes.length : 1,
      ...{ places: placesOf(points, frame), answers: new Float32Array(answers.slice(0, total)) },
      inputs: inputPictures(this.#small),
    };
  }

  progress(): RunProgress {
    const { epoch, steps, ending, changes } = this.experiment;
    const now = this.experiment.losses();
    return { id: this.id, epoch, steps, marks: this.experiment.takeMarks(), now, ending, changes };
  }

  pictures({ unit, space }: FrameRequest): Pictures | undefined {
    if (this.#frame === undefined) return undefined;
    const { model, points, settings } = this.experiment;
    model.eval();
    const small = this.#maps.units(this.#small);
    const large = largeMap(this.#maps, this.#large, unit, settings.hidden.length);
    const weights = this.experiment.weights();
    const right = [
      this.#right(points.trainX, points.trainY),
      this.#right(points.testX, points.testY),
    ] as const;
    const outputs = space === undefined ? undefined : this.#maps.layer(points.trainX, space);
    return {
      ...{ small, large, unit, weights, right },
      space: outputs && { layer: space!, outputs },
    };
  }

  /** The share of right answers. */
  #right(x: Tensor, y: Tensor): number {
    const { model, points } = this.experiment;
    if (points.task === "regression") return Number.NaN;
    return noGrad(() => {
      const output = model.forward(x);
      const right = points.task === "binary" ? output.gt(0).eq(y.bool()) : output.argmax(1).eq(y);
      return right.sum().item() / x.shape[0]!;
    });
  }

  diagnosis(): LayerFacts[] {
    return diagnose(this.experiment);
  }

  surface(pair: readonly [number, number]): Surface {
    return lossSurface(this.experiment, pair);
  }
}
