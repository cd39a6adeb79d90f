import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { exactly } from "../arguments/integers-as-float64.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { add } from "../elementwise/elementwise.js";
import { reshape } from "../shape/views.js";
import { asWeight, checkOperands, type Geometry, spread } from "./convolution.js";
import { asImages, type Sizes, sizesOf, twoAxes } from "./spatial.js";
import { channelsAsSlices, volumesAsImages } from "./volumes.js";

export interface ConvTransposeOptions {
  /** Step of the convolution whose gradient this is. Default 1. */
  stride?: Sizes;
  /** Padding of that convolution: the output is smaller by this on both sides. Default 0. */
  padding?: Sizes;
  /** The output is larger by this at its end: less than stride or dilation. Default 0. */
  outputPadding?: Sizes;
  /** Default 1. */
  groups?: number;
  /** Default 1. */
  dilation?: Sizes;
}

/** The bias may also be given by name. */
export interface ConvTransposeCallOptions extends ConvTransposeOptions {
  bias?: Tensor | null;
}

/** @internal */
export const convTransposeOptions: readonly (keyof ConvTransposeOptions)[] = [
  ...(["stride", "padding", "outputPadding", "groups", "dilation"] as const),
];

/**
 * The transposed convolution of rows: the adjoint of `conv1d`.
 * Shapes: x [N, C, L] or [C, L], weight [C, O/groups, k], bias [O] → [N, O, L'] or [O, L'], with L' = (L - 1)
 * · stride - 2·padding + dilation·(k-1) + outputPadding + 1. By default `bias` is null, and none is added.
 * PyTorch: `F.conv_transpose1d`.
 * @throws ShapeError for numbers of dims, and channels that are not those of the weight.
 * @forms nn.functional.convTranspose1d()
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvTransposeCallOptions> = null,
  options?: ConvTransposeCallOptions,
): Tensor {
  checkTensors("convTranspose1d", x, weight);
  return transposed("convTranspose1d", 1, x, weight, bias, options);
}

/**
 * The transposed convolution of images: the adjoint of `conv2d`.
 * Shapes: x [N, C, H, W] or [C, H, W], weight [C, O/groups, kh, kw], bias [O] → [N, O, H', W'] or [O, H',
 * W'], with H' = (H - 1) · stride - 2·padding + dilation·(kh-1) + outputPadding + 1 and W' likewise. Without
 * `bias` none is added. PyTorch: `F.conv_transpose2d`.
 * @throws ShapeError for numbers of dims, and channels that are not those of the weight.
 * @forms nn.functional.convTranspose2d()
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvTransposeCallOptions> = null,
  options?: ConvTransposeCallOptions,
): Tensor {
  checkTensors("convTranspose2d", x, weight);
  return transposed("convTranspose2d", 2, x, weight, bias, options);
}

/**
 * The transposed convolution of volumes: the adjoint of `conv3d`.
 * Shapes: x [N, C, D, H, W] or [C, D, H, W], weight [C, O/groups, kd, kh, kw], bias [O] → [N, O, D', H', W']
 * or [O, D', H', W'], with D' = (D - 1) · stride - 2·padding + dilation·(kd-1) + outputPadding + 1 and the
 * others likewise. By default `bias` is null, and none is added. PyTorch: `F.conv_transpose3d`.
 * @throws ShapeError for numbers of dims, and channels that are not those of the weight.
 * @forms nn.functional.convTranspose3d()
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvTransposeCallOptions> = null,
  options?: ConvTransposeCallOptions,
): Tensor {
  checkTensors("convTranspose3d", x, weight);
  return transposed("convTranspose3d", 3, x, weight, bias, options);
}

function transposed(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  given: Optional<ConvTransposeCallOptions>,
  named: ConvTransposeCallOptions = {},
): Tensor {
  const { bias, ...options } = optionalTensors(op, { bias: given }, named, convTransposeOptions);
  return exactly([x, weight, bias], (a, b, c) => spreadOut(op, axes, a, b, c, options));
}

function spreadOut(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Tensor {
  const { groups = 1 } = options;
  const { images, back } = asImages(op, x, axes, weight);
  checkOperands(op, axes, x, weight, bias, groups, weight.shape[1] * groups);
  const [inputs, channels] = weight.shape;
  if (images.shape[1] !== inputs || inputs % groups !== 0)
    throw new ShapeError(
      `${op}: x has the ${inputs} channels of the weight, a multiple of groups: x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}, groups ${quoted(groups)}`,
    );
  const kernel = weight.shape.slice(2);
  const stride = sizesOf(op, "stride", options.stride ?? 1, axes, 1);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, axes, 1);
  const padding = sizesOf(op, "padding", options.padding ?? 0, axes, 0);
  const outputPadding = sizesOf(op, "outputPadding", options.outputPadding ?? 0, axes, 0);
  if (outputPadding.some((size, i) => size >= Math.max(stride[i], dilation[i])))
    throw new ValueError(
      `${op}: outputPadding is less than stride or dilation: ${formatShape(outputPadding)} for stride ${formatShape(stride)}, dilation ${formatShape(dilation)}`,
    );
  const places = x.shape.slice(-axes);
  const sizes = places.map(
    (n, i) => (n - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + outputPadding[i] + 1,
  );
  if (sizes.some((n) => n < 1))
    throw new ShapeError(
      `${op}: the output has elements: ${formatShape(sizes)} for x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}`,
    );
  const deep = axes === 3 ? { places: places[0], kernel: kernel[0] } : { places: 1, kernel: 1 };
  const geometry: Geometry = [
    ...([images.shape[0] * deep.places, groups, channels * deep.kernel, inputs / groups] as const),
    ...twoAxes(sizes, 1),
    ...twoAxes(kernel, 1),
    ...twoAxes(places, 1),
    ...twoAxes(stride, 1),
    ...twoAxes(padding, 0),
    ...twoAxes(dilation, 1),
  ];
  const withBias = (out: Tensor) =>
    back(
      bias === null ? out : add(out, reshape(bias, [bias.numel, ...new Array<number>(out.ndim - 2).fill(1)])),
    );
  if (axes < 3) return withBias(spread(geometry, images, asWeight(weight)));
  const depth = {
    ...{ ...deep, size: sizes[0], stride: stride[0], dilation: dilation[0] },
    padding: padding[0],
  };
  const flat = reshape(weight, [inputs, channels * deep.kernel, ...kernel.slice(1)]);
  return withBias(channelsAsSlices(spread(geometry, volumesAsImages(images), flat), depth));
}
