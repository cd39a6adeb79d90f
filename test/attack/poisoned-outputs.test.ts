/**
 * Memory of an output holds anything. A kernel writes all that it says it writes, whatever was there: two
 * runs over different garbage agree in every element that they touch, and C++ touches the elements that the
 * JavaScript core does.
 */
import { describe, expect, it } from "vitest";
import { accessAt } from "../../src/kernels/calls.js";
import * as js from "../../src/kernels/js/index.js";
import { partsOf } from "../../src/kernels/marshal.js";
import { type KernelName, rowOf } from "../../src/kernels/schema.js";
import { addon, built, call } from "../native/addon.js";
import { makeCall } from "../native/calls.mjs";
import fc from "../property.js";
import { patience, times } from "./effort.js";

type Memory = Float32Array | Float64Array | Int32Array | Uint8Array;
type Arrays = (Memory | null)[];

const garbage = [0xa5, 0x5c];
const bytesOf = (array: Memory) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The arguments as the table takes them, from numbers and arrays as the addon does. */
function tableArguments(kernel: KernelName, numbers: number[], arrays: Arrays): unknown[] {
  const rest = [...numbers];
  const others = [...arrays];
  return partsOf(kernel).map((part) => {
    if (part === "array") return others.shift();
    const next = rest.shift()!;
    if (part === "op") return addon.ops[kernel][Math.trunc(next)];
    return part === "list" ? rest.splice(0, next) : next;
  });
}

/** Which arrays are written whole; an optional output that is null is not. */
function writtenWhole(kernel: KernelName, numbers: number[], arrays: Arrays): number[] {
  const args = tableArguments(kernel, numbers, arrays);
  return rowOf(kernel).places.flatMap((place, i) =>
    accessAt(place, args) === "write" && arrays[i] !== null ? [i] : [],
  );
}

/**
 * Of each element of each output, whether two runs over different garbage wrote it; what they wrote has to be
 * the same. Null when a run did not end well.
 */
function touched(run: (arrays: Arrays) => number, arrays: Arrays, whole: number[]): boolean[][] | null {
  const results = garbage.map((byte) => {
    const copies = arrays.map((array) => array?.slice() ?? null);
    for (const i of whole) bytesOf(copies[i]!).fill(byte);
    return run(copies) === -1 ? copies : null;
  });
  const [first, second] = results;
  if (!first || !second) return null;
  return whole.map((i) => {
    const [a, b] = [bytesOf(first[i]!), bytesOf(second[i]!)];
    const size = first[i]!.BYTES_PER_ELEMENT;
    return Array.from(first[i]!, (_, e) => {
      const bytes = Array.from({ length: size }, (_, byte) => e * size + byte);
      if (bytes.every((at) => a[at] === b[at])) return true;
      if (bytes.every((at) => a[at] === garbage[0] && b[at] === garbage[1])) return false;
      throw new Error(`array ${i}, element ${e} depends on what was there`);
    });
  });
}

/** Whether the call was one that both cores do; throws when they leave different things in their outputs. */
function agree(kernel: KernelName, numbers: number[], arrays: Arrays): boolean {
  const whole = writtenWhole(kernel, numbers, arrays);
  const inCpp = (copies: Arrays) => {
    try {
      return call(kernel, numbers, copies);
    } catch (error) {
      if ((error as { code?: string }).code !== "OUT_OF_BOUNDS") throw error;
      return -3;
    }
  };
  const native = touched(inCpp, arrays, whole);
  if (native === null) return false;
  const table = js as unknown as Record<string, (...args: unknown[]) => number>;
  const inCore = (copies: Arrays) => table[kernel](...tableArguments(kernel, numbers, copies));
  expect(native).toEqual(touched(inCore, arrays, whole));
  return true;
}

const options = (runs: number) => ({ numRuns: runs, endOnFailure: true });

/** How many calls by the row of a kernel were tried. */
function attack(kernel: KernelName, runs: number): number {
  let tried = 0;
  const natural = (most: number) => fc.nat(most);
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const ops = addon.ops[kernel]?.length ?? 0;
      const { numbers, arrays } = makeCall(kernel, rowOf(kernel), ops, (most) => g(natural, most));
      // The JavaScript core would count through any number of nothing, and does not look whether memory is
      // there.
      if (numbers.some((number) => number > 1000) || arrays.some((array) => array?.length === 0)) return;
      const buffers = arrays.filter((a) => a !== null).map((a) => a.buffer);
      if (new Set(buffers).size < buffers.length) return;
      if (agree(kernel, numbers, arrays)) tried++;
    }),
    options(runs),
  );
  return tried;
}

/**
 * Small convolutions of any geometry: also such as no layer has, but a transposed one with more padding on
 * one side.
 */
function attackConvolutions(runs: number): void {
  const sizes = fc.tuple(...[3, 2, 2, 2, 4, 4, 2, 2, 4, 4].map((max) => fc.integer({ min: 1, max })));
  const steps = fc.tuple(...[1, 1, 0, 0, 1, 1].map((min) => fc.integer({ min, max: min + 1 })));
  fc.assert(
    fc.property(sizes, steps, fc.nat(1), fc.nat(1), (drawn, stepped, accumulate, bfloat16) => {
      const [samples, groups, channels, outputs, h, w, kh, kw, oh, ow] = drawn;
      const geometry = [...drawn, ...stepped];
      const all = [...geometry, bfloat16];
      const ones = (n: number) => new Float32Array(n).fill(1);
      const x = () => ones(samples * groups * channels * h * w);
      const y = () => ones(samples * groups * outputs * oh * ow);
      const weight = () => ones(groups * outputs * channels * kh * kw);
      const columns = () => ones(channels * kh * kw * oh * ow);
      const planes = [channels, ...geometry.slice(4)];
      agree("conv2d", [...all, 0, 0, 0, 0], [x(), weight(), null, y()]);
      agree("conv2dGradInput", [...all, 0, 0, 0], [y(), weight(), x()]);
      agree("conv2dGradWeight", [...all, 0, 0, accumulate, 0], [x(), y(), weight()]);
      agree("unfold2d", [...planes, 0, 0], [ones(channels * h * w), columns()]);
      agree("fold2d", [...planes, 0, 0], [columns(), ones(channels * h * w)]);
    }),
    options(runs),
  );
}

describe.skipIf(!built)("whatever its outputs held", () => {
  const kernels = built ? (Object.keys(addon.kernels) as KernelName[]) : [];
  const whole = kernels.filter((name) => rowOf(name).operands.some(({ access }) => access === "write"));

  it.each(whole)(
    "%s writes them whole",
    (kernel) => {
      expect(attack(kernel, times(150))).toBeGreaterThan(0);
    },
    patience(),
  );

  it("a convolution of any geometry writes them whole", () => attackConvolutions(times(400)), patience());
});
