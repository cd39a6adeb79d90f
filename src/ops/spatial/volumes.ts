/**
 * Volumes as images: the slices that a kernel covers along the depth become channels, so that convolutions of
 * images can process them.
 */
import { roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { indexAdd, indexSelect } from "../index/indexing.js";
import { narrow, permute, reshape } from "../shape/views.js";
import { pad } from "./pad.js";

/** Along the depth: size of the volume, positions of the kernel, and where it begins. */
export interface Depth {
  readonly size: number;
  readonly places: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first slice. */
  readonly padding: number;
}

/**
 * The number of slices including all padding, and the slices that the kernel covers, position after position.
 */
function seenBy({ size, places, kernel, stride, dilation, padding }: Depth): {
  length: number;
  slices: Tensor;
} {
  const seen = roomFor("conv3d", "int32", places * kernel).map((_, i) => {
    const place = Math.floor(i / kernel);
    return place * stride + (i - place * kernel) * dilation;
  });
  const length = Math.max(padding + size, seen[seen.length - 1] + 1);
  return { length, slices: tensor(seen) };
}

/** @internal x [N, C, D, H, W] → [N·places, C·kernel, H, W]. */
export function slicesAsChannels(x: Tensor, depth: Depth): Tensor {
  const [samples, channels, size, h, w] = x.shape;
  const { places, kernel, padding } = depth;
  const { length, slices } = seenBy(depth);
  const padded = pad(x, [0, 0, 0, 0, padding, length - padding - size]);
  const seen = reshape(indexSelect(padded, 2, slices), [samples, channels, places, kernel, h, w]);
  return reshape(permute(seen, [0, 2, 1, 3, 4, 5]), [samples * places, channels * kernel, h, w]);
}

/** @internal The adjoint of `slicesAsChannels`: slices that occur several times are summed. */
export function channelsAsSlices(y: Tensor, depth: Depth): Tensor {
  const [images, seen, h, w] = y.shape;
  const { size, places, kernel, padding } = depth;
  const { length, slices } = seenBy(depth);
  const [samples, channels] = [images / places, seen / kernel];
  const apart = permute(reshape(y, [samples, places, channels, kernel, h, w]), [0, 2, 1, 3, 4, 5]);
  const together = reshape(apart, [samples, channels, places * kernel, h, w]);
  return narrow(indexAdd(together, [samples, channels, length, h, w], 2, slices), 2, padding, size);
}

/** @internal [N·D, C, H, W] → [N, C, D, H, W]. */
export function imagesAsVolumes(x: Tensor, depth: number): Tensor {
  const [images, channels, h, w] = x.shape;
  return permute(reshape(x, [images / depth, depth, channels, h, w]), [0, 2, 1, 3, 4]);
}

/** @internal [N, C, D, H, W] → [N·D, C, H, W]. */
export function volumesAsImages(x: Tensor): Tensor {
  const [samples, channels, depth, h, w] = x.shape;
  return reshape(permute(x, [0, 2, 1, 3, 4]), [samples * depth, channels, h, w]);
}
