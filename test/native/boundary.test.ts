/**
 * The addon trusts no argument: any call either returns an error or stays inside the arrays that it was
 * given.
 */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import fc from "../property.js";
import { addon, addonPath, block, built, call } from "./addon.js";

const f32 = (n: number) => new Float32Array(n);

function errorOf(run: () => unknown): { name: string; code: string; message: string } | undefined {
  try {
    run();
  } catch (error) {
    return error as Error & { code: string };
  }
  return undefined;
}

describe.skipIf(!built)("the boundary to C++", () => {
  it.each([
    ["a length past the end", [1, 11, 0]],
    ["an offset past the end", [1, 1, 10]],
    ["a negative length", [1, -1, 0]],
    ["a negative offset", [1, 1, -1]],
    ["a fraction", [1, 1.5, 0]],
    ["NaN", [1, Number.NaN, 0]],
    ["infinity", [1, Number.POSITIVE_INFINITY, 0]],
    ["2^53", [1, 2 ** 53, 2 ** 53]],
    ["2^63", [1, 2 ** 63, 0]],
  ])("fill answers %s with a RangeError", (_, numbers) => {
    const error = errorOf(() => call("fill", numbers, [f32(10)]));
    expect(error).toMatchObject({ name: "RangeError", code: "OUT_OF_BOUNDS" });
    expect(error?.message).toMatch(/^fill: /);
  });

  it("takes an offset just behind the end when nothing is written", () => {
    expect(call("fill", [1, 0, 10], [f32(10)])).toBe(-1);
  });

  it.each([
    ["no argument", [], "RangeError"],
    ["null", [null], "RangeError"],
    ["undefined", [undefined], "RangeError"],
    ["an object", [{}], "TypeError"],
    ["a number", [1], "TypeError"],
    ["a plain array", [[1, 2, 3]], "TypeError"],
    ["an ArrayBuffer", [new ArrayBuffer(64)], "TypeError"],
    ["a DataView", [new DataView(new ArrayBuffer(64))], "TypeError"],
    ["a Proxy", [new Proxy(f32(10), {})], "TypeError"],
    ["twenty-one arrays", Array.from({ length: 21 }, () => f32(10)), "TypeError"],
  ])("fill answers %s with an error", (_, arrays, name) => {
    expect(errorOf(() => call("fill", [1, 5, 0], arrays))?.name).toBe(name);
  });

  it("leaves types it lacks to the JS core", () => {
    for (const array of [
      new Int8Array(9),
      new Uint16Array(9),
      new BigInt64Array(9),
      new Uint8ClampedArray(9),
    ])
      expect(call("fill", [1, 5, 0], [array])).toBe(-2);
    const ints = new Int32Array(16);
    expect(call("gemm", [1, 2, 2, 2, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 0, 0, 4], [ints, ints, null, ints])).toBe(
      -2,
    );
  });

  it("knows a detached array", () => {
    const array = f32(1024);
    structuredClone(array.buffer, { transfer: [array.buffer] });
    expect(errorOf(() => call("fill", [1, 5, 0], [array]))).toMatchObject({ code: "OUT_OF_BOUNDS" });
  });

  it("takes a block on shared memory only (any other can be pulled away), and keeps the first", () => {
    const script = `
      const addon = require(${JSON.stringify(addonPath)});
      const bad = [new Float64Array(512), new Float32Array(new SharedArrayBuffer(64)), undefined, 5, {}];
      for (const block of bad) try { addon.init(block); console.log("taken"); } catch (error) { console.log(error.code); }
      try { addon.kernels.fill(new Float32Array(4)); } catch (error) { console.log(error.code); }
      const block = new Float64Array(new SharedArrayBuffer(4096));
      console.log(addon.init(block) === block, addon.init(new Float64Array(new SharedArrayBuffer(64))) === block);`;
    const child = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(child.stdout).toBe(`${"INVALID_ARGUMENT\n".repeat(5)}NOT_INITIALIZED\ntrue true\n`);
  });

  it("never reads a list longer than the block", () => {
    // Kernels with a shape: the rank is the first number of the list.
    for (const name of ["copy", "where"].filter((kernel) => kernel in addon.kernels)) {
      block.fill(1e9);
      expect(call(name, [], [f32(4), f32(4), f32(4), f32(4)])).toBeLessThan(-1);
      block.fill(0);
    }
  });

  it.each([
    // The product is -1 as a signed number: it passed every check, and the kernel wrote out of bounds.
    [2 ** 32 - 1, 2 ** 32 + 1],
    [2 ** 32, 2 ** 32],
    [2 ** 27, 2 ** 27],
    [2 ** 53, 2 ** 53, 0],
  ])("refuses a shape whose number of elements is none: %d x %d", (...shape) => {
    const still = [shape.length, ...shape.map(() => 0)];
    const dims = [shape.length, ...shape];
    const calls: [string, number[], unknown[]][] = [
      ["unary", [0, 0, 0, ...dims, 0, ...still, 2], [f32(1), f32(10)]],
      ["binary", [0, ...dims, 0, ...still, 0, ...still, 2], [f32(1), f32(1), f32(10)]],
      ["compare", [0, ...dims, 0, ...still, 0, ...still, 2], [f32(1), f32(1), new Uint8Array(10)]],
      [
        "where",
        [...dims, 0, ...still, 0, ...still, 0, ...still, 2],
        [new Uint8Array(1), f32(1), f32(1), f32(10)],
      ],
      ["copy", [...dims, 0, ...still, 0, ...still], [f32(1), f32(10)]],
    ];
    for (const [kernel, numbers, arrays] of calls)
      expect(errorOf(() => call(kernel, numbers, arrays))).toMatchObject({ code: "OUT_OF_BOUNDS" });
  });

  it("does not count through any number of nothing", () => {
    const none = new Int32Array(0);
    expect(call("indexSelect", [2 ** 53, 0, 1, 0, 0, 0, 0], [f32(0), none, f32(0)])).toBe(-1);
    expect(call("indexAdd", [2 ** 53, 0, 2 ** 53, 0, 0, 0, 0], [none, f32(0), f32(0)])).toBe(-1);
  });

  it("gemm never writes outside C", () => {
    const size = fc.integer({ min: 0, max: 9 });
    const stride = fc.integer({ min: -4, max: 12 });
    fc.assert(
      fc.property(
        fc.tuple(size, size, size, size),
        fc.array(stride, { minLength: 6, maxLength: 6 }),
        fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }),
        (sizes, strides, offsets) => {
          const memory = new Float32Array(400).fill(7);
          const c = memory.subarray(100, 300);
          const [a1, a2, a3, b1, b2, b3] = strides;
          const [ao, bo, bias, co] = offsets;
          const [, m, n] = sizes;
          const numbers = [...sizes, ao, a1, a2, a3, bo, b1, b2, b3, bias, 0, 0, co, m * n];
          try {
            call("gemm", numbers, [f32(60).fill(1), f32(60).fill(1), null, c]);
          } catch (error) {
            expect((error as { code: string }).code).toBe("OUT_OF_BOUNDS");
            expect(memory.every((x) => x === 7)).toBe(true);
          }
          expect(memory.subarray(0, 100 + co).every((x) => x === 7)).toBe(true);
          expect(memory.subarray(100 + co + sizes[0] * m * n).every((x) => x === 7)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
