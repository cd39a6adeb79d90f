/**
 * Hostile sizes for everything that takes one: each call ends, with a result or a SimdgradError, and leaves
 * the library whole.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  arange,
  backend,
  combinations,
  nn,
  type SimdgradError,
  type Tensor,
  tensor,
  trilIndices,
  triuIndices,
  zeros,
} from "../../src/index.js";
import { patience } from "./effort.js";

const F = nn.functional;
const program = fileURLToPath(new URL("./sizes.mjs", import.meta.url));

test.each(backend.isas.length > 0 ? ["native", "js"] : ["js"])(
  "every size is answered on %s",
  (on) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, on], {
      encoding: "utf8",
      timeout: patience(120_000),
      maxBuffer: 64 << 20,
    });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => /^(broken|unknown): /.test(line))).toEqual([]);
    // The last line names the call that did not end, or that ended the process.
    expect({ status, last: lines.at(-1), stderr: stderr.slice(0, 1000) }).toEqual({
      status: 0,
      last: "end",
      stderr: "",
    });
  },
  patience(150_000),
);

describe("what is larger than memory", () => {
  test.each<[what: string, call: () => unknown, message: RegExp]>([
    ["a tensor", () => zeros([2 ** 40]), /1099511627776 elements of float32 take 4398046511104 bytes/],
    ["a layer", () => new nn.Linear(2 ** 20, 2 ** 20), /1099511627776 elements of float32/],
    [
      "an array of JavaScript",
      () =>
        zeros([1])
          .expand([2 ** 31])
          .toArray(),
      /toArray: .* 2147483648 elements/,
    ],
    ...(
      [
        ["split", (x) => x.split(1)],
        ["unbind", (x) => x.unbind()],
        ["chunk", (x) => x.slice([0, 0]).chunk(2 ** 31)],
        ["tensorSplit", (x) => x.tensorSplit(2 ** 31)],
      ] as [string, (x: Tensor) => unknown][]
    ).map(([name, cut]): [string, () => unknown, RegExp] => [
      `a list of views, ${name}`,
      () => cut(zeros([1]).expand([2 ** 31])),
      new RegExp(`^${name}: .* a list of 2147483648 tensors takes 858993459200 bytes`),
    ]),
    ["pairs", () => F.pdist(zeros([100_000, 1])), /9999900000 elements of/],
    ["combinations", () => combinations(arange(1e5), 2), /9999900000 elements of int32/],
  ])("%s is OUT_OF_MEMORY, in elements and bytes", (_, call, message) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect((error as SimdgradError).code).toBe("OUT_OF_MEMORY");
    expect((error as SimdgradError).message).toMatch(message);
  });
});

test("indices of triangles are those of their definition, whatever the sizes and the diagonal", () => {
  for (let rows = 0; rows < 5; rows++)
    for (let columns = 0; columns < 5; columns++)
      for (let offset = -6; offset < 7; offset++) {
        const cells = Array.from({ length: rows * columns }, (_, n) => [
          Math.floor(n / columns),
          n % columns,
        ]);
        const lower = cells.filter(([i, j]) => j! - i! <= offset);
        const upper = cells.filter(([i, j]) => j! - i! >= offset);
        for (const [found, wanted] of [
          [trilIndices(rows, columns, offset), lower],
          [triuIndices(rows, columns, offset), upper],
        ] as const)
          expect(found.toArray(), `${rows} x ${columns}, ${offset}`).toEqual([
            wanted.map(([i]) => i),
            wanted.map(([, j]) => j),
          ]);
      }
  expect(triuIndices(2 ** 40, 2, 0).toArray()).toEqual([
    [0, 0, 1],
    [0, 1, 1],
  ]);
});

test("a size that is refused leaves memory as it was", () => {
  for (const size of [1e308, Number.POSITIVE_INFINITY, Number.NaN, 0.5])
    for (const shape of [[size, size, 0], [size]]) expect(() => zeros(shape)).toThrow();
  expect(zeros([4]).add(1).toArray()).toEqual([1, 1, 1, 1]);
  expect(tensor([1, 2]).mul(0.5).toArray()).toEqual([0.5, 1]);
});
