/**
 * One call of a kernel, made on the JavaScript core and on the native table with copies of the same arrays.
 * Arrays have guard values in front of and behind what the kernel may touch, and all of every array is
 * compared.
 */
import { Buffer as NodeBuffer } from "node:buffer";
import { expect } from "vitest";
import { backend, k } from "../../src/kernels/backend.js";
import * as js from "../../src/kernels/js/index.js";
import type { KernelName } from "../../src/kernels/schema.js";
import { checkExtents } from "./extents.js";
import type { Tolerance } from "./tolerances.js";

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export const guard = 7;

/** Stands for "this array, from behind its guard": two arguments, array and offset, of a call. */
export class Buffer {
  readonly array: TypedArray;
  constructor(
    values: TypedArray,
    readonly role: "in" | "out" = "in",
    /** Where the kernel starts, relative to the first value; negative strides start further back. */
    readonly start = 0,
  ) {
    const type = values.constructor as new (n: number) => TypedArray;
    this.array = new type(values.length + 2 * guard).fill(93);
    this.array.set(values, guard);
  }
}

/** A float32 output of n zeros. */
export const out = (n: number) => new Buffer(new Float32Array(n), "out");

export interface Case {
  name: string;
  kernel: KernelName;
  /** As in the table, with a Buffer (or null) for an array and its offset. */
  args: (number | string | readonly number[] | Buffer | null)[];
  tolerance?: Tolerance;
  /** Magnitude that `relative` is relative to. */
  scale?: number;
}

type Table = Record<string, (...args: any[]) => number>;

interface Result {
  status: number;
  /** Every array of the call, guards included, in order. */
  arrays: TypedArray[];
}

function argumentsOf(c: Case): { args: unknown[]; copies: Map<Buffer, TypedArray> } {
  const copies = new Map<Buffer, TypedArray>();
  const args: unknown[] = [];
  for (const arg of c.args) {
    if (arg === null) args.push(null, 0);
    else if (arg instanceof Buffer) {
      let copy = copies.get(arg);
      if (!copy) {
        copy = arg.array.slice();
        copies.set(arg, copy);
      }
      args.push(copy, guard + arg.start);
    } else args.push(arg);
  }
  return { args, copies };
}

export function call(table: unknown, c: Case): Result {
  const { args, copies } = argumentsOf(c);
  const status = (table as Table)[c.kernel](...args);
  return { status, arrays: [...copies.values()] };
}

/** Distance in ULP of a float32. */
export function ulps(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  const magnitude = Math.max(Math.abs(b), 2 ** -126);
  return Math.abs(a - b) / 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** Throws with the first difference beyond the tolerance. */
function compareValues(c: Case, got: TypedArray, wanted: TypedArray, where: string): void {
  const { ulp, relative } = c.tolerance ?? {};
  for (let i = 0; i < wanted.length; i++) {
    const a = got[i];
    const b = wanted[i];
    if (Object.is(a, b)) continue;
    if (a === 0 && b === 0) throw new Error(`${where}, element ${i - guard}: ${a} and ${b} differ in sign`);
    if (ulp !== undefined && ulps(a, b) <= ulp) continue;
    if (relative !== undefined && Math.abs(a - b) <= relative * Math.max(c.scale ?? 1, Math.abs(b))) continue;
    throw new Error(
      `${where}, element ${i - guard} of ${wanted.length - 2 * guard}: ${a}, the core says ${b} (${ulps(a, b)} ulp)`,
    );
  }
}

const bytesOf = (array: TypedArray) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Bits, with all NaN alike. */
function sameBits(a: TypedArray, b: TypedArray): boolean {
  if (NodeBuffer.compare(bytesOf(a), bytesOf(b)) === 0) return true;
  return a instanceof Float32Array && a.every((v, i) => Object.is(v, b[i]));
}

/** What `native` falls back to JavaScript for would pass every comparison: this table says so instead. */
export function nativeTable(): unknown {
  backend.use("native");
  return k;
}

/**
 * Native against the core, on every instruction set of this machine; then the same bits on all of them and
 * with each number of threads.
 */
export function check(c: Case, threads: readonly number[] = [1]): void {
  const native = nativeTable();
  checkExtents(c.name, c.kernel, argumentsOf(c).args);
  const wanted = call(js, c);
  let first: Result | undefined;
  try {
    for (const isa of backend.isas) {
      backend.useIsa(isa);
      for (const count of threads) {
        backend.setThreads(count);
        const where = `${c.name} (${isa}, ${count} threads)`;
        const got = call(native, c);
        expect(got.status, where).toBe(wanted.status);
        const reference = first;
        got.arrays.forEach((array, i) => {
          // The first result is compared with the core; what has its bits need not be.
          if (reference && sameBits(array, reference.arrays[i])) return;
          compareValues(c, array, wanted.arrays[i], `${where}, array ${i}`);
          if (reference) throw new Error(`${where}, array ${i}: other bits than ${backend.isas[0]}`);
        });
        first ??= got;
      }
    }
  } finally {
    backend.useIsa(backend.isas[backend.isas.length - 1]);
    backend.setThreads(2);
  }
}
