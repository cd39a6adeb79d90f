import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { exactly } from "../arguments/integers-as-float64.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { reshape } from "../shape/views.js";
import { asWeight, checkOperands, convolve, type Geometry } from "./convolution.js";
import { asImages, type Sizes, sizesOf, twoAxes } from "./spatial.js";
import { imagesAsVolumes, slicesAsChannels } from "./volumes.js";

export interface ConvOptions {
  /** Step from one patch to the next. Default 1. */
  stride?: Sizes;
  /**
   * Zeros on both sides of each axis. `same` (stride 1 only) keeps the size; an odd zero goes to the end.
   * `valid` means none. Default 0.
   */
  padding?: Sizes | "same" | "valid";
  /** Step from one element of a patch to the next. Default 1. */
  dilation?: Sizes;
  /** Number of groups of channels; each is convolved with its part of the weight. Default 1. */
  groups?: number;
}

/** The bias may also be given by name. */
export interface ConvCallOptions extends ConvOptions {
  bias?: Tensor | null;
}

/** @internal */
export const convOptions: readonly (keyof ConvOptions)[] = ["stride", "padding", "dilation", "groups"];

/**
 * The convolution of rows with a kernel that is not mirrored: a cross-correlation, as in PyTorch.
 * Shapes: x [N, C, L] or [C, L], weight [O, C/groups, k], bias [O] → [N, O, L'] or [O, L'], with L' = ⌊(L +
 * 2·padding - dilation·(k-1) - 1) / stride⌋ + 1. By default `bias` is null, and none is added. PyTorch:
 * `F.conv1d`.
 * @throws ShapeError for numbers of dims, channels that are not those of the weight, and a kernel larger than
 * the padded row.
 * @forms nn.functional.conv1d()
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvCallOptions> = null,
  options?: ConvCallOptions,
): Tensor {
  checkTensors("conv1d", x, weight);
  return convolution("conv1d", 1, x, weight, bias, options);
}

/**
 * The convolution of images with a kernel that is not mirrored: a cross-correlation, as in PyTorch.
 * Shapes: x [N, C, H, W] or [C, H, W], weight [O, C/groups, kh, kw], bias [O] → [N, O, H', W'] or [O, H',
 * W'], with H' = ⌊(H + 2·padding - dilation·(kh-1) - 1) / stride⌋ + 1 and W' likewise. Without `bias` none is
 * added. PyTorch: `F.conv2d`.
 * @throws ShapeError for numbers of dims, channels that are not those of the weight, and a kernel larger than
 * the padded image.
 * @forms nn.functional.conv2d()
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvCallOptions> = null,
  options?: ConvCallOptions,
): Tensor {
  checkTensors("conv2d", x, weight);
  return convolution("conv2d", 2, x, weight, bias, options);
}

/**
 * The convolution of volumes with a kernel that is not mirrored: a cross-correlation, as in PyTorch.
 * Shapes: x [N, C, D, H, W] or [C, D, H, W], weight [O, C/groups, kd, kh, kw], bias [O] → [N, O, D', H', W']
 * or [O, D', H', W'], with D' = ⌊(D + 2·padding - dilation·(kd-1) - 1) / stride⌋ + 1 and the others likewise.
 * By default `bias` is null, and none is added. PyTorch: `F.conv3d`.
 * @throws ShapeError for numbers of dims, channels that are not those of the weight, and a kernel larger than
 * the padded volume.
 * @forms nn.functional.conv3d()
 */
export function conv3d(
  x: Tensor,
  weight: Tensor,
  bias: Optional<ConvCallOptions> = null,
  options?: ConvCallOptions,
): Tensor {
  checkTensors("conv3d", x, weight);
  return convolution("conv3d", 3, x, weight, bias, options);
}

function convolution(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  given: Optional<ConvCallOptions>,
  named: ConvCallOptions = {},
): Tensor {
  const { bias, ...options } = optionalTensors(op, { bias: given }, named, convOptions);
  return exactly([x, weight, bias], (a, b, c) => convolved(op, axes, a, b, c, options));
}

function convolved(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvOptions,
): Tensor {
  const { groups = 1 } = options;
  const { images, back } = asImages(op, x, axes, weight);
  checkOperands(op, axes, x, weight, bias, groups, weight.shape[0]);
  const [outputs, channels] = weight.shape;
  if (images.shape[1] !== channels * groups || outputs % groups !== 0)
    throw new ShapeError(
      `${op}: x has groups · ${channels} channels and the weight a multiple of groups: x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}, groups ${quoted(groups)}`,
    );
  const kernel = weight.shape.slice(2);
  const stride = sizesOf(op, "stride", options.stride ?? 1, axes, 1);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, axes, 1);
  const padding = paddingOf(op, axes, options.padding ?? 0, kernel, stride, dilation);
  const sizes = x.shape.slice(-axes);
  const reach = kernel.map((n, i) => dilation[i] * (n - 1) + 1);
  const places = sizes.map((size, i) => {
    const [before, after] = padding[i];
    return Math.floor((size + before + after - reach[i]) / stride[i]) + 1;
  });
  if (places.some((n) => n < 1))
    throw new ShapeError(
      `${op}: the kernel is not larger than the padded image: weight ${formatShape(weight.shape)}, reaching ${reach.join(" x ")}, for x ${formatShape(x.shape)} padded to ${sizes.map((size, i) => size + padding[i][0] + padding[i][1]).join(" x ")}`,
    );
  const deep = axes === 3 ? { places: places[0], kernel: kernel[0] } : { places: 1, kernel: 1 };
  const geometry: Geometry = [
    ...([images.shape[0] * deep.places, groups, channels * deep.kernel, outputs / groups] as const),
    ...twoAxes(sizes, 1),
    ...twoAxes(kernel, 1),
    ...twoAxes(places, 1),
    ...twoAxes(stride, 1),
    ...twoAxes(
      padding.map(([before]) => before),
      0,
    ),
    ...twoAxes(dilation, 1),
  ];
  if (axes < 3) return back(convolve(geometry, images, asWeight(weight), bias));
  const depth = {
    ...{ ...deep, size: sizes[0], stride: stride[0], dilation: dilation[0] },
    padding: padding[0][0],
  };
  const flat = reshape(weight, [outputs, channels * deep.kernel, ...kernel.slice(1)]);
  const slices = slicesAsChannels(images, depth);
  return back(imagesAsVolumes(convolve(geometry, slices, flat, bias), deep.places));
}

/** @internal Padding before and after each axis. */
export function paddingOf(
  op: string,
  axes: number,
  padding: Sizes | "same" | "valid",
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): [before: number, after: number][] {
  if (padding === "valid") return kernel.map(() => [0, 0]);
  if (typeof padding === "string" && padding !== "same")
    throw new ValueError(`${op}: padding is sizes, "same" or "valid": ${quoted(padding)}`);
  if (padding !== "same") return sizesOf(op, "padding", padding, axes, 0).map((size) => [size, size]);
  if (stride.some((step) => step !== 1))
    throw new ValueError(`${op}: padding "same" goes with stride 1: ${formatShape(stride)}`);
  return kernel.map((n, i) => {
    const total = dilation[i] * (n - 1);
    const before = Math.floor(total / 2);
    return [before, total - before];
  });
}
