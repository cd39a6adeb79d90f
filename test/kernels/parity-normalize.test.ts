import { describe, expect, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import fc from "../property.js";
import { call, check, Buffer as Guarded, guard, nativeTable, out } from "./harness.js";
import { floats, threadCounts } from "./samples.js";
import { tolerances } from "./tolerances.js";

const product = (sizes: readonly number[]) => sizes.reduce((n, size) => n * size, 1);
const bytesOf = (x: Float32Array) => new Uint8Array(x.buffer);
const threadsFor = (n: number) => (n > 20000 ? threadCounts : [1]);
const given = (n: number, seed: number) => new Guarded(floats(n, -1, 1, seed), "out");

interface Parts {
  weight: boolean;
  bias: boolean;
}
const affine = { weight: fc.boolean(), bias: fc.boolean() };

interface Groups extends Parts {
  sizes: readonly [samples: number, groups: number, channels: number, inner: number];
  centered: boolean;
  needs: readonly [x: boolean, weight: boolean, bias: boolean];
  add: readonly [weight: number, bias: number];
}

function checkGroups({ sizes, weight, bias, centered, needs, add }: Groups): void {
  const [samples, groups, channels] = sizes;
  const [n, rows, params] = [product(sizes), samples * groups, groups * channels];
  const name = JSON.stringify({ sizes, weight, bias, centered, needs, add });
  const x = floats(n, -2, 3, 5);
  const [w, b] = [
    weight ? new Guarded(floats(params, 0.5, 1.5, 6)) : null,
    bias ? new Guarded(floats(params, -1, 1, 7)) : null,
  ];
  const [mean, variance] = [out(rows), out(rows)];
  const threads = threadsFor(n);
  check(
    {
      ...{ name: `normalize ${name}`, kernel: "normalize", tolerance: tolerances["normalize"], scale: 4 },
      args: [...sizes, 1e-5, new Guarded(x), w, b, out(n), centered ? mean : null, variance],
    },
    threads,
  );
  const [means, variances] = [new Float32Array(rows), new Float32Array(rows)];
  const result = new Float32Array(n);
  js.normalize(
    ...([...sizes, 1e-5, x, 0, null, 0, null, 0, result, 0] as const),
    ...([centered ? means : null, 0, variances, 0] as const),
  );
  check(
    {
      ...{ name: `normalizeGrad ${name}`, kernel: "normalizeGrad", tolerance: tolerances["normalizeGrad"] },
      scale: Math.sqrt(n / Math.max(1, params)) + 8,
      args: [
        ...[...sizes, 1e-5, new Guarded(x), w, centered ? new Guarded(means) : null, new Guarded(variances)],
        ...[new Guarded(floats(n, -1, 1, 8)), ...add],
        ...[
          needs[0] ? out(n) : null,
          needs[1] ? given(params, 9) : null,
          needs[2] ? given(params, 10) : null,
        ],
      ],
    },
    threads,
  );
}

interface Batch extends Parts {
  sizes: readonly [samples: number, channels: number, inner: number];
  training: boolean;
  running: boolean;
  cumulative: number;
  needs: readonly [x: boolean, weight: boolean, bias: boolean];
  add: readonly [weight: number, bias: number];
}

function checkBatch({ sizes, weight, bias, training, running, cumulative, needs, add }: Batch): void {
  const [samples, channels, inner] = sizes;
  const n = product(sizes);
  const name = JSON.stringify({ sizes, weight, bias, training, running, cumulative, needs, add });
  const x = floats(n, -2, 3, 5);
  const [w, b] = [
    weight ? new Guarded(floats(channels, 0.5, 1.5, 6)) : null,
    bias ? new Guarded(floats(channels, -1, 1, 7)) : null,
  ];
  const threads = threadsFor(n);
  const tolerance = tolerances["normalize"];
  const [means, variances] = [floats(channels, -1, 1, 3), floats(channels, 0.5, 2, 4)];
  const head = [...sizes, 1e-5, new Guarded(x), w] as const;
  if (training) {
    const count = new Guarded(Int32Array.of(3), "out");
    const moved = running
      ? [
          new Guarded(floats(channels, -1, 1, 11), "out"),
          new Guarded(floats(channels, 0.5, 2, 12), "out"),
          count,
        ]
      : [null, null, null];
    check(
      {
        ...{ name: `batchNorm ${name}`, kernel: "batchNorm", tolerance, scale: 4 },
        args: [...head, b, 0.1, cumulative, ...moved, out(n), out(channels), out(channels)],
      },
      threads,
    );
    if (samples * inner > 0)
      js.batchNorm(
        ...([...sizes, 1e-5, x, 0, null, 0, null, 0, 0, 0, null, 0, null, 0, null, 0] as const),
        ...([new Float32Array(n), 0, means, 0, variances, 0] as const),
      );
  } else
    check(
      {
        ...{ name: `batchNormEval ${name}`, kernel: "batchNormEval", tolerance, scale: 4 },
        args: [...head, b, new Guarded(means), new Guarded(variances), out(n)],
      },
      threads,
    );
  check(
    {
      ...{ name: `batchNormGrad ${name}`, kernel: "batchNormGrad", tolerance: tolerances["normalizeGrad"] },
      scale: Math.sqrt(samples * inner) + 8,
      args: [
        ...[...head, training ? 1 : 0, new Guarded(means), new Guarded(variances)],
        ...[new Guarded(floats(n, -1, 1, 8)), ...add],
        ...[needs[0] ? out(n) : null, needs[1] ? given(channels, 9) : null],
        needs[2] ? given(channels, 10) : null,
      ],
    },
    threads,
  );
}

const gradients = {
  needs: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  add: fc.tuple(fc.nat(1), fc.nat(1)),
};
const all = { needs: [true, true, true], add: [0, 1] } as const;
const both = { weight: true, bias: true };

describe("normalize", () => {
  test("of any sizes", () => {
    const sizes = fc.oneof(
      fc.tuple(fc.nat(40), fc.constant(1), fc.nat(300), fc.constant(1)),
      fc.tuple(fc.nat(6), fc.integer({ min: 0, max: 5 }), fc.nat(5), fc.nat(140)),
    );
    const any = fc.record({ sizes, ...affine, centered: fc.boolean(), ...gradients });
    fc.assert(fc.property(any, checkGroups), { numRuns: 120 });
  });

  test.each<[string, Groups["sizes"]]>([
    ["more rows than a block of the gradient of the weight", [700, 1, 96, 1]],
    ["rows longer than a block", [37, 1, 9001, 1]],
    ["groups of single elements", [50, 7, 33, 1]],
    ["planes longer than a block", [3, 2, 3, 5000]],
    ["planes of images", [20, 16, 1, 196]],
  ])("of %s", (_, sizes) => {
    for (const centered of [true, false]) checkGroups({ sizes, ...both, centered, ...all });
  });

  test("in place", () => {
    const x = new Guarded(floats(300), "out");
    check({
      ...{ name: "normalize in place", kernel: "normalize", tolerance: tolerances["normalize"], scale: 4 },
      args: [10, 1, 30, 1, 1e-5, x, null, null, x, out(10), out(10)],
    });
    for (const inner of [1, 5]) {
      const g = new Guarded(floats(300), "out");
      const statistics = [new Guarded(floats(10)), new Guarded(floats(10, 1, 2))];
      check({
        ...{ name: "normalizeGrad in place", kernel: "normalizeGrad" },
        ...{ tolerance: tolerances["normalizeGrad"], scale: 8 },
        args: [
          ...[10, 1, 30 / inner, inner, 1e-5, new Guarded(floats(300, -1, 1, 3)), null, ...statistics],
          ...[g, 0, 0, g, out(30 / inner), out(30 / inner)],
        ],
      });
    }
  });
});

describe("batchNorm", () => {
  test("of any sizes", () => {
    const sizes = fc.oneof(
      fc.tuple(fc.nat(300), fc.nat(140), fc.constant(1)),
      fc.tuple(fc.nat(20), fc.nat(6), fc.nat(140)),
    );
    const any = fc.record({
      ...{ sizes, ...affine, training: fc.boolean(), running: fc.boolean(), cumulative: fc.nat(1) },
      ...gradients,
    });
    fc.assert(fc.property(any, checkBatch), { numRuns: 120 });
  });

  test.each<[string, Batch["sizes"]]>([
    ["images", [32, 16, 1024]],
    ["many samples of small planes", [300, 20, 9]],
    ["planes longer than a block", [3, 4, 9001]],
    ["a tall matrix", [3001, 70, 1]],
  ])("of %s", (_, sizes) => {
    for (const training of [true, false])
      checkBatch({ sizes, ...both, training, running: true, cumulative: 0, ...all });
  });
});

test("an output that goes past the caches has the bits of its rows, and of its channels, one by one", () => {
  const [rows, length] = [13, 2 ** 18];
  const table = nativeTable() as typeof js;
  const x = floats(rows * length);
  const at = (row: number) => [x, row * length] as const;
  const [whole, single, statistics] = [new Float32Array(x.length), new Float32Array(x.length), floats(rows)];
  const none = [null, 0, null, 0] as const;
  for (const inner of [1, 256]) {
    const sizes = [1, length / inner, inner] as const;
    table.normalize(rows, ...sizes, 1e-5, x, 0, ...none, whole, 0, null, 0, statistics, 0);
    for (let r = 0; r < rows; r++)
      table.normalize(1, ...sizes, 1e-5, ...at(r), ...none, single, r * length, null, 0, statistics, 0);
    expect(Buffer.compare(bytesOf(whole), bytesOf(single))).toBe(0);
  }
  const [mean, variance] = [floats(rows), floats(rows, 1, 2)];
  const settings = [...none, 0, 0, ...none, null, 0] as const;
  table.batchNorm(1, rows, length, 1e-5, x, 0, ...settings, whole, 0, mean, 0, variance, 0);
  for (let r = 0; r < rows; r++)
    table.batchNorm(1, 1, length, 1e-5, ...at(r), ...settings, single, r * length, mean, r, variance, r);
  expect(Buffer.compare(bytesOf(whole), bytesOf(single))).toBe(0);
});

test.each([
  ["a row", 300],
  ["a row of several blocks", 20000],
])("the statistics of %s do not cancel when the mean is 10,000 deviations from 0", (_, n) => {
  const x = floats(n, 9999, 10001);
  for (const [kernel, ...sizes] of [
    ["normalize", 1, 1, n, 1],
    ["normalize", 1, 1, 1, n],
    ["batchNorm", 1, 1, n],
    ["batchNorm", n, 1, 1],
    ["batchNorm", n / 4, 1, 4],
  ] as const) {
    const options = kernel === "batchNorm" ? [0, 0, null, null, null] : [];
    // Outputs are the distance from the rounded mean over the deviation: half a ULP of 10,000, over 1 / √3.
    const c = { name: `${kernel} ${sizes}`, kernel, tolerance: { relative: 2e-3 }, scale: 1 };
    check({ ...c, args: [...sizes, 0, new Guarded(x), null, null, ...options, out(n), out(1), out(1)] });
    const [mean, variance] = [out(1), out(1)];
    const args = [...sizes, 0, new Guarded(x), null, null, ...options, out(n), mean, variance];
    const { arrays } = call(nativeTable(), { ...c, args });
    const exact = exactMoments(x);
    expect(arrays.at(-2)![guard]).toBe(Math.fround(exact.mean));
    expect(Math.abs(arrays.at(-1)![guard] / exact.variance - 1)).toBeLessThan(2e-6);
  }
});

/** Mean and biased variance in double precision. */
function exactMoments(x: Float32Array): { mean: number; variance: number } {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return { mean, variance: x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length };
}
