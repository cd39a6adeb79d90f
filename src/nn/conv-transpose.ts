import { formatShape, ShapeError } from "../errors.js";
import {
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  convTransposeOptions,
} from "../ops/spatial/conv-transpose.js";
import { type Sizes, sizesOf } from "../ops/spatial/spatial.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkGroups, learned } from "./conv.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of transposed convolution layers. */
export interface ConvTransposeLayerOptions extends ConvTransposeOptions {
  /** Whether to add a learned bias. Default true. */
  bias?: boolean;
}

abstract class ConvTranspose extends Module {
  readonly weight!: Parameter;
  readonly bias!: Parameter | null;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;

  constructor(
    axes: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeLayerOptions,
  ) {
    super();
    const layer = this.constructor.name;
    checkOptions(layer, options, [...convTransposeOptions, "bias"]);
    const { groups = 1, bias = true } = options;
    checkGroups(layer, inChannels, outChannels, groups);
    this.groups = groups;
    this.kernelSize = sizesOf(layer, "kernelSize", kernelSize, axes, 1);
    this.stride = sizesOf(layer, "stride", options.stride ?? 1, axes, 1);
    this.padding = sizesOf(layer, "padding", options.padding ?? 0, axes, 0);
    this.outputPadding = sizesOf(layer, "outputPadding", options.outputPadding ?? 0, axes, 0);
    this.dilation = sizesOf(layer, "dilation", options.dilation ?? 1, axes, 1);
    const shape = [inChannels, outChannels / groups, ...this.kernelSize];
    Object.assign(this, learned(shape, outChannels, bias));
  }

  /** The arguments of the convolution of x; `outputSize`, if given, determines the output padding. */
  protected howFor(x: Tensor, outputSize: Sizes | undefined): ConvTransposeOptions {
    const { stride, padding, dilation, groups, kernelSize } = this;
    const how = { stride, padding, dilation, groups };
    if (outputSize === undefined) return { ...how, outputPadding: this.outputPadding };
    const axes = kernelSize.length;
    const wanted = sizesOf(this.constructor.name, "outputSize", outputSize, axes, 1);
    const outputPadding = x.shape.slice(-axes).map((size, i) => {
      const least = (size - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernelSize[i] - 1) + 1;
      if (wanted[i] < least || wanted[i] >= least + stride[i])
        throw new ShapeError(
          `${this.constructor.name}: outputSize is between ${least} and ${least + stride[i] - 1} in axis ${i}: ${formatShape(wanted)} for x ${formatShape(x.shape)}`,
        );
      return wanted[i] - least;
    });
    return { ...how, outputPadding };
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, padding, outputPadding, dilation, groups, bias } =
      this;
    const parts = [inChannels, outChannels, `kernelSize=${kernelSize}`, `stride=${stride}`];
    if (padding.some((n) => n > 0)) parts.push(`padding=${padding}`);
    if (outputPadding.some((n) => n > 0)) parts.push(`outputPadding=${outputPadding}`);
    if (dilation.some((n) => n > 1)) parts.push(`dilation=${dilation}`);
    if (groups > 1) parts.push(`groups=${groups}`);
    if (bias === null) parts.push("bias=false");
    return parts.join(", ");
  }
}

/**
 * The adjoint of `Conv1d` as a layer (PyTorch's `nn.ConvTranspose1d`). Weight [inChannels,
 * outChannels/groups, k] and bias [outChannels] start uniform on ±1/√(outChannels/groups · k). Shapes: [N,
 * inChannels, L] or without N → [N, outChannels, L'] or without N.
 */
export class ConvTranspose1d extends ConvTranspose {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeLayerOptions = {},
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
  /** `outputSize` selects one of the lengths that the stride allows; it replaces `outputPadding`. */
  forward(x: Tensor, outputSize?: Sizes): Tensor {
    return convTranspose1d(x, this.weight, this.bias, this.howFor(x, outputSize));
  }
}

/**
 * The adjoint of `Conv2d` as a layer (PyTorch's `nn.ConvTranspose2d`). Weight [inChannels,
 * outChannels/groups, kh, kw] and bias [outChannels] start uniform on ±1/√(outChannels/groups · kh · kw).
 * Shapes: [N, inChannels, H, W] or without N → [N, outChannels, H', W'] or without N.
 */
export class ConvTranspose2d extends ConvTranspose {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeLayerOptions = {},
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
  /** `outputSize` selects one of the sizes that the stride allows; it replaces `outputPadding`. */
  forward(x: Tensor, outputSize?: Sizes): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.howFor(x, outputSize));
  }
}

/**
 * The adjoint of `Conv3d` (PyTorch's `nn.ConvTranspose3d`). Weight [inChannels, outChannels/groups, kd, kh,
 * kw] and bias start uniform on ±1/√(outChannels/groups · kd · kh · kw). Shapes: [N, inChannels, D, H, W] or
 * without N → [N, outChannels, D', H', W'] or without N.
 */
export class ConvTranspose3d extends ConvTranspose {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeLayerOptions = {},
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
  /** `outputSize` selects one of the sizes that the stride allows; it replaces `outputPadding`. */
  forward(x: Tensor, outputSize?: Sizes): Tensor {
    return convTranspose3d(x, this.weight, this.bias, this.howFor(x, outputSize));
  }
}
