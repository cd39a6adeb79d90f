import { describe, expect, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, type Case, call, check, guard, nativeTable, out } from "./harness.js";
import { bytes, floats, integers, threadCounts } from "./samples.js";
import { tolerances } from "./tolerances.js";

describe("crossEntropy", () => {
  const settings = [0, 1, 2].flatMap((reduction) =>
    [0, 0.1].flatMap((smoothing) =>
      [false, true].flatMap((weighted) =>
        [-100, 2].map((ignore) => ({ reduction, smoothing, weighted, ignore })),
      ),
    ),
  );
  const both = (
    rows: number,
    classes: number,
    s: (typeof settings)[number],
    target: Int32Array | Uint8Array,
    spread = 4,
    threads: number[] = [1],
  ) => {
    const x = floats(rows * classes, -spread, spread);
    const weight = s.weighted ? new Buffer(floats(classes, 0.5, 2, 5)) : null;
    const head = [
      s.reduction,
      rows,
      classes,
      s.smoothing,
      s.ignore,
      new Buffer(x),
      new Buffer(target),
      weight,
    ] as const;
    const losses = s.reduction === 0 ? rows : 1;
    const name = `[${rows}, ${classes}] ${JSON.stringify(s)}`;
    check(
      {
        name: `crossEntropy ${name}`,
        kernel: "crossEntropy",
        args: [...head, out(losses), out(rows + 1)],
        tolerance: tolerances["crossEntropy"],
        scale: 8 * spread,
      },
      threads,
    );
    const stats = new Float32Array(rows + 1);
    js.crossEntropy(
      s.reduction,
      rows,
      classes,
      s.smoothing,
      s.ignore,
      x,
      0,
      target,
      0,
      weight === null ? null : weight.array,
      guard,
      new Float32Array(rows),
      0,
      stats,
      0,
    );
    check(
      {
        name: `crossEntropyGrad ${name}`,
        kernel: "crossEntropyGrad",
        args: [...head, new Buffer(stats), new Buffer(floats(losses, 0.5, 2)), out(rows * classes)],
        tolerance: tolerances["crossEntropyGrad"],
        scale: 4,
      },
      threads,
    );
  };

  test.each(settings)("%o", (s) => {
    for (const [rows, classes] of [
      [1, 3],
      [5, 10],
      [33, 17],
      [4, 131],
    ])
      both(rows, classes, s, integers(rows, classes, rows));
    both(7, 10, s, bytes(7, 10));
  });
  test("large, with threads", () => {
    both(1500, 37, settings[8], integers(1500, 37), 4, threadCounts);
    both(700, 300, settings[14], integers(700, 300), 30, threadCounts);
  });
  test("all ignored, and no rows", () => {
    for (const reduction of [0, 1, 2]) {
      both(3, 4, { reduction, smoothing: 0.1, weighted: true, ignore: 2 }, Int32Array.of(2, 2, 2));
      both(0, 4, { reduction, smoothing: 0, weighted: false, ignore: -100 }, new Int32Array(0));
    }
  });
  test("infinite and NaN logits", () => {
    const rows = Float32Array.of(
      -Infinity,
      1,
      2,
      Infinity,
      0,
      0,
      Number.NaN,
      0,
      0,
      -Infinity,
      -Infinity,
      -Infinity,
      3e38,
      -3e38,
      0,
    );
    check({
      name: "crossEntropy of specials",
      kernel: "crossEntropy",
      args: [
        0,
        5,
        3,
        0,
        -100,
        new Buffer(rows),
        new Buffer(Int32Array.of(1, 1, 1, 1, 0)),
        null,
        out(5),
        out(6),
      ],
      tolerance: tolerances["crossEntropy"],
    });
  });
  test("gradient in place over the logits", () => {
    const x = new Buffer(floats(50), "out");
    const stats = new Buffer(Float32Array.of(3, 3, 3, 3, 3, 5));
    check({
      name: "crossEntropyGrad in place",
      kernel: "crossEntropyGrad",
      args: [
        1,
        5,
        10,
        0,
        -100,
        x,
        new Buffer(integers(5, 10)),
        null,
        stats,
        new Buffer(Float32Array.of(1)),
        x,
      ],
      tolerance: tolerances["crossEntropyGrad"],
      scale: 4,
    });
  });
  test("a label that is no class: its row comes back and nothing is written", () => {
    for (const bad of [-1, 10, 2147483647])
      for (const kernel of ["crossEntropy", "crossEntropyGrad"] as const) {
        const target = new Buffer(Int32Array.of(1, 2, bad, 10));
        const tail =
          kernel === "crossEntropy"
            ? [out(1), out(5)]
            : [new Buffer(new Float32Array(5)), new Buffer(new Float32Array(1)), out(40)];
        const c: Case = {
          name: `${kernel} of label ${bad}`,
          kernel,
          args: [1, 4, 10, 0, -100, new Buffer(floats(40)), target, null, ...tail],
        };
        check(c);
        const { status, arrays } = call(nativeTable(), c);
        expect(status).toBe(2);
        expect(arrays[arrays.length - 1].slice(7, -7).every((v) => v === 0)).toBe(true);
      }
  });
});
