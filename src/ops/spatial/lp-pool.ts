import { checkTensors } from "../../arguments.js";
import { ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { abs, mul, neg, pow, unary } from "../elementwise/elementwise.js";
import { avgPool, maxPool } from "./pool.js";
import { type Sizes, sizesOf } from "./spatial.js";

export interface LPPoolOptions {
  /** Step from one window to the next. Default: the kernel size. */
  stride?: Sizes;
  /** Whether the last window may extend beyond the end. Default false. */
  ceilMode?: boolean;
}

/** @internal */
export const lpPoolOptions: readonly (keyof LPPoolOptions)[] = ["stride", "ceilMode"];

/**
 * (Σ x^p)^(1/p) over each window, with p = `normType`; for infinite p the largest or smallest |x|. The sum is
 * that of the powers themselves, without absolute values. Where it is 0, so is the gradient for p = 1.
 * Shapes: x [N, C, L] or [C, L] → [N, C, L'] or [C, L']. PyTorch: `F.lp_pool1d`.
 * @throws ValueError for a `normType` of 0, and the errors of `avgPool1d`.
 * @forms nn.functional.lpPool1d()
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: Sizes, options?: LPPoolOptions): Tensor {
  checkTensors("lpPool1d", x);
  return lpPool("lpPool1d", 1, x, normType, kernelSize, options);
}

/**
 * As `lpPool1d`, for images: [N, C, H, W] or [C, H, W]. PyTorch: `F.lp_pool2d`.
 * @example nn.functional.lpPool2d(tensor([[[3, 0], [0, 4]]]), 2, 2) // [[[5]]]
 * @throws ValueError for a `normType` of 0, and the errors of `avgPool2d`.
 * @forms nn.functional.lpPool2d()
 */
export function lpPool2d(x: Tensor, normType: number, kernelSize: Sizes, options?: LPPoolOptions): Tensor {
  checkTensors("lpPool2d", x);
  return lpPool("lpPool2d", 2, x, normType, kernelSize, options);
}

/**
 * As `lpPool1d`, for volumes: [N, C, D, H, W] or [C, D, H, W]. PyTorch: `F.lp_pool3d`.
 * @example nn.functional.lpPool3d(ones([1, 2, 2, 2]), 1, 2) // [[[[8]]]]
 * @throws ValueError for a `normType` of 0, and the errors of `avgPool3d`.
 * @forms nn.functional.lpPool3d()
 */
export function lpPool3d(x: Tensor, normType: number, kernelSize: Sizes, options?: LPPoolOptions): Tensor {
  checkTensors("lpPool3d", x);
  return lpPool("lpPool3d", 3, x, normType, kernelSize, options);
}

function lpPool(
  op: string,
  axes: number,
  x: Tensor,
  normType: number,
  kernelSize: Sizes,
  options: LPPoolOptions = {},
): Tensor {
  checkOptions(op, options, lpPoolOptions);
  if (typeof normType !== "number" || Number.isNaN(normType) || normType === 0)
    throw new ValueError(`${op}: normType is a number other than 0: ${String(normType)}`);
  const largest = (sizes: Tensor) => maxPool(op, axes, sizes, kernelSize, options) as Tensor;
  if (normType === Infinity) return largest(abs(x));
  if (normType === -Infinity) return neg(largest(neg(abs(x))));
  const mean = avgPool(op, axes, pow(x, normType), kernelSize, options);
  const size = sizesOf(op, "kernelSize", kernelSize, axes, 1).reduce((a, b) => a * b, 1);
  // As in PyTorch: relu stops the gradient where the value is not above 0.
  const powers = mul(mul(unary.sign(mean), unary.relu(abs(mean))), size);
  return pow(powers, 1 / normType);
}
