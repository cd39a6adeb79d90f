import { describe, expect, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, type Case, call, check, nativeTable } from "./harness.js";
import { bytes, floats, integers } from "./samples.js";

const sums = () => new Buffer(Float64Array.of(100, 2.5, 7), "out");
const loss = (value: number) => new Buffer(Float32Array.of(value));
const tally = (
  n: number,
  classes: number,
  logits: Buffer | null,
  targets: Buffer | null,
  value = 0.3,
): Case => ({
  name: `tally of [${n}, ${classes}] at loss ${value}`,
  kernel: "tally",
  args: [n, classes, logits, targets, loss(value), sums()],
});

/** What the core leaves in the sums. */
function summed(c: Case): number[] {
  const { arrays } = call(js, c);
  return [...arrays[arrays.length - 1].slice(7, -7)];
}

describe("tally", () => {
  test("samples and loss alone", () => {
    const c = tally(32, 0, null, null, 0.25);
    check(c);
    expect(summed(c)).toEqual([132, 10.5, 7]);
  });

  test("hits, with targets of both types", () => {
    for (const [n, classes] of [
      [1, 2],
      [64, 10],
      [300, 3],
      [7, 131],
    ]) {
      const logits = new Buffer(floats(n * classes));
      check(tally(n, classes, logits, new Buffer(integers(n, classes))));
      if (classes < 256) check(tally(n, classes, logits, new Buffer(bytes(n, classes))));
    }
  });

  test("the first of the largest counts, and NaN is the largest, as argReduce has it", () => {
    const rows = Float32Array.from([
      ...[1, 3, 3, 0],
      ...[Number.NaN, 9, Number.NaN, Infinity],
      ...[-Infinity, -Infinity, -Infinity, -Infinity],
      ...[0, -0, 0, 0],
      ...[1, 2, Number.NaN, 3],
    ]);
    const first = new Int32Array(5);
    js.argReduce("argmax", 5, 4, 1, rows, 0, first, 0);
    expect([...first]).toEqual([1, 0, 0, 0, 2]);
    const hit = tally(5, 4, new Buffer(rows), new Buffer(first));
    check(hit);
    expect(summed(hit)[2]).toBe(12);
    for (const other of [Int32Array.of(2, 2, 1, 1, 3), Int32Array.of(-1, 4, 100, -100, 2 ** 31 - 1)]) {
      const miss = tally(5, 4, new Buffer(rows), new Buffer(other));
      check(miss);
      expect(summed(miss)[2]).toBe(7);
    }
  });

  test("no rows, and rows of nothing", () => {
    check(tally(0, 4, new Buffer(floats(4)), new Buffer(integers(1, 4))));
    const nothing = tally(3, 0, new Buffer(floats(4)), new Buffer(new Int32Array(3)));
    check(nothing);
    expect(summed(nothing)[2]).toBe(7);
  });

  test.each([Number.NaN, Infinity, -Infinity])(
    "a loss of %d is answered with 0 and adds nothing",
    (value) => {
      const c = tally(4, 2, new Buffer(floats(8)), new Buffer(integers(4, 2)), value);
      check(c);
      expect(call(nativeTable(), c).status).toBe(0);
      expect(summed(c)).toEqual([100, 2.5, 7]);
    },
  );

  test("float64 is left to the core", () => {
    const c: Case = {
      name: "tally of float64",
      kernel: "tally",
      args: [2, 2, new Buffer(Float64Array.of(1, 2, 2, 1)), new Buffer(Int32Array.of(1, 1)), loss(1), sums()],
    };
    check(c);
    expect(summed(c)).toEqual([102, 4.5, 8]);
  });
});
