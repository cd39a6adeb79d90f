/** Sorting, and binary search in sorted values. NaN comes after every number. */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

/** Negative if `a` comes before `b`. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/**
 * out[o, :, i] = the positions of the elements of x[o, :, i] in ascending order (descending if `descending`
 * is 1). The sort is stable.
 */
export function argSort(
  descending: number,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Int32Array,
  oo: number,
): number {
  const line = new Float64Array(length);
  const order = new Int32Array(length);
  const before = descending
    ? (a: number, b: number) => compareNumbers(line[b], line[a])
    : (a: number, b: number) => compareNumbers(line[a], line[b]);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let l = 0; l < length; l++) {
        line[l] = x[xo + start + l * inner];
        order[l] = l;
      }
      order.sort(before);
      for (let l = 0; l < length; l++) out[oo + start + l * inner] = order[l];
    }
  return OK;
}

/**
 * out[r, j] = how many of the ascending sorted[r, :] come before values[r, j]: those less than it and, if
 * `right` is 1, those equal to it. NaN comes last. Shapes: sorted [rows, length], values [rows, count].
 */
export function searchSorted(
  right: number,
  rows: number,
  length: number,
  count: number,
  sorted: Data,
  so: number,
  values: Data,
  vo: number,
  out: Int32Array,
  oo: number,
): number {
  for (let r = 0; r < rows; r++, so += length)
    for (let j = 0; j < count; j++, vo++, oo++) {
      const value = values[vo];
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const there = sorted[so + middle];
        if (right ? there > value : there >= value) high = middle;
        else low = middle + 1;
      }
      out[oo] = low;
    }
  return OK;
}
