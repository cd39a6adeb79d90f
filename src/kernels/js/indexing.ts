/** Reading and adding by index. Indices are data: they are checked before anything is written. */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

/** Position of the first index outside 0 … length-1, or OK. */
function checkIndices(count: number, length: number, index: Int32Array, io: number): number {
  for (let j = 0; j < count; j++) {
    const at = index[io + j];
    if (!(at >= 0 && at < length)) return j;
  }
  return OK;
}

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
      const from = xo + (o * length + index[io + j]) * inner;
      for (let i = 0; i < inner; i++) out[oo + i] = x[from + i];
      oo += inner;
    }
  }
  return OK;
}

/** out[o, index[j], i] += g[o, j, i], with j in order. Adds to `out` [outer, length, inner]. */
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
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const into = oo + (o * length + index[io + j]) * inner;
      for (let i = 0; i < inner; i++) out[into + i] += g[go + i];
      go += inner;
    }
  }
  return OK;
}

/** out[o, j, i] = x[o, index[o, j, i], i]; index and out are [outer, count, inner]. A status counts in `index`. */
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
      for (let i = 0; i < inner; i++, at++) out[oo + at] = x[from + index[io + at] * inner + i];
  }
  return OK;
}

/** out[o, index[o, j, i], i] += g[o, j, i], with j in order. Adds to `out` [outer, length, inner]. */
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
  for (let o = 0, at = 0; o < outer; o++) {
    const into = oo + o * length * inner;
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++, at++) out[into + index[io + at] * inner + i] += g[go + at];
  }
  return OK;
}

export type ScatterName = "set" | "prod" | "max" | "min";

/**
 * out[o, index[o, j, i], i] becomes itself and src[o, j, i] combined, with j in order: the last of several that are set stays, and
 * NaN wins in max and min. Changes `out` [outer, length, inner].
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
  for (let o = 0, at = 0; o < outer; o++) {
    const into = oo + o * length * inner;
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++, at++) {
        const to = into + index[io + at] * inner + i;
        const value = src[so + at];
        if (op === "set") out[to] = value;
        else if (op === "prod") out[to] *= value;
        else out[to] = op === "max" ? Math.max(out[to], value) : Math.min(out[to], value);
      }
  }
  return OK;
}

/**
 * A batch out of a data set: out[j, :] = x[index[j], :] · scale + shift, for x [length, width]. `scale` and `shift`
 * are rounded to float32 first, as they are in native code; the product of two float32 is exact in a double, so the
 * sum is rounded like a fused multiply-add.
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
    const from = xo + index[io + j] * width;
    for (let i = 0; i < width; i++) out[oo + i] = x[from + i] * a + b;
    oo += width;
  }
  return OK;
}
