/**
 * The kernels that stay in JavaScript on the backend of WebAssembly: their JavaScript has the bits of the
 * C++.
 */
import { describe, expect, it } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { type Kernel, partsOf } from "../../src/kernels/marshal.js";
import { type KernelName, opsOf, schema } from "../../src/kernels/schema.js";
import { inJavaScript } from "../../src/kernels/wasm/in-javascript.js";
import { times } from "../attack/effort.js";
import { addon, block, built } from "../native/addon.js";
import { makeCall } from "../native/calls.mjs";
import fc from "../property.js";
import { type Arrays, answerOf, copy, detached, sameBits } from "./random-calls.js";

/** The arguments of the JavaScript core, from the numbers and arrays of a call of the addon. */
function argumentsOf(name: KernelName, numbers: readonly number[], arrays: Arrays): unknown[] {
  let [number, array] = [0, 0];
  return partsOf(name).map((part) => {
    if (part === "array") return arrays[array++];
    if (part !== "list") return numbers[number++];
    const length = numbers[number++];
    number += length;
    return numbers.slice(number - length, number);
  });
}

describe.skipIf(!built)("a kernel that stays in JavaScript", () => {
  it.each([...inJavaScript])("%s has the bits of the addon", (kernel) => {
    const name = kernel as KernelName;
    const row = schema[name];
    const nat = (most: number) => fc.nat(most);
    let compared = 0;
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const call = makeCall(name, row, opsOf(name).length, (most: number) => g(nat, most));
        const { numbers, arrays } = call as { numbers: number[]; arrays: Arrays };
        // JavaScript loops over a huge size even if there is nothing to do; no tensor has such a size.
        fc.pre(!detached(arrays) && numbers.every((value) => !(Math.abs(value) > 1e6)));
        const given = copy(arrays);
        block.set(numbers);
        const answer = answerOf(() => addon.kernels[name](...arrays));
        // JavaScript does not check what the library never passes.
        if (typeof answer !== "number" || answer === -2) return;
        compared++;
        const args = argumentsOf(name, numbers, given);
        expect((js as unknown as Record<string, Kernel>)[name](...args)).toBe(answer);
        for (const [i, { name }] of row.operands.entries())
          expect(sameBits(given[i], arrays[i]), name).toBe(true);
      }),
      { numRuns: times(200) },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it("takeRows rounds x·scale + shift once", () => {
    const x = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i) * 2 ** (i % 40));
    // 2^-16·(1 - 2^-46) + b is just below halfway between two floats, and its float64 is halfway.
    x[0] = 2 ** -16 * (1 + 2 ** -23);
    const index = new Int32Array(1);
    for (const [scale, shift] of [
      [1 / 255, -0.42],
      [0.3, 2 ** -30],
      [1 - 2 ** -23, 256 + 2 ** -15],
      [2 ** -23 - 1, -256 - 2 ** -15],
    ]) {
      const [out, expected] = [new Float32Array(x.length), new Float32Array(x.length)];
      block.set([1, 1, x.length, scale, shift, 0, 0, 0]);
      addon.kernels["takeRows"](x, index, expected);
      js.takeRows(1, 1, x.length, scale, shift, x, 0, index, 0, out, 0);
      expect(out).toEqual(expected);
    }
  });
});
