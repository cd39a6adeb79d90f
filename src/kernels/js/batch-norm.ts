/**
 * Batch normalisation: x is [samples, channels, inner], and the statistics are over the samples and elements
 * of each channel. Sums are in double precision.
 */
import type { Data } from "../../dtype.js";
import { addChannelSums, writeParameterGrad } from "./parameter-grads.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

const statisticsLoop = specialize(
  (
    samples: number,
    channels: number,
    inner: number,
    x: Data,
    xo: number,
    means: Float64Array,
    squares: Float64Array,
  ): void => {
    for (let n = 0, i = xo; n < samples; n++)
      for (let c = 0; c < channels; c++) for (const end = i + inner; i < end; i++) means[c] += x[i];
    for (let c = 0; c < channels; c++) means[c] /= samples * inner;
    for (let n = 0, i = xo; n < samples; n++)
      for (let c = 0; c < channels; c++)
        for (const end = i + inner; i < end; i++) {
          const distance = x[i] - means[c];
          squares[c] += distance * distance;
        }
  },
);

const evalLoop = specialize(
  (
    samples: number,
    channels: number,
    inner: number,
    eps: number,
    x: Data,
    xo: number,
    weight: Data | null,
    wo: number,
    bias: Data | null,
    bo: number,
    mean: Data,
    mo: number,
    variance: Data,
    vo: number,
    out: Data,
    oo: number,
  ): void => {
    for (let n = 0, i = 0; n < samples; n++)
      for (let c = 0; c < channels; c++) {
        const average = mean[mo + c];
        const w = weight === null ? 1 : weight[wo + c];
        const scale = w / Math.sqrt(variance[vo + c] + eps);
        const b = bias === null ? 0 : bias[bo + c];
        for (const end = i + inner; i < end; i++) {
          const y = (x[xo + i] - average) * scale;
          out[oo + i] = bias === null ? y : y + b;
        }
      }
  },
);

/**
 * out = (x - mean) / √(variance + eps) · weight + bias, with the mean and the biased variance of the batch,
 * which it also returns. Running statistics, where given, become (1 - momentum) · old + momentum · new; the
 * new variance is then the unbiased one. `count`, where given, is incremented first; if `cumulative`,
 * 1 / count replaces `momentum`, so that they are averages over all batches. May run in place.
 */
export function batchNorm(
  samples: number,
  channels: number,
  inner: number,
  eps: number,
  x: Data,
  xo: number,
  weight: Data | null,
  wo: number,
  bias: Data | null,
  bo: number,
  momentum: number,
  cumulative: number,
  runningMean: Data | null,
  rmo: number,
  runningVar: Data | null,
  rvo: number,
  count: Int32Array | null,
  co: number,
  out: Data,
  oo: number,
  mean: Data,
  mo: number,
  variance: Data,
  vo: number,
): number {
  const [means, squares] = [new Float64Array(channels), new Float64Array(channels)];
  statisticsLoop("batchNorm", tagOf(x))(samples, channels, inner, x, xo, means, squares);
  if (count !== null) count[co]++;
  const rate = cumulative && count !== null ? 1 / count[co] : momentum;
  const n = samples * inner;
  for (let c = 0; c < channels; c++) {
    mean[mo + c] = means[c];
    variance[vo + c] = squares[c] / n;
    if (runningMean !== null) runningMean[rmo + c] = (1 - rate) * runningMean[rmo + c] + rate * means[c];
    if (runningVar !== null)
      runningVar[rvo + c] = (1 - rate) * runningVar[rvo + c] + rate * (squares[c] / (n - 1));
  }
  return batchNormEval(
    ...([samples, channels, inner, eps, x, xo, weight, wo, bias, bo] as const),
    ...([mean, mo, variance, vo, out, oo] as const),
  );
}

/** The same with given statistics. May run in place. */
export function batchNormEval(
  samples: number,
  channels: number,
  inner: number,
  eps: number,
  x: Data,
  xo: number,
  weight: Data | null,
  wo: number,
  bias: Data | null,
  bo: number,
  mean: Data,
  mo: number,
  variance: Data,
  vo: number,
  out: Data,
  oo: number,
): number {
  const loop = evalLoop("batchNormEval", tagOf(x));
  loop(samples, channels, inner, eps, x, xo, weight, wo, bias, bo, mean, mo, variance, vo, out, oo);
  return OK;
}

const gradInputLoop = specialize(
  (
    samples: number,
    channels: number,
    inner: number,
    x: Data,
    xo: number,
    mean: Data,
    mo: number,
    g: Data,
    go: number,
    scales: Float64Array,
    shifts: Float64Array,
    slopes: Float64Array,
    gx: Data,
    gxo: number,
  ): void => {
    for (let n = 0, i = 0; n < samples; n++)
      for (let c = 0; c < channels; c++)
        for (const end = i + inner; i < end; i++)
          gx[gxo + i] = scales[c] * (g[go + i] - shifts[c] - (x[xo + i] - mean[mo + c]) * slopes[c]);
  },
);

/**
 * The gradients of x, weight and bias, with x̂ the normalized x: gx = (g - mean(g) - x̂ mean(g x̂)) · weight
 * / √(variance + eps) in training, else g · weight / √(variance + eps); gWeight = Σ g x̂, gBias = Σ g.
 * `addWeight` and `addBias` say whether to add these two to what is there. Any output may be null. gx may be
 * in place of g or x.
 */
export function batchNormGrad(
  samples: number,
  channels: number,
  inner: number,
  eps: number,
  x: Data,
  xo: number,
  weight: Data | null,
  wo: number,
  training: number,
  mean: Data,
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
  const [sums, products] = [new Float64Array(channels), new Float64Array(channels)];
  const sizes = [samples, channels, inner] as const;
  addChannelSums("batchNormGrad", tagOf(x))(...sizes, x, xo, mean, mo, 1, g, go, sums, products);
  const roots = Float64Array.from({ length: channels }, (_, c) => 1 / Math.sqrt(variance[vo + c] + eps));
  if (gx !== null) {
    const n = samples * inner;
    const scales = roots.map((root, c) => (weight === null ? root : root * weight[wo + c]));
    const shifts = sums.map((sum) => (training ? sum / n : 0));
    const slopes = products.map((product, c) => (training ? (product * roots[c] ** 2) / n : 0));
    const loop = gradInputLoop("batchNormGrad", tagOf(x));
    loop(...sizes, x, xo, mean, mo, g, go, scales, shifts, slopes, gx, gxo);
  }
  const weightSums = products.map((product, c) => product * roots[c]);
  writeParameterGrad(weightSums, addWeight, gWeight, gwo);
  writeParameterGrad(sums, addBias, gBias, gbo);
  return OK;
}
