/**
 * Normalisation over the channels and elements of each group of a sample: x is [samples, groups, channels,
 * inner]. Layer normalisation is one group whose channels are the elements of a row; instance normalisation
 * has groups of one channel. Sums are in double precision.
 */
import type { Data } from "../../dtype.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

const normalizeLoop = specialize(
  (
    samples: number,
    groups: number,
    channels: number,
    inner: number,
    eps: number,
    x: Data,
    xo: number,
    weight: Data | null,
    wo: number,
    bias: Data | null,
    bo: number,
    out: Data,
    oo: number,
    mean: Data | null,
    mo: number,
    variance: Data,
    vo: number,
  ): void => {
    const length = channels * inner;
    for (let row = 0; row < samples * groups; row++) {
      const start = row * length;
      let average = 0;
      if (mean !== null) {
        let sum = 0;
        for (let i = start; i < start + length; i++) sum += x[xo + i];
        average = sum / length;
        mean[mo + row] = average;
      }
      let squares = 0;
      for (let i = start; i < start + length; i++) {
        const distance = x[xo + i] - average;
        squares += distance * distance;
      }
      variance[vo + row] = squares / length;
      const scale = 1 / Math.sqrt(squares / length + eps);
      const first = (row % groups) * channels;
      for (let c = 0, i = start; c < channels; c++) {
        const w = weight === null ? 1 : weight[wo + first + c];
        const b = bias === null ? 0 : bias[bo + first + c];
        for (const end = i + inner; i < end; i++) {
          const y = (x[xo + i] - average) * scale * w;
          out[oo + i] = bias === null ? y : y + b;
        }
      }
    }
  },
);

/**
 * out = (x - mean) / √(variance + eps) · weight + bias, with the mean and the biased variance of each group
 * of each sample, which it also returns. If `mean` is null: x / √(variance + eps) · weight + bias, where
 * `variance` is the mean of squares. Without a weight it is 1, without a bias 0. May run in place.
 */
export function normalize(
  samples: number,
  groups: number,
  channels: number,
  inner: number,
  eps: number,
  x: Data,
  xo: number,
  weight: Data | null,
  wo: number,
  bias: Data | null,
  bo: number,
  out: Data,
  oo: number,
  mean: Data | null,
  mo: number,
  variance: Data,
  vo: number,
): number {
  const sizes = [samples, groups, channels, inner] as const;
  const loop = normalizeLoop("normalize", tagOf(x));
  loop(...sizes, eps, x, xo, weight, wo, bias, bo, out, oo, mean, mo, variance, vo);
  return OK;
}

const gradLoop = specialize(
  (
    samples: number,
    groups: number,
    channels: number,
    inner: number,
    eps: number,
    x: Data,
    xo: number,
    weight: Data | null,
    wo: number,
    mean: Data | null,
    mo: number,
    variance: Data,
    vo: number,
    g: Data,
    go: number,
    gx: Data | null,
    gxo: number,
    weightSums: Float64Array,
    biasSums: Float64Array,
  ): void => {
    const length = channels * inner;
    for (let row = 0; row < samples * groups; row++) {
      const start = row * length;
      const average = mean === null ? 0 : mean[mo + row];
      const scale = 1 / Math.sqrt(variance[vo + row] + eps);
      const first = (row % groups) * channels;
      let sum = 0;
      let product = 0;
      for (let c = 0, i = start; c < channels; c++) {
        let channelSum = 0;
        let channelProduct = 0;
        for (const end = i + inner; i < end; i++) {
          channelSum += g[go + i];
          channelProduct += g[go + i] * (x[xo + i] - average);
        }
        weightSums[first + c] += channelProduct * scale;
        biasSums[first + c] += channelSum;
        const w = weight === null ? 1 : weight[wo + first + c];
        sum += channelSum * w;
        product += channelProduct * w;
      }
      if (gx === null) continue;
      const shift = mean === null ? 0 : sum / length;
      const slope = (product * scale * scale) / length;
      for (let c = 0, i = start; c < channels; c++) {
        const w = weight === null ? 1 : weight[wo + first + c];
        for (const end = i + inner; i < end; i++)
          gx[gxo + i] = scale * (g[go + i] * w - shift - (x[xo + i] - average) * slope);
      }
    }
  },
);

/** @internal Writes the sums to `out`, or adds them. */
export function settle(sums: Float64Array, add: number, out: Data | null, oo: number): void {
  if (out === null) return;
  for (let i = 0; i < sums.length; i++) out[oo + i] = add ? out[oo + i] + sums[i] : sums[i];
}

/**
 * The gradients of x, weight and bias, from the statistics of `normalize`, with h = g · weight and x̂ the
 * normalized x: gx = (h - mean(h) - x̂ mean(h x̂)) / √(variance + eps), without mean(h) if `mean` is null;
 * gWeight = Σ g x̂, gBias = Σ g over samples and elements. `addWeight` and `addBias` say whether to add these
 * two to what is there. Any output may be null. gx may be in place of g or x.
 */
export function normalizeGrad(
  samples: number,
  groups: number,
  channels: number,
  inner: number,
  eps: number,
  x: Data,
  xo: number,
  weight: Data | null,
  wo: number,
  mean: Data | null,
  mo: number,
  variance: Data,
  vo: number,
  g: Data,
  go: number,
  addWeight: number,
  addBias: number,
  gx: Data | null,
  gxo: number,
  gWeight: Data | null,
  gwo: number,
  gBias: Data | null,
  gbo: number,
): number {
  const [weightSums, biasSums] = [new Float64Array(groups * channels), new Float64Array(groups * channels)];
  const sizes = [samples, groups, channels, inner] as const;
  const loop = gradLoop("normalizeGrad", tagOf(x));
  loop(...sizes, eps, x, xo, weight, wo, mean, mo, variance, vo, g, go, gx, gxo, weightSums, biasSums);
  settle(weightSums, addWeight, gWeight, gwo);
  settle(biasSums, addBias, gBias, gbo);
  return OK;
}
