import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { numel, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { scatter } from "../index/scatter.js";
import { reshape } from "../shape/views.js";
import { checkNotEmpty, type Sizes, sizesOf } from "./spatial.js";

export interface MaxUnpoolOptions {
  /** Stride of the pooling. Default: the kernel size. */
  stride?: Sizes | null;
  /** Padding of the pooling. Default 0. */
  padding?: Sizes;
  /**
   * Selects one of the input sizes that the pooling may have had: sizes of the axes, or of all dims. Default:
   * (size - 1) · stride + kernel - 2·padding.
   */
  outputSize?: readonly number[] | null;
}

/** @internal */
export const maxUnpoolOptions: readonly (keyof MaxUnpoolOptions)[] = ["stride", "padding", "outputSize"];

/**
 * Zeros with the elements of x at the positions that `maxPool1d` with `returnIndices` found.
 * Shapes: x and indices [N, C, L] or [C, L] → [N, C, L'] or [C, L']. PyTorch: `F.max_unpool1d`.
 * @throws ValueError `INDEX_OUT_OF_RANGE` for indices beyond that size.
 * @forms nn.functional.maxUnpool1d()
 */
export function maxUnpool1d(
  x: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options?: MaxUnpoolOptions,
): Tensor {
  checkTensors("maxUnpool1d", x, indices);
  return unpooled("maxUnpool1d", 1, x, indices, kernelSize, options);
}

/**
 * As `maxUnpool1d`, for images: [N, C, H, W] or [C, H, W]. PyTorch: `F.max_unpool2d`.
 * @example nn.functional.maxUnpool2d(tensor([[[5]]]), tensor([[[3]]], { dtype: "int32" }), 2) // [[[0, 0],
 *   [0, 5]]]
 * @throws ShapeError for other numbers of dims, indices of another shape, and an `outputSize` that does not
 * fit; ValueError `INDEX_OUT_OF_RANGE` for indices beyond that size.
 * @forms nn.functional.maxUnpool2d()
 */
export function maxUnpool2d(
  x: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options?: MaxUnpoolOptions,
): Tensor {
  checkTensors("maxUnpool2d", x, indices);
  return unpooled("maxUnpool2d", 2, x, indices, kernelSize, options);
}

/**
 * As `maxUnpool1d`, for volumes: [N, C, D, H, W] or [C, D, H, W]. PyTorch: `F.max_unpool3d`.
 * @example nn.functional.maxUnpool3d(tensor([[[[5]]]]), tensor([[[[7]]]], { dtype: "int32" }), 2).shape
 *   // [1, 2, 2, 2]
 * @throws ShapeError for other numbers of dims, indices of another shape, and an `outputSize` that does not
 * fit; ValueError `INDEX_OUT_OF_RANGE` for indices beyond that size.
 * @forms nn.functional.maxUnpool3d()
 */
export function maxUnpool3d(
  x: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options?: MaxUnpoolOptions,
): Tensor {
  checkTensors("maxUnpool3d", x, indices);
  return unpooled("maxUnpool3d", 3, x, indices, kernelSize, options);
}

function unpooled(
  op: string,
  axes: number,
  x: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options: MaxUnpoolOptions = {},
): Tensor {
  checkOptions(op, options, maxUnpoolOptions);
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2)
    throw new ShapeError(
      `${op}: x has ${axes + 1} dims, or ${axes + 2} with a batch: ${formatShape(x.shape)}, indices ${formatShape(indices.shape)}`,
    );
  if (!sameShape(x.shape, indices.shape))
    throw new ShapeError(
      `${op}: one index per element: x ${formatShape(x.shape)}, indices ${formatShape(indices.shape)}`,
    );
  checkNotEmpty(op, x, axes);
  const lead = x.shape.slice(0, -axes);
  const sizes = outputSizes(op, axes, x, kernelSize, options);
  const planes = numel(lead);
  const flat = (t: Tensor) => reshape(t, [planes, numel(t.shape.slice(-axes))]);
  const empty = zeros([planes, numel(sizes)], { dtype: x.dtype });
  return reshape(scatter(empty, 1, flat(indices), flat(x)), [...lead, ...sizes]);
}

function outputSizes(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: Sizes,
  options: MaxUnpoolOptions,
): readonly number[] {
  const kernel = sizesOf(op, "kernelSize", kernelSize, axes, 1);
  const none = Array.isArray(options.stride) && options.stride.length === 0;
  const stride = sizesOf(op, "stride", none ? kernel : (options.stride ?? kernel), axes, 1);
  const padding = sizesOf(op, "padding", options.padding ?? 0, axes, 0);
  const usual = x.shape.slice(-axes).map((n, i) => (n - 1) * stride[i] + kernel[i] - 2 * padding[i]);
  const { outputSize } = options;
  if (outputSize == null) {
    if (usual.some((n) => n < 1))
      throw new ShapeError(
        `${op}: the output has elements: ${formatShape(usual)} for x ${formatShape(x.shape)}`,
      );
    return usual;
  }
  const wanted = outputSize.length === axes + 2 ? outputSize.slice(2) : outputSize;
  const sizes = sizesOf(op, "outputSize", wanted, axes, 1);
  if (sizes.some((n, i) => Math.abs(n - usual[i]) >= stride[i]))
    throw new ShapeError(
      `${op}: outputSize differs from ${formatShape(usual)} by less than the stride: ${formatShape(sizes)} for x ${formatShape(x.shape)}, stride ${formatShape(stride)}`,
    );
  return sizes;
}
