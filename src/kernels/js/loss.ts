/**
 * Cross-entropy of logits against class indices: log-softmax and its loss in one pass, float32 or float64.
 */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

/** 0 none, 1 mean, 2 sum. */
export type Reduction = 0 | 1 | 2;

/** A checked target, read once: another thread may write it in between. */
const held = (target: number, classes: number, ignoreIndex: number): number =>
  target >= 0 && target < classes ? target : ignoreIndex;

/** Position of the first target that is neither a class nor `ignoreIndex`, or OK. */
function checkTargets(
  rows: number,
  classes: number,
  ignoreIndex: number,
  target: Int32Array | Uint8Array,
  to: number,
): number {
  for (let r = 0; r < rows; r++) {
    const t = target[to + r];
    if (!(t >= 0 && t < classes) && t !== ignoreIndex) return r;
  }
  return OK;
}

/**
 * PyTorch's `cross_entropy`. With w the class weights (1 without), ε the smoothing, C the classes, t the
 * target and ℓ the log-softmax of a row:
 *
 *     loss = (1 - ε) (-w_t ℓ_t) + ε / C · Σ_c (-w_c ℓ_c), and 0 in rows whose target is `ignoreIndex`
 *
 * The mean divides by Σ w_t over the rows that are not ignored, so it is NaN if all are ignored. `loss` has
 * `rows` elements (reduction none) or one. `stats` receives the log-sum-exp of each row and then that divisor
 * (1 unless mean). If a target is not a class, it returns the first such row and writes nothing.
 */
export function crossEntropy(
  reduction: number,
  rows: number,
  classes: number,
  smoothing: number,
  ignoreIndex: number,
  x: Data,
  xo: number,
  target: Int32Array | Uint8Array,
  to: number,
  weight: Data | null,
  wo: number,
  loss: Data,
  lo: number,
  stats: Data,
  so: number,
): number {
  const bad = checkTargets(rows, classes, ignoreIndex, target, to);
  if (bad !== OK) return bad;
  let total = 0;
  let divisor = 0;
  for (let r = 0; r < rows; r++) {
    const start = xo + r * classes;
    const end = start + classes;
    let max = -Infinity;
    for (let i = start; i < end; i++) if (x[i] > max) max = x[i];
    let sum = 0;
    for (let i = start; i < end; i++) sum += Math.exp(x[i] - max);
    const logSum = Math.log(sum);
    stats[so + r] = max + logSum;
    const t = held(target[to + r], classes, ignoreIndex);
    if (t === ignoreIndex) {
      if (reduction === 0) loss[lo + r] = 0;
      continue;
    }
    // ℓ = (x - max) - log Σ: subtracting the maximum first cancels the large numbers.
    const w = weight === null ? 1 : weight[wo + t];
    let value = -w * (x[start + t] - max - logSum);
    if (smoothing > 0) {
      let smooth = 0;
      for (let c = 0; c < classes; c++)
        smooth -= (weight === null ? 1 : weight[wo + c]) * (x[start + c] - max - logSum);
      value = (1 - smoothing) * value + (smoothing / classes) * smooth;
    }
    if (reduction === 0) loss[lo + r] = value;
    total += value;
    divisor += w;
  }
  stats[so + rows] = reduction === 1 ? divisor : 1;
  if (reduction === 1) loss[lo] = total / divisor;
  else if (reduction === 2) loss[lo] = total;
  return OK;
}

/**
 * Gradient of the logits: s · ((1 - ε) w_t (p - 1_t) + ε / C (p Σ w - w)) with p = e^(x - log-sum-exp) from
 * `stats` and s = g / divisor; 0 in ignored rows. `g` has `rows` elements (reduction none) or one. May run in
 * place over x.
 */
export function crossEntropyGrad(
  reduction: number,
  rows: number,
  classes: number,
  smoothing: number,
  ignoreIndex: number,
  x: Data,
  xo: number,
  target: Int32Array | Uint8Array,
  to: number,
  weight: Data | null,
  wo: number,
  stats: Data,
  so: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const bad = checkTargets(rows, classes, ignoreIndex, target, to);
  if (bad !== OK) return bad;
  const spread = smoothing / classes;
  let weights = classes;
  if (weight !== null) {
    weights = 0;
    for (let c = 0; c < classes; c++) weights += weight[wo + c];
  }
  for (let r = 0; r < rows; r++) {
    const from = xo + r * classes;
    const into = oo + r * classes;
    const t = held(target[to + r], classes, ignoreIndex);
    if (t === ignoreIndex) {
      out.fill(0, into, into + classes);
      continue;
    }
    const scale = reduction === 0 ? g[go + r] : g[go] / stats[so + rows];
    const lse = stats[so + r];
    const hit = (1 - smoothing) * (weight === null ? 1 : weight[wo + t]);
    // Each row of p is multiplied by the factor that its terms share.
    const share = hit + spread * weights;
    for (let c = 0; c < classes; c++) {
      let d = Math.exp(x[from + c] - lse) * share;
      if (smoothing > 0) d -= spread * (weight === null ? 1 : weight[wo + c]);
      if (c === t) d -= hit;
      out[into + c] = scale * d;
    }
  }
  return OK;
}
