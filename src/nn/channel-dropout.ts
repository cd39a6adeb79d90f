import * as ops from "../ops/layers/channel-dropout.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability } from "./arguments.js";
import { Module } from "./module.js";

/** A dropout that is active in training only. */
function dropoutOf(
  className: string,
  compute: (x: Tensor, options: ops.ChannelDropoutOptions) => Tensor,
): new (
  options?: { p?: number } | number,
) => Module & { readonly p: number; forward(x: Tensor): Tensor } {
  const layer = class extends Module {
    readonly p: number;
    constructor(options: { p?: number } | number = {}) {
      super();
      if (typeof options !== "number") checkOptions(className, options, ["p"]);
      this.p = typeof options === "number" ? options : (options.p ?? 0.5);
      checkProbability(className, "p", this.p);
    }
    forward(x: Tensor): Tensor {
      return compute(x, { p: this.p, training: this.training });
    }
    override extraRepr(): string {
      return `p=${this.p}`;
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

/**
 * In training, drops whole channels of [N, C, L] or [C, L] with probability `p`, 0.5 by default.
 * @example new nn.Dropout1d({ p: 0 }).forward(ones([1, 2, 3])).shape // [1, 2, 3]
 */
export const Dropout1d = dropoutOf("Dropout1d", ops.dropout1d);
/**
 * In training, drops whole channels of [N, C, H, W].
 * @example new nn.Dropout2d().eval().forward(ones([1, 2, 3, 3])).shape // [1, 2, 3, 3]
 */
export const Dropout2d = dropoutOf("Dropout2d", ops.dropout2d);
/**
 * In training, drops whole channels of [N, C, D, H, W] or [C, D, H, W].
 * @example new nn.Dropout3d().eval().forward(ones([1, 2, 3, 3, 3])).shape // [1, 2, 3, 3, 3]
 */
export const Dropout3d = dropoutOf("Dropout3d", ops.dropout3d);
/**
 * Dropout that keeps mean 0 and variance 1, for networks with SELU. Shape of x.
 * @example new nn.AlphaDropout().eval().forward(tensor([1, 2])) // [1, 2]
 */
export const AlphaDropout = dropoutOf("AlphaDropout", ops.alphaDropout);
/**
 * `AlphaDropout` of whole channels. Shape of x.
 * @example new nn.FeatureAlphaDropout().eval().forward(ones([1, 2, 3])).shape // [1, 2, 3]
 */
export const FeatureAlphaDropout = dropoutOf("FeatureAlphaDropout", ops.featureAlphaDropout);
