import { checkWords } from "../arguments.js";
import { type InterpolateOptions, interpolate, interpolationModes } from "../ops/spatial/interpolate.js";
import type { Sizes } from "../ops/spatial/spatial.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { listed } from "./print-arguments.js";

/** Options of `Upsample`: those of `interpolate`. */
export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

/**
 * Resizes sequences, images or volumes: `interpolate` with these options (PyTorch's `nn.Upsample`).
 * Shapes: [N, C, L], [N, C, H, W] or [N, C, D, H, W] → the same with other lengths.
 * @example new nn.Upsample({ scaleFactor: 2 }).forward(ones([1, 1, 3, 3])).shape // [1, 1, 6, 6]
 */
export class Upsample extends Module {
  constructor(readonly options: UpsampleOptions = {}) {
    super();
    checkOptions("Upsample", options, [
      ...["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor"],
    ]);
    if (options.mode !== undefined) checkWords("Upsample", interpolationModes, { mode: options.mode });
  }
  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
  override extraRepr(): string {
    return listed({ ...this.options, mode: this.options.mode ?? "nearest" });
  }
}

/** Options of `UpsamplingNearest2d` and `UpsamplingBilinear2d`. */
export interface Upsample2dOptions {
  /**
   * Height and width of the result. Give either these or `scaleFactor`. Default: null, `scaleFactor` is used.
   */
  size?: Sizes | null;
  /** The factor of height and width. Default: null, `size` is used. */
  scaleFactor?: Sizes | null;
}

abstract class Upsample2d extends Module {
  protected abstract readonly how: InterpolateOptions;

  constructor(readonly options: Upsample2dOptions = {}) {
    super();
    checkOptions(this.constructor.name, options, ["size", "scaleFactor"]);
  }
  forward(x: Tensor): Tensor {
    return interpolate(x, { ...this.options, ...this.how });
  }
  override extraRepr(): string {
    return listed(this.options);
  }
}

/**
 * Enlarges images by repeating elements (PyTorch's `nn.UpsamplingNearest2d`).
 * @example new nn.UpsamplingNearest2d({ scaleFactor: 2 }).forward(tensor([[[[1, 2]]]])) // [[[[1, 1, 2, 2],
 *   [1, 1, 2, 2]]]]
 */
export class UpsamplingNearest2d extends Upsample2d {
  protected get how(): InterpolateOptions {
    return { mode: "nearest" };
  }
}

/**
 * Enlarges images by bilinear interpolation with aligned corners (PyTorch's `nn.UpsamplingBilinear2d`).
 * @example new nn.UpsamplingBilinear2d({ size: [1, 3] }).forward(tensor([[[[1, 2]]]])) // [[[[1, 1.5, 2]]]]
 */
export class UpsamplingBilinear2d extends Upsample2d {
  protected get how(): InterpolateOptions {
    return { mode: "bilinear", alignCorners: true };
  }
}
