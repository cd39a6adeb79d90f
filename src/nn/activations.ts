import { checkIntegers, checkWords } from "../arguments.js";
import type { UnaryRow } from "../kernels/row-types.js";
import { type UnaryName, type UnaryOptions, unaryRows } from "../kernels/rows.js";
import { unary } from "../ops/elementwise/elementwise.js";
import * as normalized from "../ops/layers/softmax.js";
import { checkOptions, dimOf, type OrNamed } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

type ActivationClass<Name extends UnaryName> = new (
  options?: UnaryOptions<Name>,
) => Module & { forward(x: Tensor): Tensor };

/** A layer without parameters from a row of `kernels/rows.ts`; the row gives its options. */
function activation<Name extends UnaryName>(className: string, name: Name): ActivationClass<Name> {
  const row: UnaryRow = unaryRows[name];
  const layer = class extends Module {
    constructor(readonly options: Readonly<Record<string, number>> = {}) {
      super();
      checkOptions(className, options, Object.keys(row.params ?? {}));
    }
    forward(x: Tensor): Tensor {
      return (unary[name] as (x: Tensor, options: object) => Tensor)(x, this.options);
    }
    override extraRepr(): string {
      const all = { ...row.params, ...this.options };
      return Object.entries(all)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer as unknown as ActivationClass<Name>;
}

/**
 * max(x, 0). Shape of x.
 * @example new nn.ReLU().forward(tensor([-1, 2])) // [0, 2]
 */
export const ReLU = activation("ReLU", "relu");
/** x; negativeSlope · x for x < 0. `negativeSlope` is 0.01 by default. Shape of x. */
export const LeakyReLU = activation("LeakyReLU", "leakyRelu");
/** 1 / (1 + e⁻ˣ). Shape of x. */
export const Sigmoid = activation("Sigmoid", "sigmoid");
/**
 * tanh(x), from -1 to 1. Shape of x.
 * @example new nn.Tanh().forward(tensor([0, 1])) // [0, 0.7616]
 */
export const Tanh = activation("Tanh", "tanh");
/** x; alpha · (eˣ - 1) for x < 0. `alpha` is 1 by default. Shape of x. */
export const ELU = activation("ELU", "elu");
/** x · sigmoid(x). Shape of x. */
export const SiLU = activation("SiLU", "silu");
/** ln(1 + eˣ). Shape of x. */
export const Softplus = activation("Softplus", "softplus");
/**
 * ln(1 / (1 + e⁻ˣ)), without overflow. Shape of x.
 * @example new nn.LogSigmoid().forward(tensor([0, 1])) // [-0.6931, -0.3133]
 */
export const LogSigmoid = activation("LogSigmoid", "logSigmoid");

/**
 * x · Φ(x) (Hendrycks and Gimpel, 2016); `approximate: "tanh"` for the cheaper form. Default: the exact form,
 * `"none"`. Shape of x.
 */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";
  constructor(options: { approximate?: "none" | "tanh" } = {}) {
    super();
    checkOptions("GELU", options, ["approximate"]);
    this.approximate = options.approximate ?? "none";
    checkWords("GELU", ["none", "tanh"], { approximate: this.approximate });
  }
  forward(x: Tensor): Tensor {
    return this.approximate === "tanh" ? unary.geluTanh(x) : unary.gelu(x);
  }
  override extraRepr(): string {
    return this.approximate === "none" ? "" : `approximate=${this.approximate}`;
  }
}

/** exp(x) / Σ exp(x) along `dim`. The dim is -1 by default. Shape of x. */
export class Softmax extends Module {
  readonly dim: number;
  constructor(dim: OrNamed<number> = -1) {
    super();
    this.dim = dimOf(this.constructor.name, dim) ?? -1;
    checkIntegers(this.constructor.name, { dim: this.dim });
  }
  forward(x: Tensor): Tensor {
    return normalized.softmax(x, this.dim);
  }
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * log(softmax(x)), computed without taking the logarithm of the softmax. Shape of x.
 * @example new nn.LogSoftmax(0).forward(tensor([0, 0])) // [-0.6931, -0.6931]
 */
export class LogSoftmax extends Softmax {
  override forward(x: Tensor): Tensor {
    return normalized.logSoftmax(x, this.dim);
  }
}

/**
 * Returns x unchanged. Shape of x.
 * @example new nn.Identity().forward(tensor([1, 2])) // [1, 2]
 */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
