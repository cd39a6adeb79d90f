/** Softmax and its logarithm over the middle axis of [outer, length, inner], float32 or float64. */
import type { Data } from "../../dtype.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

export type SoftmaxName = "softmax" | "logSoftmax";

const softmaxLoop = specialize(
  (
    logarithm: boolean,
    outer: number,
    length: number,
    inner: number,
    x: Data,
    xo: number,
    out: Data,
    oo: number,
    powers: Float64Array,
  ): void => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        let xi = xo + start;
        // The maximum is subtracted from every exponent: nothing overflows, and the sum is at least 1.
        let max = -Infinity;
        for (let l = 0; l < length; l++, xi += inner) if (x[xi] > max) max = x[xi];
        let sum = 0;
        xi = xo + start;
        for (let l = 0; l < length; l++, xi += inner) {
          const power = Math.exp(x[xi] - max);
          powers[l] = power;
          sum += power;
        }
        xi = xo + start;
        let oi = oo + start;
        if (logarithm) {
          const lse = Math.log(sum);
          for (let l = 0; l < length; l++, xi += inner, oi += inner) out[oi] = x[xi] - max - lse;
        } else for (let l = 0; l < length; l++, oi += inner) out[oi] = powers[l] / sum;
      }
    }
  },
);

let scratch = new Float64Array(1024);

/**
 * e^x / Σ e^x, or its logarithm. A row with NaN, with +Infinity or with only -Infinity becomes NaN. May run
 * in place.
 */
export function softmax(
  op: SoftmaxName,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): number {
  if (scratch.length < length) scratch = new Float64Array(length);
  softmaxLoop(op, tagOf(x))(op === "logSoftmax", outer, length, inner, x, xo, out, oo, scratch);
  return OK;
}

const softmaxGradLoop = specialize(
  (
    logarithm: boolean,
    outer: number,
    length: number,
    inner: number,
    y: Data,
    yo: number,
    g: Data,
    go: number,
    out: Data,
    oo: number,
  ): void => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        const end = start + length * inner;
        let sum = 0;
        if (logarithm) {
          for (let k = start; k < end; k += inner) sum += g[go + k];
          for (let k = start; k < end; k += inner) out[oo + k] = g[go + k] - Math.exp(y[yo + k]) * sum;
        } else {
          for (let k = start; k < end; k += inner) sum += g[go + k] * y[yo + k];
          for (let k = start; k < end; k += inner) out[oo + k] = y[yo + k] * (g[go + k] - sum);
        }
      }
    }
  },
);

/**
 * Gradient of the input, from the output y: y (g - Σ g y), or g - e^y Σ g for the logarithm. May run in
 * place.
 */
export function softmaxGrad(
  op: SoftmaxName,
  outer: number,
  length: number,
  inner: number,
  y: Data,
  yo: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  softmaxGradLoop(op, tagOf(y))(op === "logSoftmax", outer, length, inner, y, yo, g, go, out, oo);
  return OK;
}
