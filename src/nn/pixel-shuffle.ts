import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../ops/spatial/pixel-shuffle.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { Module } from "./module.js";

/**
 * Rearranges channels into spatial positions (PyTorch's `nn.PixelShuffle`). Shapes: [..., C·r², H, W] → [...,
 * C, H·r, W·r].
 * @throws ValueError `INVALID_SIZE` for a factor below 1; ShapeError if its square does not divide the
 * channels.
 */
export class PixelShuffle extends Module {
  constructor(readonly upscaleFactor: number) {
    super();
    checkSizes("PixelShuffle", { upscaleFactor });
  }
  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }
  override extraRepr(): string {
    return `upscaleFactor=${this.upscaleFactor}`;
  }
}

/**
 * The inverse of `PixelShuffle` (PyTorch's `nn.PixelUnshuffle`). Shapes: [..., C, H·r, W·r] → [..., C·r², H,
 * W].
 * @throws ValueError `INVALID_SIZE` for a factor below 1; ShapeError if it does not divide height and width.
 */
export class PixelUnshuffle extends Module {
  constructor(readonly downscaleFactor: number) {
    super();
    checkSizes("PixelUnshuffle", { downscaleFactor });
  }
  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }
  override extraRepr(): string {
    return `downscaleFactor=${this.downscaleFactor}`;
  }
}

/**
 * Interleaves the channels of groups: see `functional.channelShuffle` (PyTorch's `nn.ChannelShuffle`).
 * Shapes: [N, C, …] → the same.
 * @throws ValueError `INVALID_SIZE` for groups below 1; ShapeError if they do not divide the channels.
 */
export class ChannelShuffle extends Module {
  constructor(readonly groups: number) {
    super();
    checkSizes("ChannelShuffle", { groups });
  }
  forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }
  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
