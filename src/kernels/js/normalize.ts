/**
 * Normalisation over the channels and elements of each group of a sample: x is [samples, groups, channels,
 * inner]. Layer normalisation is one group whose channels are the elements of a row; instance normalisation
 * has groups of one channel. Sums are in double precision.
 */
import type { Data } from "../../dtype.js";
import { addChannelSums, writeParameterGrad } from "./parameter-grads.js";
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

/** gx of one row, whose gradients of weight and bias it adds to `weightSums` and `biasSums`. */
const gradRow = specialize(
  (
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
    sums: Float64Array,
    products: Float64Array,
    first: number,
    weightSums: Float64Array,
    biasSums: Float64Array,
  ): void => {
    const length = channels * inner;
    const average = mean === null ? 0 : mean[mo];
    const scale = 1 / Math.sqrt(variance[vo] + eps);
    let sum = 0;
    let product = 0;
    for (let c = 0; c < channels; c++) {
      weightSums[first + c] += products[c] * scale;
      biasSums[first + c] += sums[c];
      const w = weight === null ? 1 : weight[wo + first + c];
      sum += sums[c] * w;
      product += products[c] * w;
    }
    if (gx === null) return;
    const shift = mean === null ? 0 : sum / length;
    const slope = (product * scale * scale) / length;
    for (let c = 0, i = 0; c < channels; c++) {
      const w = weight === null ? 1 : weight[wo + first + c];
      for (const end = i + inner; i < end; i++)
        gx[gxo + i] = scale * (g[go + i] * w - shift - (x[xo + i] - average) * slope);
    }
  },
);

const noMean = new Float64Array(1);

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
  const [sums, products] = [new Float64Array(channels), new Float64Array(channels)];
  const addSums = addChannelSums("normalizeGrad", tagOf(x));
  const grad = gradRow("normalizeGrad", tagOf(x));
  for (let row = 0; row < samples * groups; row++) {
    const at = row * channels * inner;
    const first = (row % groups) * channels;
    sums.fill(0);
    products.fill(0);
    addSums(
      1,
      channels,
      inner,
      x,
      xo + at,
      mean ?? noMean,
      mean ? mo + row : 0,
      0,
      g,
      go + at,
      sums,
      products,
    );
    grad(
      ...([channels, inner, eps, x, xo + at, weight, wo, mean, mo + row, variance, vo + row] as const),
      ...([g, go + at, gx, gxo + at, sums, products, first, weightSums, biasSums] as const),
    );
  }
  writeParameterGrad(weightSums, addWeight, gWeight, gwo);
  writeParameterGrad(biasSums, addBias, gBias, gbo);
  return OK;
}
