/** The sizes of a tensor. */
import { resolveDim, type Shape, type Strides } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * The shape of `x`, or the size of one dim. PyTorch: `Tensor.size`.
 * @forms x.size()
 */
export function size(x: Tensor): Shape;
export function size(x: Tensor, dim: number): number;
export function size(x: Tensor, dim?: number): Shape | number {
  return dim === undefined ? x.shape : x.shape[resolveDim("size", dim, x.ndim)];
}

/**
 * The strides of `x` in elements, or the stride of one dim. PyTorch: `Tensor.stride`.
 * @forms x.stride()
 */
export function stride(x: Tensor): Strides;
export function stride(x: Tensor, dim: number): number;
export function stride(x: Tensor, dim?: number): Strides | number {
  return dim === undefined ? x.strides : x.strides[resolveDim("stride", dim, x.ndim)];
}

/**
 * The number of dims: `ndim`. PyTorch: `Tensor.dim`.
 * @forms x.dim()
 */
export function dim(x: Tensor): number {
  return x.ndim;
}
