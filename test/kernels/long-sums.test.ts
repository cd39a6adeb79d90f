/**
 * The bounds that docs/numerics.md states for long sums in float32: an element passes through so many
 * additions, each of which is off by 2^-24 of the sum at most. Equal summands are the worst there are, since
 * their errors have one sign.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { backend, full, nn, type Tensor } from "../../src/index.js";
import { floats } from "./samples.js";

const x = Math.fround(0.1);
const unit = 2 ** -24;
const levels = (n: number, base: number) => Math.max(0, Math.ceil(Math.log(n) / Math.log(base)));

/** Additions along a run: a block of 4096, then 256 results at a time. */
const alongRun = (n: number) => 64 + 6 + 10 * levels(n / 4096, 256);
/** Down columns: a block of 128, 64 blocks, then pairs. */
const downColumns = (n: number) => 128 + 6 + levels(n / 8192, 2);
/** Of a product: lanes of a thin one (more than chains of 64 make), then pairs of pieces. */
const ofProduct = (k: number) => Math.min(k, 2 ** 14) / 16 + 4 + levels(k / 2 ** 14, 2);

function expectWithin(got: Tensor, exact: number, depth: number): void {
  const far = (value: number) => Math.abs(value - exact);
  const values = got.detach().reshape([-1]).data as Float32Array;
  const furthest = values.reduce((worst, value) => (far(value) <= far(worst) ? worst : value), exact);
  expect(far(furthest) / Math.abs(exact)).toBeLessThanOrEqual((depth + 1) * unit);
}

describe.runIf(backend.isas.length > 0)("a long sum is off by what its tree allows", () => {
  beforeAll(() => backend.use("native"));

  it.each([4096, 4097, 2 ** 20, 2 ** 20 + 1, 3_000_019])("of %d elements", (n) => {
    expectWithin(full([n], 0.1).sum(), n * x, alongRun(n));
    expectWithin(full([n], 0.1).mean(), x, alongRun(n) + 1);
  });

  it("of 10^8 elements", () => {
    const n = 1e8;
    expectWithin(full([n], 0.1).sum(), n * x, alongRun(n));
  }, 60_000);

  it.each([
    [8192, 3],
    [8193, 3],
    [100_003, 70],
    [4_000_000, 4],
  ])("down %d rows of %d", (rows, columns) => {
    expectWithin(full([rows, columns], 0.1).sum(0), rows * x, downColumns(rows));
  });

  it.each([
    [1, 1, 10_000_000],
    [1, 40, 100_000],
    [8, 8, 100_000],
    [5, 70, 40_000],
  ])("of a product of %d x %d over %d steps", (m, n, k) => {
    expectWithin(full([m, k], 0.1).matmul(full([k, n], 1)), k * x, ofProduct(k));
  });

  it("of a product whose bias and old values come last, as those of a short one do", () => {
    const [m, n, k] = [3, 20, 40_000];
    const out = nn.functional.linear(full([m, k], 0.1), full([n, k], 1), full([n], 7));
    expectWithin(out, k * x + 7, ofProduct(k) + 1);
  });

  it.each([
    [1_100_000, 1],
    [300_000, 3],
  ])("of a softmax over %d by %d", (n, inner) => {
    const shape = inner === 1 ? [n] : [n, inner];
    expectWithin(full(shape, 0.1).softmax(0), 1 / n, alongRun(n) + 32);
    expectWithin(full(shape, 0.1).logSoftmax(0), -Math.log(n), alongRun(n));
  });

  it("of the exponentials of a cross-entropy over many classes", () => {
    const classes = 1_000_003;
    const target = full([1], 5, { dtype: "int32" });
    expectWithin(
      nn.functional.crossEntropy(full([1, classes], 0.1), target),
      Math.log(classes),
      alongRun(classes),
    );
  });

  it("has the same bits on every instruction set and with any number of threads", () => {
    const values = floats(2 ** 20 + 4099, -1, 1, 5);
    const run = full([2 ** 20 + 4099], 0);
    run.data.set(values);
    const rows = run.slice([0, 20_000 * 50]).reshape([20_000, 50]);
    const results = backend.isas.flatMap((isa) => {
      backend.useIsa(isa);
      return [1, 2, 4].map((threads) => {
        backend.setThreads(threads);
        const all = [
          run.sum(),
          rows.sum(0),
          rows.softmax(0).sum(0),
          rows.slice(null, [0, 5]).transpose(0, 1).matmul(rows),
        ];
        return JSON.stringify(all.map((t) => t.toArray()));
      });
    });
    backend.useIsa(backend.isas.at(-1)!);
    backend.setThreads(2);
    expect(new Set(results).size).toBe(1);
  });
});
