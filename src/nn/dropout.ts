import { dropout } from "../ops/layers/dropout.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability } from "./arguments.js";
import { Module } from "./module.js";

/**
 * In training, sets each element to 0 with probability `p` and scales the others by 1/(1-p) (PyTorch's
 * `nn.Dropout`). Shape of x.
 * @example new nn.Dropout({ p: 0.5 }).eval().forward(tensor([1, 2])) // [1, 2]
 * @throws ValueError for a `p` that is not between 0 and 1.
 */
export class Dropout extends Module {
  readonly p: number;

  /** `p` default 0.5. */
  constructor(options: { p?: number } | number = {}) {
    super();
    if (typeof options !== "number") checkOptions("Dropout", options, ["p"]);
    this.p = typeof options === "number" ? options : (options.p ?? 0.5);
    checkProbability("Dropout", "p", this.p);
  }

  forward(x: Tensor): Tensor {
    return dropout(x, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
