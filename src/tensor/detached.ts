import type { Tensor } from "./tensor.js";

/** Whether the memory of `x` is gone or too short: its buffer was transferred or resized. */
export function isDetached({ storage, offset, shape, strides, numel }: Tensor): boolean {
  const last = shape.reduce((at, size, d) => at + (size - 1) * strides[d], offset);
  return numel > 0 && last >= storage.array.length;
}
