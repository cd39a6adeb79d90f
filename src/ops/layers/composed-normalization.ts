import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, mul, sub, unary } from "../elementwise/elementwise.js";
import { mean } from "../reduce/reduce.js";
import { reshape } from "../shape/views.js";

/*
 * Normalisations composed of differentiable operations, for gradients of gradients; and the checks of their
 * arguments.
 */

export type MaybeTensor = Tensor | null | undefined;

/** @internal */
export function needsFloats(op: string, x: Tensor): void {
  if (!isFloating(x.dtype))
    throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}; use to("float32")`);
}

/** @internal A tensor with one value per channel, or nothing. */
export function checkPerChannel(op: string, name: string, given: MaybeTensor, x: Tensor): void {
  if (given && (given.ndim !== 1 || given.shape[0] !== x.shape[1]))
    throw new ShapeError(
      `${op}: ${name} has one value per channel: ${formatShape(given.shape)} for x ${formatShape(x.shape)}`,
    );
}

interface Centered {
  distances: Tensor;
  variance: Tensor;
}

/** @internal x - mean and the biased variance over `dims`, kept with size 1. */
export function centered(x: Tensor, dims: readonly number[]): Centered {
  const distances = sub(x, mean(x, dims, { keepdim: true }));
  return { distances, variance: mean(unary.square(distances), dims, { keepdim: true }) };
}

/** @internal distances / √(variance + eps) · weight + bias; weight and bias broadcast. */
export function scaled(
  { distances, variance }: Centered,
  eps: number,
  weight: MaybeTensor,
  bias: MaybeTensor,
): Tensor {
  return stretched(mul(distances, unary.rsqrt(add(variance, eps))), weight, bias);
}

/** @internal y · weight + bias; weight and bias broadcast. */
export function stretched(y: Tensor, weight: MaybeTensor, bias: MaybeTensor): Tensor {
  const product = weight ? mul(y, weight) : y;
  return bias ? add(product, bias) : product;
}

/** @internal Reshapes [C] so that it broadcasts with [N, C, …]. */
export const perChannel = (x: MaybeTensor, rank: number): MaybeTensor =>
  x && reshape(x, [x.numel, ...new Array<number>(rank - 2).fill(1)]);
