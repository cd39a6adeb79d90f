/**
 * Calls every kernel of the module of WebAssembly with arguments that are right, almost right or wrong. A call
 * gives the answer and the bits of the addon, or is rejected with the same error; a rejected call changes
 * nothing.
 */
import { describe, expect, it } from "vitest";
import { tagOf } from "../../src/kernels/js/specialize.js";
import { type KernelName, opsOf, schema } from "../../src/kernels/schema.js";
import { Door } from "../../src/kernels/wasm/door.js";
import { textAt } from "../../src/kernels/wasm/module.js";
import { openModule } from "../../src/kernels/wasm/open-module.js";
import { times } from "../attack/effort.js";
import { addon, block, built } from "../native/addon.js";
import { makeCall } from "../native/calls.mjs";
import fc from "../property.js";

const opened = openModule();
const door = "module" in opened ? new Door(opened.module) : undefined;
const kernels = door
  ? Array.from({ length: door.exports.kernelCount() }, (_, i) =>
      textAt(door.exports, door.exports.kernelName(i)),
    )
  : [];

type Arrays = (Float32Array | Float64Array | Int32Array | Uint8Array | null)[];

/** Copies arrays. Copies share memory where the originals do. */
function copy(arrays: Arrays): Arrays {
  const buffers = new Map(arrays.map((array) => [array?.buffer, array?.buffer.slice(0)]));
  return arrays.map(
    (array) =>
      array &&
      new (array.constructor as typeof Float32Array)(
        buffers.get(array.buffer) as ArrayBuffer,
        array.byteOffset,
        array.length,
      ),
  );
}

/** The answer of a call, or its error. */
function answerOf(call: () => number): unknown {
  try {
    return call();
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return { name, code, message };
  }
}

/** Bytes, in which every NaN is the same: its payload is not part of the bits. */
function bytesOf(array: Arrays[number]): Buffer | null {
  if (array === null) return null;
  const bytes = Buffer.from(array.buffer.slice(0));
  if (tagOf(array) > 1) return bytes;
  const size = array.BYTES_PER_ELEMENT;
  array.forEach((value, i) => {
    if (Number.isNaN(value)) bytes.fill(0x7f, array.byteOffset + i * size, array.byteOffset + (i + 1) * size);
  });
  return bytes;
}

describe.skipIf(door === undefined || !built)("whatever the module's kernels are called with", () => {
  it.each(kernels)(`%s answers as the addon's does`, (kernel) => {
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
        fc.pre(new Set(buffers).size === buffers.length);
        const given = copy(arrays);
        block.set(numbers);
        const expected = answerOf(() => addon.kernels[kernel](...arrays));
        door!.block.set(numbers);
        expect(answerOf(() => run(...given))).toEqual(expected);
        for (const [i, { access, name }] of row.operands.entries())
          if (access !== "scratch") expect(bytesOf(given[i]), name).toEqual(bytesOf(arrays[i]));
      }),
      { numRuns: times(300) },
    );
  });
});
