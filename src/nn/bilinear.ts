import { bilinear } from "../ops/layers/bilinear.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { uniform } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/**
 * y = aᵀ·W·b + bias, one W per output (PyTorch's `nn.Bilinear`). Weight [out, in1, in2] and bias [out] start
 * uniform on ±1/√in1.
 * Shapes: [..., in1] and [..., in2] → [..., out].
 * @throws ValueError `INVALID_SIZE` for sizes below 1.
 */
export class Bilinear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(
    readonly in1Features: number,
    readonly in2Features: number,
    readonly outFeatures: number,
    options: { bias?: boolean } = {},
  ) {
    super();
    checkOptions("Bilinear", options, ["bias"]);
    checkSizes("Bilinear", { in1Features, in2Features, outFeatures });
    const bound = 1 / Math.sqrt(in1Features);
    const made = (...shape: number[]) => uniform(Parameter.zeros(shape), -bound, bound);
    this.weight = made(outFeatures, in1Features, in2Features);
    this.bias = (options.bias ?? true) ? made(outFeatures) : null;
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return bilinear(a, b, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return `in1Features=${in1Features}, in2Features=${in2Features}, outFeatures=${outFeatures}, bias=${bias !== null}`;
  }
}
