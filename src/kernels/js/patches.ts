/**
 * Images and their patches. In a plane [h, w], the patch at output position (y, x) of oh x ow consists of the
 * elements at (y·sh - ph + i·dh, x·sw - pw + j·dw) for i < kh, j < kw. Elements outside the plane are zero.
 */
import type { Data } from "../../dtype.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

/**
 * In a row of patches, the first patch whose element at `shift` lies inside `size`, and the one after the
 * last.
 */
export function inside(count: number, step: number, shift: number, size: number): [number, number] {
  const first = shift >= 0 ? 0 : Math.ceil(-shift / step);
  const end = Math.min(count, Math.ceil((size - shift) / step));
  return [Math.min(first, count), Math.max(end, Math.min(first, count))];
}

const takeRow = specialize((n: number, x: Data, xo: number, step: number, out: Data, oo: number): void => {
  for (let i = 0; i < n; i++, xo += step) out[oo + i] = x[xo];
});

const addRow = specialize((n: number, g: Data, go: number, out: Data, oo: number, step: number): void => {
  for (let i = 0; i < n; i++, oo += step) out[oo] += g[go + i];
});

/** out[p, i, j, y, x] = element (i, j) of the patch at (y, x) of plane p: out [planes, kh, kw, oh, ow]. */
export function unfold2d(
  planes: number,
  h: number,
  w: number,
  kh: number,
  kw: number,
  oh: number,
  ow: number,
  sh: number,
  sw: number,
  ph: number,
  pw: number,
  dh: number,
  dw: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): number {
  const take = takeRow("unfold2d", tagOf(x) * 4 + tagOf(out));
  for (let p = 0; p < planes; p++, xo += h * w)
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++) {
        const shift = j * dw - pw;
        const [first, end] = inside(ow, sw, shift, w);
        for (let y = 0; y < oh; y++, oo += ow) {
          const row = y * sh - ph + i * dh;
          if (row < 0 || row >= h) {
            out.fill(0, oo, oo + ow);
            continue;
          }
          out.fill(0, oo, oo + first);
          take(end - first, x, xo + row * w + first * sw + shift, sw, out, oo + first);
          out.fill(0, oo + end, oo + ow);
        }
      }
  return OK;
}

/**
 * The adjoint of `unfold2d`: each element of out [planes, h, w] is the sum of its values in all patches;
 * columns [planes, kh, kw, oh, ow].
 */
export function fold2d(
  planes: number,
  h: number,
  w: number,
  kh: number,
  kw: number,
  oh: number,
  ow: number,
  sh: number,
  sw: number,
  ph: number,
  pw: number,
  dh: number,
  dw: number,
  columns: Data,
  co: number,
  out: Data,
  oo: number,
): number {
  const add = addRow("fold2d", tagOf(columns) * 4 + tagOf(out));
  out.fill(0, oo, oo + planes * h * w);
  for (let p = 0; p < planes; p++, oo += h * w)
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++) {
        const shift = j * dw - pw;
        const [first, end] = inside(ow, sw, shift, w);
        for (let y = 0; y < oh; y++, co += ow) {
          const row = y * sh - ph + i * dh;
          if (row < 0 || row >= h) continue;
          add(end - first, columns, co + first, out, oo + row * w + first * sw + shift, sw);
        }
      }
  return OK;
}
