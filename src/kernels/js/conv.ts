/**
 * Convolution and its two gradients, each a matmul with the patches of one sample and group (see patches.ts):
 * weight [outputs, channels·kh·kw] times columns [channels·kh·kw, oh·ow]. Each is linear in both of its
 * operands, and the gradients of any one of the three are the other two. The native kernels multiply with the
 * patches of several samples at once where each has few.
 *
 * Shapes: x [samples, groups·channels, h, w], weight [groups·outputs, channels, kh, kw], y [samples,
 * groups·outputs, oh, ow].
 */
import type { Data } from "../../dtype.js";
import { gemm } from "./gemm.js";
import { fold2d, unfold2d } from "./patches.js";
import { OK } from "./status.js";

/** Buffers that are reused from call to call, one for each type. */
const columnsByType = new Map<unknown, Data>();

function columnsLike(x: Data, length: number): Data {
  const type = x.constructor as new (n: number) => Data;
  const kept = columnsByType.get(type);
  if (kept !== undefined && kept.length >= length) return kept;
  const made = new type(length);
  columnsByType.set(type, made);
  return made;
}

/** out = y, from x and weight; `bias` has a value for each of the groups·outputs, or is null. */
export function conv2d(
  samples: number,
  groups: number,
  channels: number,
  outputs: number,
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
  bfloat16: number,
  x: Data,
  xo: number,
  weight: Data,
  wo: number,
  bias: Data | null,
  bo: number,
  out: Data,
  oo: number,
): number {
  const [depth, places] = [channels * kh * kw, oh * ow];
  const columns = columnsLike(x, depth * places);
  for (let s = 0; s < samples; s++)
    for (let g = 0; g < groups; g++) {
      unfold2d(channels, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw, x, xo, columns, 0);
      if (bias !== null)
        for (let o = 0; o < outputs; o++)
          out.fill(bias[bo + g * outputs + o], oo + o * places, oo + (o + 1) * places);
      gemm(
        ...([1, outputs, places, depth] as const),
        ...([weight, wo + g * outputs * depth, 0, depth, 1] as const),
        ...([columns, 0, 0, places, 1] as const),
        ...([null, 0, bias === null ? 0 : 1, bfloat16] as const),
        ...([out, oo, 0] as const),
      );
      xo += channels * h * w;
      oo += outputs * places;
    }
  return OK;
}

/**
 * out = the gradient of x, from the gradient `g` of y. As a layer of its own this is the transposed
 * convolution.
 */
export function conv2dGradInput(
  samples: number,
  groups: number,
  channels: number,
  outputs: number,
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
  bfloat16: number,
  g: Data,
  go: number,
  weight: Data,
  wo: number,
  out: Data,
  oo: number,
): number {
  const [depth, places] = [channels * kh * kw, oh * ow];
  const columns = columnsLike(g, depth * places);
  for (let s = 0; s < samples; s++)
    for (let group = 0; group < groups; group++) {
      gemm(
        ...([1, depth, places, outputs] as const),
        ...([weight, wo + group * outputs * depth, 0, 1, depth] as const),
        ...([g, go, 0, places, 1] as const),
        ...([null, 0, 0, bfloat16] as const),
        ...([columns, 0, 0] as const),
      );
      fold2d(channels, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw, columns, 0, out, oo);
      go += outputs * places;
      oo += channels * h * w;
    }
  return OK;
}

/**
 * out = the gradient of the weight, from x and the gradient `g` of y; with `accumulate` it is added to `out`.
 * Here it is summed sample by sample. The native kernels sum over several samples, or some rows of one, in a
 * product, and cut samples into parts: docs/numerics.md has the order.
 */
export function conv2dGradWeight(
  samples: number,
  groups: number,
  channels: number,
  outputs: number,
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
  bfloat16: number,
  x: Data,
  xo: number,
  g: Data,
  go: number,
  accumulate: number,
  out: Data,
  oo: number,
): number {
  const [depth, places] = [channels * kh * kw, oh * ow];
  const columns = columnsLike(x, depth * places);
  if (!accumulate) out.fill(0, oo, oo + groups * outputs * depth);
  for (let s = 0; s < samples; s++)
    for (let group = 0; group < groups; group++) {
      unfold2d(channels, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw, x, xo, columns, 0);
      gemm(
        ...([1, outputs, depth, places] as const),
        ...([g, go, 0, places, 1] as const),
        ...([columns, 0, 0, 1, places] as const),
        ...([null, 0, 1, bfloat16] as const),
        ...([out, oo + group * outputs * depth, 0] as const),
      );
      xo += channels * h * w;
      go += outputs * places;
    }
  return OK;
}
