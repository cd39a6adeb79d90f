/** Gradients of the weight and the bias of a normalisation: one sum per channel, in double precision. */
import type { Data } from "../../dtype.js";
import { specialize } from "./specialize.js";

/**
 * Adds Σ g to sums[c] and Σ g (x - mean) to products[c], over the samples and elements of each channel c. x
 * and g are [samples, channels, inner]; element mo + c · meanStep of `mean` is the mean of channel c.
 */
export const addChannelSums = specialize(
  (
    samples: number,
    channels: number,
    inner: number,
    x: Data,
    xo: number,
    mean: Data,
    mo: number,
    meanStep: number,
    g: Data,
    go: number,
    sums: Float64Array,
    products: Float64Array,
  ): void => {
    for (let n = 0, i = 0; n < samples; n++)
      for (let c = 0; c < channels; c++) {
        const average = mean[mo + c * meanStep];
        let sum = sums[c];
        let product = products[c];
        for (const end = i + inner; i < end; i++) {
          sum += g[go + i];
          product += g[go + i] * (x[xo + i] - average);
        }
        sums[c] = sum;
        products[c] = product;
      }
  },
);

/** Writes the gradient of a weight or a bias to `out` from its sums; with `add`, adds it to what is there. */
export function writeParameterGrad(sums: Float64Array, add: number, out: Data | null, oo: number): void {
  if (out === null) return;
  for (let i = 0; i < sums.length; i++) out[oo + i] = add ? out[oo + i] + sums[i] : sums[i];
}
