import { checkWords } from "../arguments.js";
import { type InterpolateOptions, interpolate, interpolationModes } from "../ops/spatial/interpolate.js";
import type { Sizes } from "../ops/spatial/spatial.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { listed } from "./print-arguments.js";

export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

/** Resizes sequences, images or volumes: `interpolate` with these options (PyTorch's `nn.Upsample`). */
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

export interface Upsample2dOptions {
  /** Height and width of the result. Give either these or `scaleFactor`. */
  size?: Sizes | null;
  /** The factor of height and width. */
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

/** Enlarges images by repeating elements (PyTorch's `nn.UpsamplingNearest2d`). */
export class UpsamplingNearest2d extends Upsample2d {
  protected get how(): InterpolateOptions {
    return { mode: "nearest" };
  }
}

/** Enlarges images by bilinear interpolation with aligned corners (PyTorch's `nn.UpsamplingBilinear2d`). */
export class UpsamplingBilinear2d extends Upsample2d {
  protected get how(): InterpolateOptions {
    return { mode: "bilinear", alignCorners: true };
  }
}
