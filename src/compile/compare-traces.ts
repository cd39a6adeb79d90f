/**
 * Compares two traces of one function. A difference between them would be a difference between any two steps.
 * The second trace has the placeholders of the first one, so those are equal if they are identical.
 */
import type { Data } from "../dtype.js";
import { type KernelCall, usesOf } from "../kernels/calls.js";
import { Tensor } from "../tensor/tensor.js";
import { isArray } from "./arrays.js";
import { isPlaceholder } from "./placeholder.js";

/** What a trace leaves when it ends. */
interface End {
  readonly calls: readonly KernelCall[];
  readonly result: unknown;
  readonly effects: readonly { readonly name: string; readonly value: unknown }[];
}

/** Whether the second trace makes the same call: `first` is undefined if the first trace made fewer calls. */
export function sameCall(first: KernelCall | undefined, { name, args }: KernelCall): boolean {
  if (first === undefined || first.name !== name) return false;
  const expected = first.args;
  for (let i = 0; i < args.length; i++) {
    if (Object.is(expected[i], args[i])) continue;
    if (!same(expected[i], args[i])) return false;
    // An array that each trace creates anew is a constant: a replay would find the values that the last
    // replay left in it.
    if (isArray(args[i]) && usesOf(first).some((use) => use.access !== "read" && use.array === expected[i]))
      return false;
  }
  return true;
}

/** Whether two traces with the same calls end alike: return the same, and leave the same behind. */
export function sameEnd(a: End, b: End): boolean {
  const left = ({ result, effects }: End) => [result, effects.map(({ name, value }) => [name, value])];
  return a.calls.length === b.calls.length && same(left(a), left(b));
}

/** Compares return values and arguments of kernels. */
function same(x: unknown, y: unknown): boolean {
  if (Object.is(x, y)) return true;
  if (typeof x !== "object" || typeof y !== "object" || x === null || y === null) return false;
  if (Array.isArray(x)) return Array.isArray(y) && sameItems(x, y);
  if (x instanceof Tensor)
    return (
      y instanceof Tensor &&
      same(x.storage.array, y.storage.array) &&
      same([x.offset, x.shape, x.strides, x.dtype], [y.offset, y.shape, y.strides, y.dtype])
    );
  if (ArrayBuffer.isView(x)) return ArrayBuffer.isView(y) && sameElements(x as Data, y as Data);
  if (!isArray(x) || isPlaceholder(x) || isPlaceholder(y)) return false;
  const keys = Object.keys(x);
  const records = [x, y] as Record<string, unknown>[];
  return keys.length === Object.keys(y).length && keys.every((key) => same(records[0][key], records[1][key]));
}

function sameItems(x: readonly unknown[], y: readonly unknown[]): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (!same(x[i], y[i])) return false;
  return true;
}

/** Compares by value: each trace creates the constants in the function's code anew. */
function sameElements(x: Data, y: Data): boolean {
  return x.constructor === y.constructor && x.length === y.length && x.every((v, i) => Object.is(v, y[i]));
}
