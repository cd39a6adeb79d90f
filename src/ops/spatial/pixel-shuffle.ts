import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { permute, reshape } from "../shape/views.js";

function checkFactor(op: string, name: string, factor: number, x: Tensor): void {
  if (!Number.isInteger(factor) || factor < 1)
    throw new ValueError(`${op}: ${name} is an integer >= 1: ${String(factor)}`, "INVALID_SIZE");
  if (x.ndim < 3) throw new ShapeError(`${op}: x has 3 dims or more: ${formatShape(x.shape)}`);
}

/** A permutation of the last `count` of `ndim` dims. */
const lastDims = (ndim: number, count: number, order: readonly number[]) =>
  Array.from({ length: ndim }, (_, d) => (d < ndim - count ? d : ndim - count + order[d - ndim + count]));

/**
 * Images enlarged r times: every group of r² channels becomes a block of r x r pixels.
 * Shapes: [..., C·r², H, W] → [..., C, H·r, W·r]. PyTorch: `F.pixel_shuffle`.
 * @throws ShapeError when r² does not divide the channels.
 * @forms nn.functional.pixelShuffle()
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  checkTensors("pixelShuffle", x);
  checkFactor("pixelShuffle", "upscaleFactor", upscaleFactor, x);
  const r = upscaleFactor;
  const batch = x.shape.slice(0, -3);
  const [channels, h, w] = x.shape.slice(-3);
  if (channels % (r * r) !== 0)
    throw new ShapeError(
      `pixelShuffle: the channels are a multiple of ${r * r}: ${formatShape(x.shape)} for upscaleFactor ${r}`,
    );
  const c = channels / (r * r);
  const parts = reshape(x, [...batch, c, r, r, h, w]);
  return reshape(permute(parts, lastDims(parts.ndim, 5, [0, 3, 1, 4, 2])), [...batch, c, h * r, w * r]);
}

/**
 * Images reduced r times, with every block of r x r pixels as r² channels: the inverse of `pixelShuffle`.
 * Shapes: [..., C, H·r, W·r] → [..., C·r², H, W]. PyTorch: `F.pixel_unshuffle`.
 * @throws ShapeError when r does not divide height and width.
 * @forms nn.functional.pixelUnshuffle()
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  checkTensors("pixelUnshuffle", x);
  checkFactor("pixelUnshuffle", "downscaleFactor", downscaleFactor, x);
  const r = downscaleFactor;
  const batch = x.shape.slice(0, -3);
  const [c, height, width] = x.shape.slice(-3);
  if (height % r !== 0 || width % r !== 0)
    throw new ShapeError(
      `pixelUnshuffle: height and width are multiples of ${r}: ${formatShape(x.shape)} for downscaleFactor ${r}`,
    );
  const [h, w] = [height / r, width / r];
  const parts = reshape(x, [...batch, c, h, r, w, r]);
  return reshape(permute(parts, lastDims(parts.ndim, 5, [0, 2, 4, 1, 3])), [...batch, c * r * r, h, w]);
}

/**
 * `x` with the channels of `groups` groups interleaved: the first of each group, then the second of each, and
 * so on (Zhang et al., 2017). Shapes: [N, C, …], at least 3 dims → the same. PyTorch:
 * `F.channel_shuffle`.
 * @throws ShapeError when the groups do not divide the channels.
 * @forms nn.functional.channelShuffle()
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  checkTensors("channelShuffle", x);
  checkFactor("channelShuffle", "groups", groups, x);
  const [samples, channels, ...rest] = x.shape;
  if (channels % groups !== 0)
    throw new ShapeError(
      `channelShuffle: groups divide the channels: ${formatShape(x.shape)} for ${quoted(groups)} groups`,
    );
  const apart = reshape(x, [samples, groups, channels / groups, ...rest]);
  const order = apart.shape.map((_, d) => (d === 1 ? 2 : d === 2 ? 1 : d));
  return reshape(permute(apart, order), x.shape);
}
