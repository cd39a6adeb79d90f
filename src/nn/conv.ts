import { ShapeError, ValueError } from "../errors.js";
import { type BorderMode, withBorder } from "../ops/spatial/border.js";
import { type ConvOptions, conv1d, conv2d, conv3d, convOptions, paddingOf } from "../ops/spatial/conv.js";
import { type Sizes, sizesOf } from "../ops/spatial/spatial.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { fans, kaimingUniform, uniform } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of convolution layers. */
export interface ConvLayerOptions extends ConvOptions {
  /** Whether to add a learned bias. Default true. */
  bias?: boolean;
  /**
   * The values of the padding: zeros (default), the image mirrored at its edge, the edge repeated, or the
   * values from the opposite side.
   */
  paddingMode?: "zeros" | BorderMode;
}

const layerOptions = [...convOptions, "bias", "paddingMode"];
const paddingModes = ["zeros", "reflect", "replicate", "circular"];

/** @internal Weight [outputs, inputs, kernel…] and bias, initialised uniform on ±1/√fanIn as in PyTorch. */
export function learned(
  shape: readonly number[],
  biases: number,
  hasBias: boolean,
): { weight: Parameter; bias: Parameter | null } {
  const weight = kaimingUniform(Parameter.zeros(shape), { a: Math.sqrt(5) });
  const bound = 1 / Math.sqrt(fans(weight).fanIn);
  return { weight, bias: hasBias ? uniform(Parameter.zeros([biases]), -bound, bound) : null };
}

/** @internal @throws ShapeError unless `groups` divides both numbers of channels. */
export function checkGroups(layer: string, inChannels: number, outChannels: number, groups: number): void {
  checkSizes(layer, { inChannels, outChannels, groups });
  if (inChannels % groups !== 0 || outChannels % groups !== 0)
    throw new ShapeError(
      `${layer}: groups divide the numbers of channels: ${quoted(groups)} groups, ${inChannels} and ${outChannels} channels`,
    );
}

abstract class Conv extends Module {
  readonly weight!: Parameter;
  readonly bias!: Parameter | null;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly paddingMode: "zeros" | BorderMode;
  /** Padding with values other than zeros, which is added before the convolution. */
  readonly #borders: [before: number, after: number][];

  constructor(
    axes: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: Sizes,
    options: ConvLayerOptions,
  ) {
    super();
    const layer = this.constructor.name;
    checkOptions(layer, options, layerOptions);
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, paddingMode = "zeros" } = options;
    checkGroups(layer, inChannels, outChannels, groups);
    if (!paddingModes.includes(paddingMode))
      throw new ValueError(
        `${layer}: paddingMode is one of ${paddingModes.join(", ")}: ${String(paddingMode)}`,
      );
    this.groups = groups;
    this.paddingMode = paddingMode;
    this.kernelSize = sizesOf(layer, "kernelSize", kernelSize, axes, 1);
    this.stride = sizesOf(layer, "stride", stride, axes, 1);
    this.dilation = sizesOf(layer, "dilation", dilation, axes, 1);
    this.#borders = paddingOf(layer, axes, padding, this.kernelSize, this.stride, this.dilation);
    this.padding = typeof padding === "string" ? padding : sizesOf(layer, "padding", padding, axes, 0);
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    Object.assign(this, learned(shape, outChannels, bias));
  }

  /** The input of the convolution (x, padded if needed) and its arguments. */
  protected prepared(x: Tensor): [Tensor, ConvOptions] {
    const { stride, padding, dilation, groups, paddingMode } = this;
    if (paddingMode === "zeros") return [x, { stride, padding, dilation, groups }];
    const bordered = withBorder(this.constructor.name, x, this.#borders, paddingMode);
    return [bordered, { stride, dilation, groups }];
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode } =
      this;
    const parts = [inChannels, outChannels, `kernelSize=${kernelSize}`, `stride=${stride}`];
    if (typeof padding === "string" || padding.some((n) => n > 0)) parts.push(`padding=${padding}`);
    if (dilation.some((n) => n > 1)) parts.push(`dilation=${dilation}`);
    if (groups > 1) parts.push(`groups=${groups}`);
    if (bias === null) parts.push("bias=false");
    if (paddingMode !== "zeros") parts.push(`paddingMode=${paddingMode}`);
    return parts.join(", ");
  }
}

/**
 * Convolution of sequences (PyTorch's `nn.Conv1d`). Weight [outChannels, inChannels/groups, k] and bias
 * [outChannels] start uniform on ±1/√(inChannels/groups · k). Shapes: [N, inChannels, L] or [inChannels, L] →
 * [N, outChannels, L'] or [outChannels, L'].
 */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvLayerOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
  forward(x: Tensor): Tensor {
    const [padded, options] = this.prepared(x);
    return conv1d(padded, this.weight, this.bias, options);
  }
}

/**
 * Convolution of images (PyTorch's `nn.Conv2d`). Weight [outChannels, inChannels/groups, kh, kw] and bias
 * [outChannels] start uniform on ±1/√(inChannels/groups · kh · kw). Shapes: [N, inChannels, H, W] or without
 * N → [N, outChannels, H', W'] or without N.
 */
export class Conv2d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvLayerOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
  forward(x: Tensor): Tensor {
    const [padded, options] = this.prepared(x);
    return conv2d(padded, this.weight, this.bias, options);
  }
}

/**
 * Convolution of volumes (PyTorch's `nn.Conv3d`). Weight [outChannels, inChannels/groups, kd, kh, kw] and
 * bias [outChannels] start uniform on ±1/√(inChannels/groups · kd · kh · kw). Shapes: [N, inChannels, D, H,
 * W] or without N → [N, outChannels, D', H', W'] or without N.
 */
export class Conv3d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvLayerOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
  forward(x: Tensor): Tensor {
    const [padded, options] = this.prepared(x);
    return conv3d(padded, this.weight, this.bias, options);
  }
}
