import { byPositionOrName } from "../ops/arguments/arguments.js";
import { flatten } from "../ops/shape/views.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

export interface FlattenOptions {
  /** Default 1. */
  startDim?: number;
  /** Default -1. */
  endDim?: number;
}

/**
 * Merges the dims `startDim` to `endDim` into one (PyTorch's `nn.Flatten`). By default the batch dim is kept.
 * Arguments by position or by name: `new Flatten(0)`, `new Flatten({ startDim: 0 })`.
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;
  constructor(startDim?: number | FlattenOptions, endDim?: number | FlattenOptions) {
    super();
    const given = byPositionOrName("Flatten", [startDim, endDim], ["startDim", "endDim"]);
    this.startDim = (given["startDim"] as number | undefined) ?? 1;
    this.endDim = (given["endDim"] as number | undefined) ?? -1;
  }
  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
  override extraRepr(): string {
    return `startDim=${this.startDim}, endDim=${this.endDim}`;
  }
}
