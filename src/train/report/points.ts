/** The curves of a run: measured between two looks, thinned while the run grows longer. */

/** A stretch of training, from the point before it on. */
export interface Point {
  /** Number of optimizer steps at its end. */
  readonly step: number;
  /** Epochs at its end: 1.5 is the middle of the second. */
  readonly epoch: number;
  /** Seconds of training at its end. */
  readonly seconds: number;
  /** Length in seconds. */
  readonly span: number;
  readonly samples: number;
  /** Means over these samples. */
  readonly loss: number;
  readonly accuracy: number | null;
  /** At its end. */
  readonly lr: number;
}

/** More points than a chart has pixels are never drawn. */
const MOST = 400;

/** At most so many points: neighbours are joined when there are more. */
export class Points {
  #points: Point[] = [];
  /** The least seconds that a point stands for. */
  #span = 0;

  get all(): readonly Point[] {
    return this.#points;
  }

  add(point: Point): void {
    const last = this.#points.at(-1);
    // The last event may say only more of the samples of the step before it.
    if (last !== undefined && (last.span < this.#span || last.step === point.step))
      this.#points.push(joined(this.#points.pop()!, point));
    else this.#points.push(point);
    if (this.#points.length <= MOST) return;
    const halved: Point[] = [];
    for (let i = 0; i < this.#points.length; i += 2) {
      const [first, second] = [this.#points[i], this.#points[i + 1]];
      halved.push(second === undefined ? first : joined(first, second));
    }
    this.#points = halved;
    this.#span = halved.reduce((sum, { span }) => sum + span, 0) / halved.length;
  }
}

function joined(a: Point, b: Point): Point {
  const samples = a.samples + b.samples;
  const mean = (x: number, y: number) => (x * a.samples + y * b.samples) / samples;
  return {
    ...b,
    span: a.span + b.span,
    samples,
    loss: mean(a.loss, b.loss),
    accuracy: a.accuracy === null || b.accuracy === null ? null : mean(a.accuracy, b.accuracy),
  };
}

/** Keeps at most about so many of many items, evenly, the first and the last among them. */
export function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}
