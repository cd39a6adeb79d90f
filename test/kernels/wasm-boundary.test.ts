/**
 * Calls every kernel of the module of WebAssembly with arguments that are right, almost right or wrong. A
 * call gives the answer and the bits of the addon, or is rejected with the same error; a rejected call
 * changes nothing.
 */
import { expect, it } from "vitest";
import { type KernelName, opsOf, schema } from "../../src/kernels/schema.js";
import { textAt } from "../../src/kernels/wasm/module.js";
import { times } from "../attack/effort.js";
import { addon, block, built } from "../native/addon.js";
import { makeCall } from "../native/calls.mjs";
import fc from "../property.js";
import { type Arrays, answerOf, copy, detached, sameBits } from "./random-calls.js";
import { describeModule, newDoor, whyNoModule } from "./wasm.js";

const door = whyNoModule === undefined ? newDoor() : undefined;
// Without a module one test stands for all, and is skipped.
const kernels = door
  ? Array.from({ length: door.exports.kernelCount() }, (_, i) =>
      textAt(door.exports, door.exports.kernelName(i)),
    )
  : ["every kernel"];

describeModule("whatever the module's kernels are called with", () => {
  it.runIf(built).each(kernels)(`%s answers as the addon's does`, (kernel) => {
    const row = schema[kernel as KernelName];
    const index = kernels.indexOf(kernel);
    const run = door!.kernel(kernel as KernelName, index);
    const nat = (most: number) => fc.nat(most);
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const call = makeCall(kernel, row, opsOf(kernel as KernelName).length, (most: number) =>
          g(nat, most),
        );
        const { numbers, arrays } = call as { numbers: number[]; arrays: Arrays };
        // Operands that share memory are places of their own in the module.
        const buffers = arrays.filter((array) => array !== null).map(({ buffer }) => buffer);
        fc.pre(new Set(buffers).size === buffers.length && !detached(arrays));
        const given = copy(arrays);
        block.set(numbers);
        const expected = answerOf(() => addon.kernels[kernel](...arrays));
        door!.block.set(numbers);
        expect(answerOf(() => run(...given))).toEqual(expected);
        for (const [i, { access, name }] of row.operands.entries())
          if (access !== "scratch") expect(sameBits(given[i], arrays[i]), name).toBe(true);
      }),
      { numRuns: times(100) },
    );
  });
});
