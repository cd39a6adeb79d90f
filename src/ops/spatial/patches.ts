import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { dense } from "../shape/views.js";
import { type Sizes, sizesOf } from "./spatial.js";

export interface PatchOptions {
  /** Step from one element of a patch to the next. Default 1. */
  dilation?: Sizes;
  /** Zeros on both sides of each axis. Default 0. */
  padding?: Sizes;
  /** Step from one patch to the next. Default 1. */
  stride?: Sizes;
}

/** @internal */
export const patchOptions: readonly (keyof PatchOptions)[] = ["dilation", "padding", "stride"];

/** Sizes of planes: h, w, kh, kw, oh, ow, then stride, padding and dilation of both axes. */
type Patches = readonly [
  ...[h: number, w: number, kh: number, kw: number, oh: number, ow: number],
  ...[sh: number, sw: number, ph: number, pw: number, dh: number, dw: number],
];

function patchesOf(
  op: string,
  x: Tensor,
  sizes: readonly number[],
  kernelSize: Sizes,
  options: PatchOptions,
): Patches {
  checkOptions(op, options, patchOptions);
  const kernel = sizesOf(op, "kernelSize", kernelSize, 2, 1);
  const stride = sizesOf(op, "stride", options.stride ?? 1, 2, 1);
  const padding = sizesOf(op, "padding", options.padding ?? 0, 2, 0);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, 2, 1);
  const places = sizes.map((size, i) => {
    const room = size + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
    return Math.floor(room / stride[i]) + 1;
  });
  if (places.some((n) => n < 1))
    throw new ShapeError(
      `${op}: the kernel is not larger than the padded image: ${formatShape(kernel)} for images ${formatShape(sizes)}, x ${formatShape(x.shape)}`,
    );
  return [
    ...([sizes[0], sizes[1], kernel[0], kernel[1], places[0], places[1]] as const),
    ...([stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1]] as const),
  ];
}

/**
 * The patches of images as columns ("im2col").
 * Shapes: x [N, C, H, W] or [C, H, W] → [N, C·kh·kw, L] or [C·kh·kw, L], for L patches, row after row.
 * PyTorch: `F.unfold`.
 * @throws ShapeError for other numbers of dims, and a kernel larger than the padded image.
 * @forms nn.functional.unfold()
 */
export function unfold(x: Tensor, kernelSize: Sizes, options: PatchOptions = {}): Tensor {
  checkTensors("unfold", x);
  if (x.ndim !== 3 && x.ndim !== 4)
    throw new ShapeError(`unfold: x has 3 dims, or 4 with a batch: ${formatShape(x.shape)}`);
  const patches = patchesOf("unfold", x, x.shape.slice(-2), kernelSize, options);
  const [, , kh, kw, oh, ow] = patches;
  const columns = [...x.shape.slice(0, -3), x.shape[x.ndim - 3] * kh * kw, oh * ow];
  return unfolded(x, patches, columns);
}

/**
 * Images made of columns of patches, added up where patches overlap ("col2im"): the adjoint of `unfold`.
 * Shapes: x [N, C·kh·kw, L] or [C·kh·kw, L] → [N, C, H, W] or [C, H, W], for `outputSize` H x W. PyTorch:
 * `F.fold`.
 * @throws ShapeError for other numbers of dims, and numbers of rows and columns that are not those of such
 * images.
 * @forms nn.functional.fold()
 */
export function fold(x: Tensor, outputSize: Sizes, kernelSize: Sizes, options: PatchOptions = {}): Tensor {
  checkTensors("fold", x);
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new ShapeError(`fold: x has 2 dims, or 3 with a batch: ${formatShape(x.shape)}`);
  const patches = patchesOf("fold", x, sizesOf("fold", "outputSize", outputSize, 2, 1), kernelSize, options);
  const [h, w, kh, kw, oh, ow] = patches;
  const [rows, columns] = x.shape.slice(-2);
  if (rows % (kh * kw) !== 0 || columns !== oh * ow)
    throw new ShapeError(
      `fold: x has a multiple of ${kh * kw} rows and ${oh * ow} columns: ${formatShape(x.shape)} for images ${formatShape([h, w])}`,
    );
  return folded(x, patches, [...x.shape.slice(0, -2), rows / (kh * kw), h, w]);
}

function unfolded(x: Tensor, patches: Patches, columns: readonly number[]): Tensor {
  const from = dense(x);
  const out = empty(columns, x.dtype);
  const planes = x.shape.slice(0, -2).reduce((n, size) => n * size, 1);
  run.unfold2d(planes, ...patches, from, out);
  return differentiable("unfold", [x], out, (g) => [folded(g, patches, x.shape)]);
}

function folded(columns: Tensor, patches: Patches, shape: readonly number[]): Tensor {
  const from = dense(columns);
  const out = empty(shape, columns.dtype);
  const planes = shape.slice(0, -2).reduce((n, size) => n * size, 1);
  run.fold2d(planes, ...patches, from, out);
  return differentiable("fold", [columns], out, (g) => [unfolded(g, patches, columns.shape)]);
}
