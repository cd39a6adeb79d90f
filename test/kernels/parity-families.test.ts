import { describe, expect, test } from "vitest";
import { backend } from "../../src/kernels/backend.js";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, type Case, call, check, guard, nativeTable } from "./harness.js";
import { bytes, floats, integers, large, widths } from "./samples.js";
import { tolerances } from "./tolerances.js";

const out = (n: number) => new Buffer(new Float32Array(n), "out");
const some = [1, 2, 4];

/** [outer, length, inner]: rows, columns, blocks of both, and sizes around widths, lanes, tiles and blocks. */
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
      for (const [o, l, i] of largeSlices) check(sliceCase(o, l, i, values(o * l * i)), some);
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
      n > 20000 ? some : [1],
    );
  }
});

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
    both(1500, 37, settings[8], integers(1500, 37), 4, some);
    both(700, 300, settings[14], integers(700, 300), 30, some);
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

describe("indexing", () => {
  const shapes: [outer: number, length: number, inner: number, count: number][] = [
    [1, 5, 1, 3],
    [2, 5, 3, 9],
    [1, 7, 16, 4],
    [3, 4, 17, 6],
    [1, 10, 131, 20],
    [2, 3, 65, 0],
    [1, 100, 300, 400],
  ];
  test.each(shapes)("[%i, %i, %i] by %i", (outer, length, inner, count) => {
    const n = outer * length * inner;
    const m = outer * count * inner;
    const threads = n > 20000 ? some : [1];
    const index = new Buffer(integers(count, length, 3));
    const each = new Buffer(integers(m, length, 4));
    for (const x of [floats(n), integers(n, 1000), bytes(n), Float64Array.from(floats(n))]) {
      const like = x.constructor as Float32ArrayConstructor;
      check(
        {
          name: "indexSelect",
          kernel: "indexSelect",
          args: [outer, length, inner, count, new Buffer(x), index, new Buffer(new like(m), "out")],
        },
        threads,
      );
      check({
        name: "gather",
        kernel: "gather",
        args: [outer, length, inner, count, new Buffer(x), each, new Buffer(new like(m), "out")],
      });
    }
    check(
      {
        name: "indexAdd",
        kernel: "indexAdd",
        args: [
          outer,
          length,
          inner,
          count,
          index,
          new Buffer(floats(m)),
          new Buffer(floats(n, -1, 1, 8), "out"),
        ],
      },
      threads,
    );
    check({
      name: "scatterAdd",
      kernel: "scatterAdd",
      args: [
        outer,
        length,
        inner,
        count,
        each,
        new Buffer(floats(m)),
        new Buffer(floats(n, -1, 1, 8), "out"),
      ],
    });
  });
  test("an index out of range: its position comes back and nothing is written", () => {
    for (const bad of [-1, 5, -2147483648]) {
      const index = new Buffer(Int32Array.of(0, 4, bad, 9));
      for (const c of [
        {
          name: "indexSelect",
          kernel: "indexSelect",
          args: [1, 5, 2, 4, new Buffer(floats(10)), index, out(8)],
        },
        { name: "indexAdd", kernel: "indexAdd", args: [1, 5, 2, 4, index, new Buffer(floats(8)), out(10)] },
        { name: "gather", kernel: "gather", args: [1, 5, 1, 4, new Buffer(floats(5)), index, out(4)] },
        {
          name: "scatterAdd",
          kernel: "scatterAdd",
          args: [1, 5, 1, 4, index, new Buffer(floats(4)), out(5)],
        },
        {
          name: "takeRows",
          kernel: "takeRows",
          args: [4, 5, 3, 1, 0, new Buffer(bytes(15)), index, out(12)],
        },
      ] as Case[]) {
        check(c);
        const { status, arrays } = call(nativeTable(), c);
        expect(status).toBe(2);
        expect(arrays[arrays.length - 1].slice(7, -7).every((v) => v === 0)).toBe(true);
      }
    }
  });
  test("takeRows", () => {
    for (const width of [...widths, 784]) {
      const index = new Buffer(integers(70, 20));
      for (const x of [bytes(20 * width), floats(20 * width)])
        check(
          {
            name: `takeRows of ${width}`,
            kernel: "takeRows",
            args: [70, 20, width, 1 / 255 / 0.3081, -0.1307 / 0.3081, new Buffer(x), index, out(70 * width)],
          },
          width === 784 ? some : [1],
        );
    }
  });
});

describe("optimizers", () => {
  const hyper = (values: number[]) => new Buffer(Float64Array.from(values));
  const at = (t: number) => new Buffer(Float64Array.of(t));
  const sizes = [...widths, large];
  const threads = (n: number) => (n === large ? some : [1]);

  test.each([0, 1, 2, 3])("sgdStep, flags %i", (flags) => {
    for (const n of flags === 1 ? sizes : [19])
      for (const [lr, momentum, dampening, decay] of [
        [0.1, 0, 0, 0],
        [0.1, 0.9, 0, 0],
        [0.01, 0.9, 0.1, 1e-2],
      ])
        for (const step of [1, 5])
          for (const buffer of momentum
            ? [new Buffer(floats(n, -1, 1, 3), "out")]
            : [null, new Buffer(floats(n, -1, 1, 3), "out")])
            check(
              {
                name: `sgdStep of ${n} at ${step}`,
                kernel: "sgdStep",
                tolerance: tolerances["sgdStep"],
                args: [
                  n,
                  flags,
                  new Buffer(floats(n), "out"),
                  new Buffer(floats(n, -1, 1, 2)),
                  buffer,
                  at(step),
                  hyper([lr, momentum, dampening, decay]),
                ],
              },
              threads(n),
            );
  });
  test.each([0, 1, 2, 3, 4, 7])("adamStep, flags %i", (flags) => {
    for (const n of flags === 0 ? sizes : [19])
      for (const decay of [0, 1e-2])
        for (const step of [1, 2, 1000, 1e6])
          check(
            {
              name: `adamStep of ${n} at ${step}`,
              kernel: "adamStep",
              tolerance: tolerances["adamStep"],
              args: [
                n,
                flags,
                new Buffer(floats(n), "out"),
                new Buffer(floats(n, -1, 1, 2)),
                new Buffer(floats(n, -1, 1, 3), "out"),
                new Buffer(floats(n, 0, 1, 4), "out"),
                flags & 2 ? new Buffer(floats(n, 0, 1, 5), "out") : null,
                at(step),
                hyper([1e-3, 0.9, 0.999, 1e-8, decay]),
              ],
            },
            threads(n),
          );
  });
});

describe("random numbers are the core's, to the bit", () => {
  const states = [
    [0, 0, 0, 0],
    [123, -5, 7, 0],
    [1, 2, -2, 0],
    [1, 2, -1, -1],
  ];
  test.each([
    ["uniform", 0, 1],
    ["uniform", -0.3, 0.7],
    ["normal", 0, 1],
    ["normal", 2, 0.02],
    ["dropout", 0.5, 0],
    ["dropout", 0.1, 0],
    ["dropout", 0, 0],
    ["dropout", 1 / 3, 0],
  ] as const)("%s %d %d", (kind, p, q) => {
    for (const state of states)
      for (const n of [...widths, large])
        check(
          {
            name: `${kind} of ${n} from ${state}`,
            kernel: "random",
            args: [kind, p, q, n, new Buffer(Int32Array.from(state), "out"), out(n)],
          },
          n === large ? some : [1],
        );
  });
  test("permutation", () => {
    for (const state of states)
      for (const n of [0, 1, 2, 3, 100, 5000])
        check({
          name: `permutation of ${n}`,
          kernel: "permutation",
          args: [n, new Buffer(Int32Array.from(state), "out"), new Buffer(new Int32Array(n), "out")],
        });
  });
});

test("other threads do run chunks", () => {
  backend.use("native");
  backend.setThreads(2);
  const before = backend.workerChunks;
  const c: Case = {
    name: "sum",
    kernel: "binary",
    args: [
      "add",
      [2_000_000],
      new Buffer(floats(2_000_000)),
      [1],
      new Buffer(floats(2_000_000)),
      [1],
      out(2_000_000),
    ],
  };
  for (let i = 0; i < 20 && backend.workerChunks === before; i++) call(nativeTable(), c);
  expect(backend.workerChunks).toBeGreaterThan(before);
});

test("every kernel of the table and every op has C++", () => {
  backend.use("native");
  expect(backend.fallbacks).toEqual([]);
});
