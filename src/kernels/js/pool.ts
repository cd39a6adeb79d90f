/**
 * Pooling of planes [h, w] to [oh, ow] over any windows: given by strides and padding, or adaptive. `windows`
 * holds, for each output row, the first row of its window and the row after its last, then the same for each
 * output column. Windows lie inside the plane; a window may be empty.
 */
import type { Data } from "../../dtype.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

/**
 * The windows of a call, read once: another thread may write them, and bounds must not change during a loop.
 */
const readWindows = (windows: Int32Array, wo: number, oh: number, ow: number) =>
  windows.slice(wo, wo + 2 * (oh + ow));

/** Position in `windows` of the first window that is not inside its axis, or OK. */
function checkWindows(oh: number, ow: number, h: number, w: number, windows: Int32Array): number {
  for (let i = 0; i < oh + ow; i++) {
    const [begin, end] = [windows[2 * i], windows[2 * i + 1]];
    if (!(begin >= 0 && begin <= end && end <= (i < oh ? h : w))) return 2 * i;
  }
  return OK;
}

const maxLoop = specialize(
  (
    planes: number,
    h: number,
    w: number,
    oh: number,
    ow: number,
    dh: number,
    dw: number,
    windows: Int32Array,
    x: Data,
    xo: number,
    out: Data,
    oo: number,
    index: Int32Array,
    io: number,
  ): void => {
    for (let p = 0; p < planes; p++, xo += h * w)
      for (let y = 0; y < oh; y++)
        for (let z = 0; z < ow; z++, oo++, io++) {
          const columns = 2 * (oh + z);
          const [top, bottom, left, right] = [
            windows[2 * y],
            windows[2 * y + 1],
            windows[columns],
            windows[columns + 1],
          ];
          let at = top < bottom && left < right ? top * w + left : 0;
          let best = -Infinity;
          for (let i = top; i < bottom; i += dh)
            for (let j = left; j < right; j += dw) {
              const value = x[xo + i * w + j];
              if (value > best || Number.isNaN(value)) {
                best = value;
                at = i * w + j;
              }
            }
          out[oo] = best;
          index[io] = at;
        }
  },
);

/**
 * out = the maximum of each window, of which every dh-th row and dw-th column counts; index = its position in
 * the plane: the first of equal values, or the last NaN if there is one. An empty window gives -Infinity and
 * 0.
 */
export function maxPool2d(
  planes: number,
  h: number,
  w: number,
  oh: number,
  ow: number,
  dh: number,
  dw: number,
  windows: Int32Array,
  wo: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
  index: Int32Array,
  io: number,
): number {
  const own = readWindows(windows, wo, oh, ow);
  const bad = checkWindows(oh, ow, h, w, own);
  if (bad !== OK) return bad;
  maxLoop("max", tagOf(x))(planes, h, w, oh, ow, dh, dw, own, x, xo, out, oo, index, io);
  return OK;
}

/**
 * The adjoint of `maxPool2d`: out [planes, size] = the sums of the g [planes, places] that have this index.
 */
export function maxPool2dGrad(
  planes: number,
  size: number,
  places: number,
  index: Int32Array,
  io: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  for (let i = 0; i < planes * places; i++) if (!(index[io + i] >= 0 && index[io + i] < size)) return i;
  out.fill(0, oo, oo + planes * size);
  for (let p = 0; p < planes; p++, oo += size)
    for (let i = 0; i < places; i++) {
      // Read once: another thread may write the index after the check.
      const at = index[io++];
      out[oo + (at >= 0 && at < size ? at : 0)] += g[go++];
    }
  return OK;
}

/** out = the sum of each window, divided by the window's entry in the oh·ow `divisors`. */
export function avgPool2d(
  planes: number,
  h: number,
  w: number,
  oh: number,
  ow: number,
  windows: Int32Array,
  wo: number,
  divisors: Data,
  divisorsOffset: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): number {
  const own = readWindows(windows, wo, oh, ow);
  const bad = checkWindows(oh, ow, h, w, own);
  if (bad !== OK) return bad;
  for (let p = 0; p < planes; p++, xo += h * w)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++, oo++) {
        const columns = 2 * (oh + z);
        const [left, right] = [own[columns], own[columns + 1]];
        let sum = 0;
        for (let i = own[2 * y]; i < own[2 * y + 1]; i++)
          for (let j = left; j < right; j++) sum += x[xo + i * w + j];
        out[oo] = sum / divisors[divisorsOffset + y * ow + z];
      }
  return OK;
}

/**
 * The adjoint of `avgPool2d`: out [planes, h, w] = the gradient of each element, from the gradients g
 * [planes, oh, ow].
 */
export function avgPool2dGrad(
  planes: number,
  h: number,
  w: number,
  oh: number,
  ow: number,
  windows: Int32Array,
  wo: number,
  divisors: Data,
  divisorsOffset: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const own = readWindows(windows, wo, oh, ow);
  const bad = checkWindows(oh, ow, h, w, own);
  if (bad !== OK) return bad;
  out.fill(0, oo, oo + planes * h * w);
  for (let p = 0; p < planes; p++, oo += h * w)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++, go++) {
        const columns = 2 * (oh + z);
        const share = g[go] / divisors[divisorsOffset + y * ow + z];
        for (let i = own[2 * y]; i < own[2 * y + 1]; i++)
          for (let j = own[columns]; j < own[columns + 1]; j++) out[oo + i * w + j] += share;
      }
  return OK;
}
