import { describe, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, type Case, check, out } from "./harness.js";
import { floats, large, threadCounts, widths } from "./samples.js";
import { tolerances } from "./tolerances.js";

/**
 * [outer, length, inner]: rows, columns, blocks of both, and sizes around widths, lanes, tiles and blocks.
 */
const slices: [number, number, number][] = [
  ...widths.slice(1).map((n): [number, number, number] => [3, n, 1]),
  ...widths.slice(1).map((n): [number, number, number] => [2, 5, n]),
  [1, 1, 1],
  [0, 4, 3],
  [4, 3, 0],
  [2, 128, 10],
  [1, 129, 5],
  [3, 300, 70],
];
const largeSlices: [number, number, number][] = [
  [1, large, 1],
  [17, 5003, 1],
  [1, 4097, 1],
  [2001, 50, 1],
  [1, 5000, 20],
  [1, 128, 512],
  [2, 9000, 3],
  [40, 30, 65],
];
const specialRows: number[][] = [
  [1, Number.NaN, 3],
  [Number.NaN, Number.NaN, Number.NaN],
  [-Infinity, -Infinity, -Infinity],
  [Infinity, 1, 2],
  [Infinity, -Infinity, 0],
  [-0, 0, -0],
  [3e38, 3e38, 3e38],
  [1000, -1000, 0],
  [-Infinity, 5, -Infinity],
  [2, 2, 2],
  [0, Number.NaN, Infinity],
];

type Family = {
  kernel: "reduce" | "argReduce" | "softmax";
  ops: string[];
  outputOf: (o: number, l: number, i: number) => number;
};
const families: Family[] = [
  { kernel: "reduce", ops: ["sum", "prod", "max", "min"], outputOf: (o, _l, i) => o * i },
  { kernel: "argReduce", ops: ["argmax", "argmin"], outputOf: (o, _l, i) => o * i },
  { kernel: "softmax", ops: ["softmax", "logSoftmax"], outputOf: (o, l, i) => o * l * i },
];

for (const { kernel, ops, outputOf } of families)
  describe.each(ops)(`${kernel} %s`, (op) => {
    const sliceCase = (o: number, l: number, i: number, x: Float32Array): Case => {
      const n = outputOf(o, l, i);
      return {
        name: `${op} of [${o}, ${l}, ${i}]`,
        kernel,
        args: [
          op,
          o,
          l,
          i,
          new Buffer(x),
          kernel === "argReduce" ? new Buffer(new Int32Array(n), "out") : out(n),
        ],
        tolerance: tolerances[`${kernel}.${op}`],
        // A sum is as good as the sum of the magnitudes; a log-softmax as its largest term.
        scale: op === "sum" ? l : op === "logSoftmax" ? 16 : 1,
      };
    };
    // Factors around 1, so that a product of 100,000 of them stays in range.
    const values = (n: number) =>
      op === "prod" ? floats(n, -0.3, 0.3).map((v) => 2 ** v) : floats(n, -4, 4);

    test("widths", () => {
      for (const [o, l, i] of slices) check(sliceCase(o, l, i, values(o * l * i)));
    });
    test("large, with threads", () => {
      for (const [o, l, i] of largeSlices) check(sliceCase(o, l, i, values(o * l * i)), threadCounts);
    });
    test("special values and ties", () => {
      const columns = specialRows.length;
      check(sliceCase(columns, 3, 1, Float32Array.from(specialRows.flat())));
      check(
        sliceCase(
          1,
          3,
          columns,
          Float32Array.from([0, 1, 2].flatMap((l) => specialRows.map((row) => row[l]))),
        ),
      );
      if (op === "prod" || op === "sum") return;
      for (const [o, l, i] of slices) check(sliceCase(o, l, i, values(o * l * i).map(Math.round)));
    });
  });

test("reductions of nothing", () => {
  for (const op of ["sum", "prod"])
    for (const inner of [1, 3])
      check({
        name: `${op} of nothing`,
        kernel: "reduce",
        args: [op, 2, 0, inner, new Buffer(new Float32Array(0)), out(2 * inner)],
      });
});

test("softmax in place", () => {
  for (const op of ["softmax", "logSoftmax"]) {
    const x = new Buffer(floats(600), "out");
    check({
      name: `${op} in place`,
      kernel: "softmax",
      args: [op, 3, 10, 20, x, x],
      tolerance: tolerances[`softmax.${op}`],
      scale: 16,
    });
    check({
      name: `${op} in place`,
      kernel: "softmax",
      args: [op, 3, 200, 1, x, x],
      tolerance: tolerances[`softmax.${op}`],
      scale: 16,
    });
  }
});

test.each(["softmax", "logSoftmax"])("softmaxGrad %s", (op) => {
  for (const [o, l, i] of [...slices, ...largeSlices]) {
    const n = o * l * i;
    const y = new Float32Array(n);
    js.softmax(op as "softmax", o, l, i, floats(n), 0, y, 0);
    check(
      {
        name: `softmaxGrad ${op} of [${o}, ${l}, ${i}]`,
        kernel: "softmaxGrad",
        args: [op, o, l, i, new Buffer(y), new Buffer(floats(n, -1, 1, 2)), out(n)],
        tolerance: tolerances[`softmaxGrad.${op}`],
        scale: op === "softmax" ? 1 : Math.sqrt(l),
      },
      n > 20000 ? threadCounts : [1],
    );
  }
});

/**
 * Above 12 MB of output rows go past the caches, through a buffer: short ones (19) by the square, longer ones
 * by groups.
 */
test.each([
  [1601, 2003],
  [168_781, 19],
])("softmax and its gradient of [%i, %i], which fit no cache", (rows, length) => {
  const n = rows * length;
  const [x, g] = [floats(n, -3, 3), new Buffer(floats(n, -1, 1, 2))];
  for (const op of ["softmax", "logSoftmax"] as const) {
    const y = new Float32Array(n);
    js.softmax(op, rows, length, 1, x, 0, y, 0);
    const forward: Case = {
      name: `${op} of [${rows}, ${length}]`,
      kernel: "softmax",
      args: [op, rows, length, 1, new Buffer(x), out(n)],
      tolerance: tolerances[`softmax.${op}`],
      scale: 10,
    };
    const backward: Case = {
      name: `gradient of ${op} of [${rows}, ${length}]`,
      kernel: "softmaxGrad",
      args: [op, rows, length, 1, new Buffer(y), g, out(n)],
      tolerance: tolerances[`softmaxGrad.${op}`],
      scale: op === "softmax" ? 1 : Math.sqrt(length),
    };
    for (const one of [forward, backward]) check(one, [2]);
  }
});
