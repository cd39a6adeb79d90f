import { linear } from "../ops/linalg/matmul.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { kaimingUniform, uniform } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `Linear`. */
export interface LinearOptions {
  /** Whether to add a learned bias. Default true. */
  bias?: boolean;
}

/**
 * y = x·Wᵀ + b (PyTorch's `nn.Linear`). Weight [out, in] and bias [out] start uniform on ±1/√in.
 * Shapes: [..., in] → [..., out].
 * @throws ValueError `INVALID_SIZE` for sizes below 1; ShapeError for an input whose last dim is not
 * `inFeatures`.
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    checkOptions("Linear", options, ["bias"]);
    checkSizes("Linear", { inFeatures, outFeatures });
    // Kaiming with a = √5 is uniform on ±√(6 / ((1 + 5) in)) = ±1/√in.
    this.weight = kaimingUniform(Parameter.zeros([outFeatures, inFeatures]), { a: Math.sqrt(5) });
    const bound = 1 / Math.sqrt(inFeatures);
    this.bias = (options.bias ?? true) ? uniform(Parameter.zeros([outFeatures]), -bound, bound) : null;
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, outFeatures=${this.outFeatures}, bias=${this.bias !== null}`;
  }
}
