import { flatten } from "../ops/views.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** Dims `startDim` to `endDim` as one (PyTorch's `nn.Flatten`). The batch dim stays by default. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;
  constructor(options: { startDim?: number; endDim?: number } = {}) {
    super();
    this.startDim = options.startDim ?? 1;
    this.endDim = options.endDim ?? -1;
  }
  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
  override extraRepr(): string {
    return `startDim=${this.startDim}, endDim=${this.endDim}`;
  }
}
