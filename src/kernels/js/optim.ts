/** Optimizer steps over a range of parameters. Values that change from step to step are read from arrays. */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

/** out[i] += 1: counts the steps of optimizers. */
export function increment(n: number, out: Float64Array, oo: number): number {
  for (let i = 0; i < n; i++) out[oo + i] += 1;
  return OK;
}

/** Bits of `flags` of `sgdStep`. */
export const SGD = { nesterov: 1, maximize: 2 } as const;

/** Bits of `flags` of `adamStep`. */
export const ADAM = { decoupled: 1, amsgrad: 2, maximize: 4 } as const;

/**
 * PyTorch's SGD on p[0 … n-1] in place, in its order of operations. hyper = [lr, momentum, dampening,
 * weightDecay]; step[stepOffset] is the number of this step, counted from 1: the first step copies the
 * gradient to the momentum buffer. `buf` may be null if momentum is 0.
 */
export function sgdStep(
  n: number,
  flags: number,
  p: Data,
  po: number,
  g: Data,
  go: number,
  buf: Data | null,
  bo: number,
  step: Float64Array,
  stepOffset: number,
  hyper: Float64Array,
  ho: number,
): number {
  const lr = hyper[ho];
  const momentum = hyper[ho + 1];
  const dampening = hyper[ho + 2];
  const weightDecay = hyper[ho + 3];
  const nesterov = (flags & SGD.nesterov) !== 0;
  const sign = flags & SGD.maximize ? -1 : 1;
  const first = step[stepOffset] === 1;
  for (let i = 0; i < n; i++) {
    let d = sign * g[go + i];
    if (weightDecay !== 0) d += weightDecay * p[po + i];
    if (buf !== null && momentum !== 0) {
      buf[bo + i] = first ? d : momentum * buf[bo + i] + (1 - dampening) * d;
      d = nesterov ? d + momentum * buf[bo + i] : buf[bo + i];
    }
    p[po + i] -= lr * d;
  }
  return OK;
}

/**
 * base^exponent for an integer exponent >= 0, by repeated squaring: the same bits in every engine, unlike
 * `**`.
 */
export function wholePower(base: number, exponent: number): number {
  let power = 1;
  for (let square = base, e = exponent; e > 0; e = Math.floor(e / 2), square *= square)
    if (e % 2 === 1) power *= square;
  return power;
}

/**
 * PyTorch's Adam and AdamW on p[0 … n-1] in place, in its order of operations. hyper = [lr, beta1, beta2,
 * eps, weightDecay]; step[stepOffset] is the number of this step, counted from 1. `vmax` holds the largest v
 * so far (amsgrad) or is null.
 */
export function adamStep(
  n: number,
  flags: number,
  p: Data,
  po: number,
  g: Data,
  go: number,
  m: Data,
  mo: number,
  v: Data,
  vo: number,
  vmax: Data | null,
  vmo: number,
  step: Float64Array,
  stepOffset: number,
  hyper: Float64Array,
  ho: number,
): number {
  const lr = hyper[ho];
  const beta1 = hyper[ho + 1];
  const beta2 = hyper[ho + 2];
  const eps = hyper[ho + 3];
  const weightDecay = hyper[ho + 4];
  const t = step[stepOffset];
  const stepSize = lr / (1 - wholePower(beta1, t));
  const correction = Math.sqrt(1 - wholePower(beta2, t));
  const sign = flags & ADAM.maximize ? -1 : 1;
  const keep = flags & ADAM.decoupled ? 1 - lr * weightDecay : 1;
  const decay = flags & ADAM.decoupled ? 0 : weightDecay;
  const largest = flags & ADAM.amsgrad ? vmax : null;
  for (let i = 0; i < n; i++) {
    let d = sign * g[go + i];
    if (decay !== 0) d += decay * p[po + i];
    m[mo + i] += (d - m[mo + i]) * (1 - beta1);
    v[vo + i] = beta2 * v[vo + i] + (1 - beta2) * d * d;
    let second = v[vo + i];
    if (largest !== null) {
      // Like torch.maximum: NaN propagates.
      second = Math.max(largest[vmo + i], second);
      largest[vmo + i] = second;
    }
    p[po + i] = p[po + i] * keep - (stepSize * m[mo + i]) / (Math.sqrt(second) / correction + eps);
  }
  return OK;
}
