import { describe, expect, test } from "vitest";
import { backend } from "../../src/kernels/backend.js";
import type { RuleName } from "../../src/kernels/js/rules.js";
import { Buffer, type Case, call, check, nativeTable, out } from "./harness.js";
import { floats, large, threadCounts, widths } from "./samples.js";
import { tolerances } from "./tolerances.js";

describe("optimizers", () => {
  const hyper = (values: number[]) => new Buffer(Float64Array.from(values));
  const at = (t: number) => new Buffer(Float64Array.of(t));
  const sizes = [...widths, large];
  const threads = (n: number) => (n === large ? threadCounts : [1]);

  test("increment", () => {
    for (const n of [0, 1, 5])
      check({
        name: `increment of ${n}`,
        kernel: "increment",
        args: [n, new Buffer(Float64Array.from([0, 7, 2 ** 53, -1.5, Number.NaN]), "out")],
      });
  });
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

  describe("rules, to the bit", () => {
    // The options of each, everything that can be switched on off and on; the last number of nadam is what
    // 0.96 comes to.
    const options = {
      adagrad: [
        [0.01, 0, 0, 0, 1e-10, 0],
        [0.01, 0.1, 1e-2, 0.5, 1e-10, 1],
      ],
      rmsprop: [
        [0.01, 0.99, 1e-8, 0, 0, 0, 0],
        [0.01, 0.99, 1e-8, 1e-2, 0.9, 1, 1],
        [0.01, 0.9, 1e-8, 0, 0.9, 0, 0],
        [0.01, 0.9, 1e-8, 0, 0, 1, 0],
      ],
      adadelta: [
        [1, 0.9, 1e-6, 0, 0],
        [1, 0.9, 1e-6, 1e-2, 1],
      ],
      adamax: [
        [2e-3, 0.9, 0.999, 1e-8, 0, 0],
        [2e-3, 0.9, 0.999, 1e-8, 1e-2, 1],
      ],
      nadam: [
        [2e-3, 0.9, 0.999, 1e-8, 0, 4e-3, 0, 0, 0.96 ** 4e-3],
        [2e-3, 0.9, 0.999, 1e-8, 1e-2, 4e-3, 0, 0, 0.96 ** 4e-3],
        [2e-3, 0.9, 0.999, 1e-8, 1e-2, 0.1, 1, 1, 0.96 ** 0.1],
      ],
      radam: [
        [1e-3, 0.9, 0.999, 1e-8, 0, 0, 0],
        [1e-3, 0.9, 0.999, 1e-8, 1e-2, 0, 0],
        [1e-3, 0.9, 0.999, 1e-8, 1e-2, 1, 1],
      ],
      rprop: [
        [1e-2, 0.5, 1.2, 1e-6, 50, 0],
        [1e-2, 0.5, 1.2, 0.3, 0.6, 1],
      ],
    } satisfies Record<RuleName, number[][]>;
    /**
     * With values that no step should meet, and does: NaN, infinities, zeros of both signs, products that
     * underflow in floats.
     */
    const gradient = (n: number) => {
      const g = floats(n, -1, 1, 2);
      g.set([Number.NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30].slice(0, n));
      return g;
    };

    test.each(Object.entries(options))("%s", (rule, rows) => {
      for (const row of rows)
        for (const step of [1, 2, 7, 1e5])
          for (const n of row === rows[0] ? sizes : [19])
            check(
              {
                name: `${rule} of ${n} at ${step}, ${row}`,
                kernel: "ruleStep",
                args: [
                  rule,
                  n,
                  new Buffer(floats(n), "out"),
                  new Buffer(gradient(n)),
                  new Buffer(floats(n, rule === "rprop" ? -1 : 0, 1, 3), "out"),
                  new Buffer(floats(n, 0, 1, 4), "out"),
                  new Buffer(floats(n, -0.1, 0.1, 5), "out"),
                  at(step),
                  hyper(row),
                ],
              },
              threads(n),
            );
    });
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
          n === large ? threadCounts : [1],
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
