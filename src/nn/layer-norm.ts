import { groupNorm, layerNorm, rmsNorm } from "../ops/layers/normalization.js";
import { type LocalResponseNormOptions, localResponseNorm } from "../ops/layers/relative-size.js";
import { checkOptions } from "../options.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** One size or several, as an array of sizes. */
function sizesOf(layer: string, normalizedShape: number | Shape): Shape {
  const sizes = Array.isArray(normalizedShape) ? [...normalizedShape] : [normalizedShape as number];
  for (const size of sizes) checkSizes(layer, { normalizedShape: size });
  return sizes;
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions {
  /** Default 1e-5. */
  eps?: number;
  /** Whether to learn a factor per element. Default true. */
  elementwiseAffine?: boolean;
  /** Whether to learn an offset too. Default true. */
  bias?: boolean;
}

/**
 * Mean 0 and variance 1 over the last dims, then · weight + bias (PyTorch's `nn.LayerNorm`). Weight and bias
 * have the normalized shape and start as 1 and 0.
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    this.normalizedShape = sizesOf("LayerNorm", normalizedShape);
    this.eps = options.eps ?? 1e-5;
    this.elementwiseAffine = options.elementwiseAffine ?? true;
    const { elementwiseAffine: affine } = this;
    this.weight = affine ? init.ones(Parameter.zeros(this.normalizedShape)) : null;
    this.bias = affine && (options.bias ?? true) ? Parameter.zeros(this.normalizedShape) : null;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    return `[${this.normalizedShape.join(", ")}], eps=${this.eps}, elementwiseAffine=${this.elementwiseAffine}`;
  }
}

/** Options of `RMSNorm`. */
export interface RMSNormOptions {
  /** Default null: the distance from 1 to the next number of the input's dtype. */
  eps?: number | null;
  /** Whether to learn a factor per element. Default true. */
  elementwiseAffine?: boolean;
}

/** x / √(mean(x²) + eps) over the last dims, then · weight, which starts as 1 (PyTorch's `nn.RMSNorm`). */
export class RMSNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  readonly weight: Parameter | null;

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    super();
    checkOptions("RMSNorm", options, ["eps", "elementwiseAffine"]);
    this.normalizedShape = sizesOf("RMSNorm", normalizedShape);
    this.eps = options.eps ?? null;
    this.elementwiseAffine = options.elementwiseAffine ?? true;
    this.weight = this.elementwiseAffine ? init.ones(Parameter.zeros(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.normalizedShape, this.weight, { eps: this.eps });
  }

  override extraRepr(): string {
    return `[${this.normalizedShape.join(", ")}], eps=${this.eps}, elementwiseAffine=${this.elementwiseAffine}`;
  }
}

/** Options of `GroupNorm`. */
export interface GroupNormOptions {
  /** Default 1e-5. */
  eps?: number;
  /** Whether to learn a factor and an offset per channel. Default true. */
  affine?: boolean;
  /** Whether to learn an offset too. Default true. */
  bias?: boolean;
}

/**
 * Mean 0 and variance 1 over each of `numGroups` groups of channels, then · weight + bias per channel
 * (PyTorch's `nn.GroupNorm`).
 * Shapes: [N, C, …] → the same.
 * @throws ValueError `INVALID_SIZE` for sizes below 1, and the errors of `functional.groupNorm`.
 */
export class GroupNorm extends Module {
  readonly eps: number;
  readonly affine: boolean;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;

  constructor(
    readonly numGroups: number,
    readonly numChannels: number,
    options: GroupNormOptions = {},
  ) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine", "bias"]);
    checkSizes("GroupNorm", { numGroups, numChannels });
    checkSizes("GroupNorm", { "numChannels / numGroups": numChannels / numGroups });
    this.eps = options.eps ?? 1e-5;
    this.affine = options.affine ?? true;
    this.weight = this.affine ? init.ones(Parameter.zeros([numChannels])) : null;
    this.bias = this.affine && (options.bias ?? true) ? Parameter.zeros([numChannels]) : null;
  }

  forward(x: Tensor): Tensor {
    return groupNorm(x, this.numGroups, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    const without = this.affine && this.bias === null ? ", bias=false" : "";
    return `${this.numGroups}, ${this.numChannels}, eps=${this.eps}, affine=${this.affine}${without}`;
  }
}

/**
 * Divides each element by a norm of the neighbouring channels (PyTorch's `nn.LocalResponseNorm`); see
 * `functional.localResponseNorm`. Shape of x: [N, C, …], at least 3 dims.
 * @example new nn.LocalResponseNorm(2).forward(randn([1, 4, 8, 8])).shape // [1, 4, 8, 8]
 * @throws ValueError `INVALID_SIZE` for a size below 1, and the errors of `functional.localResponseNorm`.
 */
export class LocalResponseNorm extends Module {
  constructor(
    readonly size: number,
    readonly options: LocalResponseNormOptions = {},
  ) {
    super();
    checkOptions("LocalResponseNorm", options, ["alpha", "beta", "k"]);
    checkSizes("LocalResponseNorm", { size });
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }

  override extraRepr(): string {
    const { alpha = 1e-4, beta = 0.75, k = 1 } = this.options;
    return `${this.size}, alpha=${alpha}, beta=${beta}, k=${k}`;
  }
}
