/** Records kernel calls as a ProgramSpec. */
import type { ProgramSpec } from "../../src/kernels/addon.js";
import { addon } from "./addon.js";

export type Memory = Float32Array | Float64Array | Int32Array | Uint8Array;

const kinds = { arena: 1, parameter: 2, local: 3 };
const types = [Float32Array, Float64Array, Int32Array, Uint8Array];

/** A piece of the arena, a parameter, or a local of a chain. A typed array is an external. */
export interface Slot {
  kind: keyof typeof kinds;
  type: number;
  place: number;
  length: number;
}

export const arena = (type: number, place: number, length: number): Slot => ({
  kind: "arena",
  type,
  place,
  length,
});
export const parameter = (type: number, place: number, length: number): Slot => ({
  kind: "parameter",
  type,
  place,
  length,
});

export const local = (type: number, place: number, length: number): Slot => ({
  kind: "local",
  type,
  place,
  length,
});

/** A call with the overlay's convention: kernel, numbers, arrays. */
export type TapeCall = [string, readonly number[], readonly (Memory | Slot | null)[]];

export function specOf(
  calls: readonly TapeCall[],
  options: { arenaBytes?: number; advances?: number[]; chains?: number[] } = {},
): ProgramSpec {
  const arrays = [...new Set(calls.flatMap((call) => call[2]))].filter((array) => array !== null);
  const externals: Memory[] = [];
  const slots = arrays.map((array) => {
    if ("kind" in array) return [kinds[array.kind], array.type, array.place, array.length] as const;
    externals.push(array);
    return [
      0,
      1 + types.findIndex((type) => array instanceof type),
      externals.length - 1,
      array.length,
    ] as const;
  });
  return {
    kernels: Int32Array.from(calls, ([kernel]) => addon.kernelNames.indexOf(kernel)),
    numberCounts: Int32Array.from(calls, ([, numbers]) => numbers.length),
    arrayCounts: Int32Array.from(calls, (call) => call[2].length),
    numbers: Float64Array.from(calls.flatMap(([, numbers]) => numbers)),
    refs: Int32Array.from(
      calls.flatMap((call) => call[2].map((array) => (array ? arrays.indexOf(array) : -1))),
    ),
    slotKinds: Int32Array.from(slots, ([kind]) => kind),
    slotTypes: Int32Array.from(slots, ([, type]) => type),
    slotPlaces: Float64Array.from(slots, ([, , place]) => place),
    slotLengths: Float64Array.from(slots, ([, , , length]) => length),
    externals,
    arenaBytes: options.arenaBytes ?? 0,
    advances: Int32Array.from(options.advances ?? []),
    chains: Int32Array.from(options.chains ?? []),
  };
}

/** The error that `run` throws. */
export function errorOf(run: () => unknown): { name: string; code: string; message: string } | undefined {
  try {
    run();
  } catch (error) {
    return error as Error & { code: string };
  }
  return undefined;
}
