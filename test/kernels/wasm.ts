/** The module of WebAssembly, for tests of the layer below the overlay. */
import { readFileSync } from "node:fs";
import { describe } from "vitest";
import { partsOf } from "../../src/kernels/marshal.js";
import type { KernelName } from "../../src/kernels/schema.js";
import type { Code } from "../../src/kernels/wasm/code.js";
import { Door } from "../../src/kernels/wasm/door.js";
import { textAt } from "../../src/kernels/wasm/module.js";
import { type OpenedModule, openModule } from "../../src/kernels/wasm/open-module.js";
import { sourceHash } from "../../tools/build-native.js";

function open(): OpenedModule {
  const opened = openModule();
  if ("why" in opened || readFileSync(opened.path).includes(sourceHash())) return opened;
  return { why: "wasm/simdgrad.wasm is not built from these sources" };
}

const opened = open();

/** Why there is no module, then its tests are skipped; undefined if there is one. */
export const whyNoModule = "why" in opened ? `${opened.why} (npm run build:wasm)` : undefined;

/** Null only if there is none. */
export const code = ("why" in opened ? null : opened.code) as Code;

/** An instance with its own memory. */
export const newDoor = (threads = 1): Door => new Door(code, threads);

/** Tests that need the module. Where there is none, the reason is part of their title. */
export const describeModule: (title: string, tests: () => void) => void =
  whyNoModule === undefined
    ? describe
    : (title, tests) => describe.skip(`${title} (skipped: ${whyNoModule})`, tests);

/** The positions of the kernels of a door, by name. */
export function kernelsOf(door: Door): Map<string, number> {
  const { exports } = door;
  const names = Array.from({ length: exports.kernelCount() }, (_, i) =>
    textAt(exports, exports.kernelName(i)),
  );
  return new Map(names.map((name, i) => [name, i]));
}

/** A kernel of a door, called as the table calls it: lists are arrays, an op is its code. */
export function kernelOf(door: Door, name: KernelName) {
  const parts = partsOf(name);
  const kernel = door.kernel(name, kernelsOf(door).get(name)!);
  return (...args: any[]): number => {
    const numbers = args.flatMap((arg, i) =>
      parts[i] === "array" ? [] : parts[i] === "list" ? [arg.length, ...arg] : [arg],
    );
    door.block.set(numbers);
    return kernel(...args.filter((_, i) => parts[i] === "array"));
  };
}

/** x + x, element by element; `add` is the first op of the family. */
export const doubled = (door: Door) => {
  const binary = kernelOf(door, "binary");
  return (x: Float32Array, out: Float32Array, n = x.length) => binary(0, [n], x, 0, [1], x, 0, [1], out, 0);
};

/** A program of one call: doubles an external in place. */
export function doubling(array: Float32Array, arenaBytes = 0) {
  const door = newDoor();
  const { length } = array;
  return {
    kernels: Int32Array.of(kernelsOf(door).get("binary")!),
    numberCounts: Int32Array.of(10),
    arrayCounts: Int32Array.of(3),
    // op, shape, then offset and strides of a and b, and the offset of out
    numbers: Float64Array.of(0, 1, length, 0, 1, 1, 0, 1, 1, 0),
    refs: Int32Array.of(0, 0, 0),
    ...{ slotKinds: Int32Array.of(0), slotTypes: Int32Array.of(1) },
    ...{ slotPlaces: Float64Array.of(0), slotLengths: Float64Array.of(length), externals: [array] },
    ...{ arenaBytes, advances: new Int32Array(0), chains: new Int32Array(0) },
  };
}
