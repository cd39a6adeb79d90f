/** Conversions that are named after their dtype. */
import type { Tensor } from "../../tensor/tensor.js";
import { to } from "../shape/views.js";

/**
 * `x` in float32; `x` itself where it has that dtype. PyTorch: `Tensor.float`.
 * @forms x.float()
 */
export function float(x: Tensor): Tensor {
  return to(x, "float32");
}

/**
 * `x` in float64; `x` itself where it has that dtype. PyTorch: `Tensor.double`.
 * @forms x.double()
 */
export function double(x: Tensor): Tensor {
  return to(x, "float64");
}

/**
 * `x` in int32; `x` itself where it has that dtype. PyTorch: `Tensor.int`.
 * @forms x.int()
 */
export function int(x: Tensor): Tensor {
  return to(x, "int32");
}

/**
 * `x` in int32 (PyTorch has int64 here); `x` itself where it has that dtype. PyTorch: `Tensor.long`.
 * @forms x.long()
 */
export function long(x: Tensor): Tensor {
  return to(x, "int32");
}

/**
 * `x` in uint8; `x` itself where it has that dtype. PyTorch: `Tensor.byte`.
 * @forms x.byte()
 */
export function byte(x: Tensor): Tensor {
  return to(x, "uint8");
}

/**
 * True where elements of `x` are not 0; `x` itself where its dtype is bool. PyTorch: `Tensor.bool`.
 * @forms x.bool()
 */
export function bool(x: Tensor): Tensor {
  return to(x, "bool");
}
