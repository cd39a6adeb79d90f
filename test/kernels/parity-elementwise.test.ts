import { describe, expect, test } from "vitest";
import { unarySaves } from "../../src/kernels/derivatives.js";
import type { UnaryRow } from "../../src/kernels/row-types.js";
import { binaryRows, compareRows, type UnaryName, unaryRows } from "../../src/kernels/rows.js";
import { specialBinaryRows, specialUnaryRows } from "../../src/kernels/special-rows.js";
import { Buffer, type Case, check } from "./harness.js";
import { bytes, floats, large, specials, widths } from "./samples.js";
import { type Tolerance, tolerances } from "./tolerances.js";
import { ulpBounds } from "./ulp.js";

const dense = (shape: readonly number[]) => {
  const strides = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
};
const product = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);

/** The core rounds its own result: half an ULP more than the function's bound. */
const unaryTolerance = (op: string): Tolerance | undefined =>
  tolerances[`unary.${op}`] ?? (op in ulpBounds ? { ulp: ulpBounds[op] + 0.5 } : undefined);

function unaryCase(op: UnaryName, p: number, q: number, x: Float32Array): Case {
  return {
    name: `unary ${op}(${p}, ${q}) over ${x.length}`,
    kernel: "unary",
    args: [op, p, q, [x.length], new Buffer(x), [1], new Buffer(new Float32Array(x.length), "out")],
    tolerance: unaryTolerance(op),
  };
}

function gradCase(op: UnaryName, p: number, q: number, x: Float32Array): Case {
  const { x: readsX, y: readsY } = unarySaves(op);
  const { f } = unaryRows[op] as UnaryRow;
  const y = x.map((v) => f(v, p, q, Math.tanh));
  const g = floats(x.length, -2, 2, 3);
  return {
    name: `unaryGrad ${op}(${p}, ${q}) over ${x.length}`,
    kernel: "unaryGrad",
    args: [
      op,
      p,
      q,
      x.length,
      readsX ? new Buffer(x) : null,
      readsY ? new Buffer(y) : null,
      new Buffer(g),
      new Buffer(new Float32Array(x.length), "out"),
    ],
    tolerance: tolerances[`unaryGrad.${op}`],
    scale: 4,
  };
}

/** Rows of which there is nothing but JavaScript, and slow ones at that: nothing to compare. */
const inBoth = ([op]: readonly [string, unknown]) => !(op in specialUnaryRows || op in specialBinaryRows);

describe.each((Object.entries(unaryRows) as [UnaryName, UnaryRow][]).filter(inBoth))(
  "unary %s",
  (op, row) => {
    const defaults = Object.values(row.params ?? {});
    const parameters = [[defaults[0] ?? 0, defaults[1] ?? 0] as const, ...(row.samples ?? [])];
    const [low, high] = row.domain;

    test("widths", () => {
      for (const [p, q] of parameters)
        for (const n of widths) check(unaryCase(op, p, q, floats(n, low, high, n)));
    });
    test("large, with threads", () => {
      const [p, q] = parameters[0];
      check(unaryCase(op, p, q, floats(large, 3 * low, 3 * high)), [1, 4]);
    });
    test("special values", () => {
      const [p, q] = parameters[0];
      check(unaryCase(op, p, q, specials));
    });
    test("gradient", () => {
      for (const [p, q] of parameters)
        for (const n of [1, 15, 16, 17, 35]) check(gradCase(op, p, q, floats(n, low, high, n)));
      const [p, q] = parameters[0];
      check(gradCase(op, p, q, floats(large, low, high)), [1, 4]);
    });
    test("gradient at special values", () => {
      const [p, q] = parameters[0];
      check(gradCase(op, p, q, specials));
    });
    test("in place", () => {
      const x = new Buffer(floats(35, low, high), "out");
      check({
        name: `unary ${op} in place`,
        kernel: "unary",
        args: [op, ...parameters[0], [35], x, [1], x],
        tolerance: unaryTolerance(op),
      });
    });
  },
);

/** Operands of a [5, 3, 7] or [70, 9] result: dense, transposed, broadcast, stepped, reversed, a scalar. */
const layouts: { name: string; shape: number[]; strides: number[]; start?: number }[] = [
  { name: "dense", shape: [5, 3, 7], strides: [21, 7, 1] },
  { name: "transposed", shape: [5, 3, 7], strides: [1, 35, 5] },
  { name: "row", shape: [5, 3, 7], strides: [0, 0, 1] },
  { name: "column", shape: [5, 3, 7], strides: [1, 0, 0] },
  { name: "middle", shape: [5, 3, 7], strides: [0, 1, 0] },
  { name: "scalar", shape: [5, 3, 7], strides: [0, 0, 0] },
  { name: "stepped", shape: [5, 3, 7], strides: [60, 20, 2] },
  { name: "reversed", shape: [5, 3, 7], strides: [21, 7, -1], start: 6 },
];
const wide = [
  { name: "dense", shape: [7, 131], strides: [131, 1] },
  { name: "bias", shape: [7, 131], strides: [0, 1] },
  { name: "by row", shape: [7, 131], strides: [1, 0] },
  { name: "scalar", shape: [7, 131], strides: [0, 0] },
];
const needed = ({ shape, strides, start = 0 }: (typeof layouts)[number]) =>
  start + 1 + shape.reduce((sum, size, d) => sum + Math.max(0, (size - 1) * strides[d]), 0);
const operand = (layout: (typeof layouts)[number], seed: number, low: number, high: number) =>
  new Buffer(floats(needed(layout), low, high, seed), "in", layout.start);

test.each(layouts)("unary reads $name operands", (layout) => {
  const out = new Buffer(new Float32Array(product(layout.shape)), "out");
  check({
    name: `square ${layout.name}`,
    kernel: "unary",
    args: ["square", 0, 0, layout.shape, operand(layout, 1, -2, 2), layout.strides, out],
  });
});

describe.each([
  ...Object.entries(binaryRows)
    .filter(inBoth)
    .map(([op, row]) => ["binary", op, row.domain] as const),
  ...Object.keys(compareRows).map((op) => ["compare", op, [-3, 3]] as const),
])("%s %s", (kernel, op, [low, high]) => {
  const make = (n: number) =>
    new Buffer(kernel === "binary" ? new Float32Array(n) : new Uint8Array(n), "out");
  const tolerance = op === "pow" ? { ulp: ulpBounds["pow"] + 0.5 } : undefined;
  /** Few distinct values, so that comparisons meet equal ones. */
  const coarse = (x: Float32Array) => (kernel === "compare" ? x.map(Math.round) : x);
  const pair = (a: Float32Array, b: Float32Array): Case => ({
    name: `${op} over ${a.length}`,
    kernel,
    tolerance,
    args: [op, [a.length], new Buffer(coarse(a)), [1], new Buffer(coarse(b)), [1], make(a.length)],
  });

  test("widths", () => {
    for (const n of widths) check(pair(floats(n, low, high, n), floats(n, low, high, n + 99)));
  });
  test("large, with threads", () => {
    check(pair(floats(large, low, high, 1), floats(large, low, high, 2)), [1, 4]);
  });
  test("special values, each with each", () => {
    const n = specials.length;
    const a = Float32Array.from({ length: n * n }, (_, i) => specials[Math.floor(i / n)]);
    const b = Float32Array.from({ length: n * n }, (_, i) => specials[i % n]);
    check({ ...pair(a, b), args: [op, [n * n], new Buffer(a), [1], new Buffer(b), [1], make(n * n)] });
  });
  test("strided and broadcast operands", () => {
    for (const family of [layouts, wide])
      for (const a of family)
        for (const b of family)
          check({
            name: `${op} of ${a.name} and ${b.name}`,
            kernel,
            tolerance,
            args: [
              op,
              a.shape,
              operand(a, 1, low, high),
              a.strides,
              operand(b, 2, low, high),
              b.strides,
              make(product(a.shape)),
            ],
          });
  });
  test("large broadcast, with threads", () => {
    const shape = [300, 211];
    for (const strides of [
      [0, 1],
      [1, 0],
      [1, 300],
    ])
      check(
        {
          name: `${op} with ${strides}`,
          kernel,
          tolerance,
          args: [
            op,
            shape,
            new Buffer(floats(300 * 211, low, high)),
            dense(shape),
            new Buffer(floats(300 * 211, low, high, 2)),
            strides,
            make(300 * 211),
          ],
        },
        [1, 4],
      );
  });
});

/** Above 12 MB of output stores go past the caches: edges, rows and chunks of other threads must meet. */
test("outputs that fit no cache", () => {
  const shape = [1601, 2003];
  const n = product(shape);
  const x = new Buffer(floats(n, -3, 3));
  const y = new Buffer(floats(n, -3, 3, 2));
  const result = () => new Buffer(new Float32Array(n), "out");
  const kernels: Pick<Case, "kernel" | "args">[] = [
    { kernel: "unary", args: ["relu", 0, 0, [n], x, [1], result()] },
    { kernel: "unaryGrad", args: ["relu", 0, 0, n, null, x, y, result()] },
    { kernel: "binary", args: ["mul", shape, x, dense(shape), y, [0, 1], result()] },
    { kernel: "where", args: [[n], new Buffer(bytes(n, 2)), [1], x, [1], y, [1], result()] },
  ];
  for (const one of kernels) check({ name: `${one.kernel} over ${n}`, ...one }, [2]);
});

test("binary in place over either operand", () => {
  for (const first of [true, false]) {
    const x = new Buffer(floats(1000), "out");
    const y = new Buffer(floats(1000, -3, 3, 2));
    check({
      name: "sub in place",
      kernel: "binary",
      args: ["sub", [1000], first ? x : y, [1], first ? y : x, [1], x],
    });
  }
});

describe("where", () => {
  test("widths and large", () => {
    for (const n of [...widths, large])
      check(
        {
          name: `where over ${n}`,
          kernel: "where",
          args: [
            [n],
            new Buffer(bytes(n, 2)),
            [1],
            new Buffer(floats(n)),
            [1],
            new Buffer(floats(n, -1, 1, 2)),
            [1],
            new Buffer(new Float32Array(n), "out"),
          ],
        },
        n === large ? [1, 4] : [1],
      );
  });
  test.each(layouts)("$name", (layout) => {
    check({
      name: `where ${layout.name}`,
      kernel: "where",
      args: [
        layout.shape,
        new Buffer(bytes(needed(layout), 3), "in", layout.start),
        layout.strides,
        operand(layouts[1], 1, -1, 1),
        layouts[1].strides,
        operand(layouts[5], 2, 5, 6),
        layouts[5].strides,
        new Buffer(new Float32Array(105), "out"),
      ],
    });
  });
});

describe("copy", () => {
  const types = {
    float32: floats(400, 0, 255),
    int32: integers32(400),
    uint8: bytes(400),
    float64: Float64Array.from(floats(400)),
  };
  function integers32(n: number) {
    return Int32Array.from(bytes(n), (v) => v * 1000 - 77777);
  }
  test.each(layouts)("$name", (layout) => {
    for (const [from, values] of Object.entries(types))
      for (const [to, like] of Object.entries(types)) {
        const x = new Buffer(values.slice(0, needed(layout)), "in", layout.start);
        const out = new (like.constructor as Float32ArrayConstructor)(400);
        check({
          name: `copy ${from} to ${to}`,
          kernel: "copy",
          args: [layout.shape, x, layout.strides, new Buffer(out, "out"), dense(layout.shape)],
        });
        const into = [100, 2, 14];
        check({
          name: `copy ${from} into stepped ${to}`,
          kernel: "copy",
          args: [
            layout.shape,
            x,
            layout.strides,
            new Buffer(new (like.constructor as Float32ArrayConstructor)(500), "out"),
            into,
          ],
        });
      }
  });
  test("large: dense, transposed, planes", () => {
    for (const [shape, xs] of [
      [[large], [1]],
      [
        [311, 211],
        [1, 311],
      ],
      [
        [3, 131, 170],
        [1, 3, 393],
      ],
      [
        [40, 31, 60],
        [1860, 1, 31],
      ],
      [[large], [0]],
    ] as const)
      check(
        {
          name: `copy ${shape} from ${xs}`,
          kernel: "copy",
          args: [
            shape,
            new Buffer(floats(100_010)),
            xs,
            new Buffer(new Float32Array(product(shape)), "out"),
            dense(shape),
          ],
        },
        [1, 4],
      );
  });
});

test("the elementary functions state their bounds", () => {
  for (const bound of Object.values(ulpBounds)) expect(bound).toBeLessThanOrEqual(2);
  for (const op of ["exp", "log", "sigmoid", "tanh", "erf"]) expect(ulpBounds[op]).toBeLessThanOrEqual(1.5);
});
