import type { Region } from "../region.js";
import type { Tensor } from "./tensor.js";

/** The memory from the first element of `x` to the last. */
export function regionOf({ storage, offset, shape, strides, numel }: Tensor): Region {
  const length = numel === 0 ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * strides[d], 1);
  return { array: storage.array, offset, length };
}
