/**
 * Compares two traces of one function. A difference between them would be a difference between any two steps.
 */
import type { Data } from "../dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { isArray } from "./arrays.js";
import type { Trace } from "./trace.js";

/**
 * The index of the first call in which they differ; the number of calls if only their results or side effects
 * differ; -1 if they are the same.
 */
export function firstDifference(a: Trace, b: Trace): number {
  const same = sameValue(a, b);
  const count = Math.min(a.calls.length, b.calls.length);
  for (let i = 0; i < count; i++) {
    const x = a.calls[i];
    const y = b.calls[i];
    if (x.name !== y.name || !x.args.every((arg, j) => same(arg, y.args[j]))) return i;
    // An array that each trace creates anew is a constant: a replay would find the values that the last
    // replay left in it.
    const anew = x.args.filter((arg, j) => arg !== y.args[j] && isArray(arg) && !a.memory.has(arg!));
    if (anew.length > 0 && x.uses.some(({ array, access }) => access !== "read" && anew.includes(array)))
      return i;
  }
  if (a.calls.length !== b.calls.length) return count;
  const left = (trace: Trace) => [trace.result, trace.effects.map(({ name, value }) => [name, value])];
  return same(left(a), left(b)) ? -1 : count;
}

/**
 * Compares return values and kernel arguments. Placeholders are equal if they were created in the same
 * position.
 */
function sameValue(a: Trace, b: Trace): (x: unknown, y: unknown) => boolean {
  const inA = placesOf(a);
  const inB = placesOf(b);
  const same = (x: unknown, y: unknown): boolean => {
    if (Object.is(x, y)) return true;
    if (typeof x !== "object" || typeof y !== "object" || x === null || y === null) return false;
    if (Array.isArray(x))
      return Array.isArray(y) && x.length === y.length && x.every((item, i) => same(item, y[i]));
    if (x instanceof Tensor)
      return (
        y instanceof Tensor &&
        same(x.storage.array, y.storage.array) &&
        same([x.offset, x.shape, x.strides, x.dtype], [y.offset, y.shape, y.strides, y.dtype])
      );
    const place = inA.get(x as Data);
    if (place !== undefined) return place === inB.get(y as Data);
    if (ArrayBuffer.isView(x)) return ArrayBuffer.isView(y) && sameElements(x as Data, y as Data);
    if (!isArray(x) || inB.has(y as Data)) return false;
    const keys = Object.keys(x);
    const records = [x, y] as Record<string, unknown>[];
    return (
      keys.length === Object.keys(y).length && keys.every((key) => same(records[0][key], records[1][key]))
    );
  };
  return same;
}

/** For each placeholder, how many placeholders were created before it. */
function placesOf({ memory }: Trace): Map<Data, number> {
  const places = new Map<Data, number>();
  for (const array of memory.keys()) places.set(array, places.size);
  return places;
}

/** Compares by value: each trace creates the constants in the function's code anew. */
function sameElements(x: Data, y: Data): boolean {
  return x.constructor === y.constructor && x.length === y.length && x.every((v, i) => Object.is(v, y[i]));
}
