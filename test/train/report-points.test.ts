import { describe, expect, test } from "vitest";
import type { FitProgress } from "../../src/index.js";
import { Measured } from "../../src/train/report/measured.js";
import { Pace } from "../../src/train/report/pace.js";
import { type Point, Points, thinned } from "../../src/train/report/points.js";

const point = (i: number, samples: number): Point => ({
  ...{ step: i + 1, epoch: i / 100, seconds: i + 1, span: 1, samples },
  ...{ loss: i, accuracy: (i + 1) % 2, lr: 1 / (i + 1) },
});

describe("the points of a curve", () => {
  test.each([1, 399, 400, 401, 5000])("of %i stay means over all samples", (count) => {
    const points = new Points();
    const all = Array.from({ length: count }, (_, i) => point(i, 1 + (i % 7)));
    for (const one of all) points.add(one);
    const kept = points.all;
    expect(kept.length).toBeLessThanOrEqual(400);
    if (count > 1000) expect(kept.length).toBeGreaterThan(150);
    const total = (list: readonly Point[], of: (p: Point) => number) =>
      list.reduce((sum, p) => sum + of(p), 0);
    for (const of of [
      (p: Point) => p.samples,
      (p: Point) => p.span,
      (p: Point) => p.loss * p.samples,
      (p: Point) => p.accuracy! * p.samples,
    ])
      expect(total(kept, of)).toBeCloseTo(total(all, of), 4);
    expect(kept.at(-1)).toMatchObject({ step: count, seconds: count, lr: 1 / count });
    expect(kept.every((p, i) => i === 0 || p.step > kept[i - 1].step)).toBe(true);
  });

  test("are of even length, also at the end", () => {
    const points = new Points();
    for (let i = 0; i < 3000; i++) points.add(point(i, 1));
    const spans = points.all.slice(0, -1).map(({ span }) => span);
    expect(Math.max(...spans) / Math.min(...spans)).toBeLessThanOrEqual(2);
  });

  test("of a list keep the first and the last", () => {
    const list = Array.from({ length: 1000 }, (_, i) => i);
    expect(thinned(list, 3)).toEqual([0, 500, 999]);
    expect(thinned([1, 2], 3)).toEqual([1, 2]);
  });
});

describe("a point", () => {
  const event = (step: number, loss: number, accuracy: number | null, more: object = {}) =>
    ({
      type: "progress",
      epoch: 1,
      epochs: 2,
      step,
      steps: 20,
      lr: 0.1,
      loss,
      accuracy,
      ...more,
    }) as FitProgress;

  test("is about the samples since the point before it, also in an epoch that is resumed", () => {
    const measured = new Measured();
    // An earlier run has trained on 40 samples with a mean loss of 3.
    measured.epoch(event(4, 3, 0.5), 40, 0);
    const first = measured.take(event(5, 2.6, 0.6), 50, 1)!;
    const second = measured.take(event(6, 2.5, 0.5), 60, 3)!;
    expect(measured.take(event(6, 2.5, 0.5), 60, 3)).toBeNull();
    expect([first.loss, first.accuracy, first.samples, first.span]).toEqual([1, expect.closeTo(1), 10, 1]);
    expect([second.loss, second.accuracy, second.samples, second.span]).toEqual([
      2,
      expect.closeTo(0),
      10,
      2,
    ]);
    expect([first.epoch, second.epoch]).toEqual([0.5, 0.6]);
    measured.epoch(event(10, Number.NaN, null), 0, 5);
    const third = measured.take(event(20, 0.25, null, { epoch: 2, type: "epoch" }), 100, 6)!;
    expect(third).toMatchObject({ loss: 0.25, accuracy: null, samples: 100, span: 1, epoch: 2 });
    expect(measured.curves()).toMatchObject({ step: [5, 6, 20], rate: [10, 5, 100], accuracy: [1, 0, null] });
  });
});

describe("work beside training", () => {
  test("takes at most its share of the time", () => {
    const pace = new Pace(0.01, 1);
    expect(pace.due(0.4, 5)).toBe(false);
    expect(pace.due(0.5, 5)).toBe(true);
    let spent = 0;
    let times = 0;
    for (let seconds = 0; seconds < 10; seconds += 0.01) {
      if (!pace.due(seconds, 5)) continue;
      const start = performance.now();
      pace.spend(seconds, () => {
        while (performance.now() - start < 2);
      });
      spent += performance.now() - start;
      times++;
    }
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThanOrEqual(10);
    // The last time may take longer than the one before it.
    expect(spent).toBeLessThan(100 + (spent / times) * 3);
  });

  test("counts only what training does not need", () => {
    const pace = new Pace(0.01);
    const start = performance.now();
    pace.spend(
      1,
      () => {
        while (performance.now() - start < 2);
      },
      1000,
    );
    expect(pace.due(1, 1000)).toBe(true);
  });
});
