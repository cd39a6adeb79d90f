/** The arrays among the arguments of a traced call. */
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { overlap, type Region } from "../region.js";
import type { Placeholders } from "./placeholder.js";

export const isArray = (arg: unknown): arg is Data | null => typeof arg === "object" && !Array.isArray(arg);

/**
 * Whether two regions of a trace share an element. Placeholders share memory with nothing and have no buffer
 * to compare.
 */
export function meet(x: Region, y: Region, trace: { readonly memory: Placeholders }): boolean {
  if (x.array === y.array) return x.offset < y.offset + y.length && y.offset < x.offset + x.length;
  return !trace.memory.has(x.array) && !trace.memory.has(y.array) && overlap(x, y);
}

export function typeOf(array: Data): DType {
  const found = Object.entries(arrayTypes).find(
    ([, ArrayType]) => ArrayType.name === array[Symbol.toStringTag],
  );
  return found![0] as DType;
}
