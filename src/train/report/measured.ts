/** What happened between two looks at a run. */
import type { FitProgress } from "../fit-progress.js";
import { type Point, Points } from "./points.js";
import { type Curves, type EpochRow, num, numOrNull } from "./run-data.js";

/** Sums over the samples of an epoch so far. */
interface Sums {
  readonly samples: number;
  readonly loss: number;
  readonly right: number;
}

const sumsOf = ({ loss, accuracy }: FitProgress, samples: number): Sums =>
  samples === 0
    ? { samples: 0, loss: 0, right: 0 }
    : { samples, loss: loss * samples, right: (accuracy ?? 0) * samples };

export class Measured {
  readonly #points = new Points();
  #sums: Sums = { samples: 0, loss: 0, right: 0 };
  #seconds = 0;

  /** An epoch begins, with the samples of an earlier run. */
  epoch(event: FitProgress, samples: number, seconds: number): void {
    this.#sums = sumsOf(event, samples);
    this.#seconds = seconds;
  }

  /** The stretch since the last look; null if nothing was trained. */
  take(event: FitProgress, samples: number, seconds: number): Point | null {
    const sums = sumsOf(event, samples);
    const n = sums.samples - this.#sums.samples;
    if (n <= 0) return null;
    const { step, steps, epochs, epoch, lr, accuracy, type } = event;
    const perEpoch = steps / epochs;
    const within = type === "epoch" ? 1 : Math.min(1, (step - (epoch - 1) * perEpoch) / perEpoch);
    const point: Point = {
      ...{ step, lr, seconds, span: seconds - this.#seconds, samples: n },
      epoch: epoch - 1 + (Number.isFinite(within) ? within : 0.5),
      loss: (sums.loss - this.#sums.loss) / n,
      accuracy: accuracy === null ? null : (sums.right - this.#sums.right) / n,
    };
    this.#sums = sums;
    this.#seconds = seconds;
    this.#points.add(point);
    return point;
  }

  curves(): Curves {
    const points = this.#points.all;
    return {
      step: points.map(({ step }) => step),
      epoch: points.map(({ epoch }) => num(epoch)),
      seconds: points.map(({ seconds }) => num(seconds)),
      loss: points.map(({ loss }) => num(loss)),
      accuracy: points.map(({ accuracy }) => numOrNull(accuracy)),
      lr: points.map(({ lr }) => num(lr)),
      rate: points.map(({ samples, span }) => num(samples / span)),
    };
  }
}

export function epochRow(event: FitProgress, seconds: number): EpochRow {
  const { epoch, step, loss, accuracy, validation, lr } = event;
  return {
    ...{ epoch, step, seconds: num(seconds), loss: num(loss), accuracy: numOrNull(accuracy), lr: num(lr) },
    validationLoss: numOrNull(validation?.loss),
    validationAccuracy: numOrNull(validation?.accuracy),
  };
}
