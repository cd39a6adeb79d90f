/**
 * Reads and additions by index. Indices are data: they are checked before anything is written, and checked
 * again where they are used, because another thread may write them in between.
 */
import type { Data } from "../../dtype.js";
import { areIntegers, checkFits, timesInteger } from "./integers.js";
import { OK } from "./status.js";

/** Position of the first index outside 0 … length-1, or OK. */
function checkIndices(count: number, length: number, index: Int32Array, io: number): number {
  for (let j = 0; j < count; j++) {
    const at = index[io + j];
    if (!(at >= 0 && at < length)) return j;
  }
  return OK;
}

/** A checked index, read once; 0 if it is out of range now. */
const held = (index: number, length: number): number => (index >= 0 && index < length ? index : 0);

/** out[o, j, i] = x[o, index[j], i], for x [outer, length, inner] and out [outer, count, inner]. */
export function indexSelect(
  outer: number,
  length: number,
  inner: number,
  count: number,
  x: Data,
  xo: number,
  index: Int32Array,
  io: number,
  out: Data,
  oo: number,
): number {
  const bad = checkIndices(count, length, index, io);
  if (bad !== OK) return bad;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const from = xo + (o * length + held(index[io + j], length)) * inner;
      for (let i = 0; i < inner; i++) out[oo + i] = x[from + i];
      oo += inner;
    }
  }
  return OK;
}

/**
 * The additions for integers, in order. `at` holds the strides of the index along outer, count and inner. If
 * a sum does not fit, it throws an error after it has undone the additions so far.
 */
function addIntegers(
  op: string,
  at: readonly [number, number, number],
  outer: number,
  length: number,
  inner: number,
  count: number,
  index: Int32Array,
  io: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const total = outer * count * inner;
  const placeOf = (e: number) => {
    const [o, j, i] = [Math.floor(e / (count * inner)), Math.floor(e / inner) % count, e % inner];
    return oo + (o * length + held(index[io + o * at[0] + j * at[1] + i * at[2]], length)) * inner + i;
  };
  for (let e = 0; e < total; e++) {
    const to = placeOf(e);
    const sum = out[to] + g[go + e];
    out[to] = sum;
    if (out[to] === sum) continue;
    // Integers wrap around, so subtraction undoes the additions exactly.
    for (let back = 0; back <= e; back++) out[placeOf(back)] -= g[go + back];
    checkFits(op, sum, out);
  }
  return OK;
}

/**
 * out[o, index[j], i] += g[o, j, i], with j in order. Accumulates into `out` [outer, length, inner].
 * @throws ValueError `INTEGER_OVERFLOW` if a sum of integers does not fit; `out` is then unchanged.
 */
export function indexAdd(
  outer: number,
  length: number,
  inner: number,
  count: number,
  index: Int32Array,
  io: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const bad = checkIndices(count, length, index, io);
  if (bad !== OK) return bad;
  if (areIntegers(out))
    return addIntegers("indexAdd", [0, 1, 0], outer, length, inner, count, index, io, g, go, out, oo);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const into = oo + (o * length + held(index[io + j], length)) * inner;
      for (let i = 0; i < inner; i++) out[into + i] += g[go + i];
      go += inner;
    }
  }
  return OK;
}

/**
 * out[o, j, i] = x[o, index[o, j, i], i]; index and out are [outer, count, inner]. A status is a position in
 * `index`.
 */
export function gather(
  outer: number,
  length: number,
  inner: number,
  count: number,
  x: Data,
  xo: number,
  index: Int32Array,
  io: number,
  out: Data,
  oo: number,
): number {
  const bad = checkIndices(outer * count * inner, length, index, io);
  if (bad !== OK) return bad;
  for (let o = 0, at = 0; o < outer; o++) {
    const from = xo + o * length * inner;
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++, at++) out[oo + at] = x[from + held(index[io + at], length) * inner + i];
  }
  return OK;
}

/**
 * out[o, index[o, j, i], i] += g[o, j, i], with j in order. Accumulates into `out` [outer, length, inner].
 * @throws ValueError `INTEGER_OVERFLOW` if a sum of integers does not fit; `out` is then unchanged.
 */
export function scatterAdd(
  outer: number,
  length: number,
  inner: number,
  count: number,
  index: Int32Array,
  io: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const bad = checkIndices(outer * count * inner, length, index, io);
  if (bad !== OK) return bad;
  if (areIntegers(out)) {
    const at = [count * inner, inner, 1] as const;
    return addIntegers("scatterAdd", at, outer, length, inner, count, index, io, g, go, out, oo);
  }
  for (let o = 0, at = 0; o < outer; o++) {
    const into = oo + o * length * inner;
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++, at++)
        out[into + held(index[io + at], length) * inner + i] += g[go + at];
  }
  return OK;
}

export type ScatterName = "set" | "prod" | "max" | "min";

/**
 * Combines out[o, index[o, j, i], i] with src[o, j, i], with j in order. For `set`, the last of several
 * values stays; for max and min, NaN wins. Changes `out` [outer, length, inner].
 * @throws ValueError `INTEGER_OVERFLOW` if a product of integers does not fit; `out` is then unchanged.
 */
export function scatterReduce(
  op: ScatterName,
  outer: number,
  length: number,
  inner: number,
  count: number,
  index: Int32Array,
  io: number,
  src: Data,
  so: number,
  out: Data,
  oo: number,
): number {
  const bad = checkIndices(outer * count * inner, length, index, io);
  if (bad !== OK) return bad;
  // Products of integers are computed in a buffer, so that all are checked before any is written.
  const size = outer * length * inner;
  const aside = op === "prod" && areIntegers(out);
  const run = out.subarray(oo, oo + size);
  const products = aside ? Float64Array.from(run) : run;
  const times = aside ? timesInteger : (a: number, b: number) => a * b;
  for (let o = 0, at = 0; o < outer; o++) {
    const into = oo + o * length * inner;
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++, at++) {
        const to = into + held(index[io + at], length) * inner + i;
        const value = src[so + at];
        if (op === "set") out[to] = value;
        else if (op === "prod") products[to - oo] = times(products[to - oo], value);
        else out[to] = op === "max" ? Math.max(out[to], value) : Math.min(out[to], value);
      }
  }
  if (aside) {
    for (const product of products) checkFits("scatterReduce", product, out);
    run.set(products);
  }
  return OK;
}

/** x·a + b, rounded once to float32, as by an FMA. The operands are float32, so the product is exact. */
function multiplyAdd(x: number, a: number, b: number): number {
  const product = x * a;
  const sum = product + b;
  const added = sum - product;
  const error = product - (sum - added) + (b - added);
  if (error === 0) return sum;
  // The sum was rounded to float64. A second rounding differs only if it is halfway between two floats.
  const near = Math.fround(sum);
  const far = near + 2 * (sum - near);
  if (near === sum || Math.fround(far) !== far) return near;
  return error > 0 ? Math.max(near, far) : Math.min(near, far);
}

/**
 * A batch from a data set: out[j, :] = x[index[j], :] · scale + shift, for x [length, width]. `scale` and
 * `shift` are first rounded to float32, and the sum is rounded once, as in native code.
 */
export function takeRows(
  count: number,
  length: number,
  width: number,
  scale: number,
  shift: number,
  x: Uint8Array | Float32Array,
  xo: number,
  index: Int32Array,
  io: number,
  out: Float32Array,
  oo: number,
): number {
  const bad = checkIndices(count, length, index, io);
  if (bad !== OK) return bad;
  const a = Math.fround(scale);
  const b = Math.fround(shift);
  for (let j = 0; j < count; j++) {
    const from = xo + held(index[io + j], length) * width;
    for (let i = 0; i < width; i++) out[oo + i] = multiplyAdd(x[from + i], a, b);
    oo += width;
  }
  return OK;
}
