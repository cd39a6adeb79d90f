import { checkIntegers, checkTensors } from "../arguments.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import * as ops from "../ops/layers/activations.js";
import { selu } from "../ops/layers/selu.js";
import { softmax, softmin } from "../ops/layers/softmax.js";
import { checkOptions, dimOf, type OrNamed } from "../options.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

type Options = Readonly<Record<string, number>>;

/**
 * A layer without parameters from a function of `ops/activations.ts`; `defaults` are the options it takes.
 */
function activation<Defaults extends Options>(
  className: string,
  compute: (x: Tensor, options?: any) => Tensor,
  defaults: Defaults,
): new (
  options?: { -readonly [Name in keyof Defaults]?: number },
) => Module & { readonly options: Options; forward(x: Tensor): Tensor } {
  const layer = class extends Module {
    constructor(readonly options: Options = {}) {
      super();
      checkOptions(className, options, Object.keys(defaults));
    }
    forward(x: Tensor): Tensor {
      return compute(x, this.options);
    }
    override extraRepr(): string {
      return Object.entries({ ...defaults, ...this.options })
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer as ReturnType<typeof activation<Defaults>>;
}

/**
 * x clamped to [minVal, maxVal], by default to [-1, 1]. Shape of x.
 * @example new nn.Hardtanh().forward(tensor([-2, 0.5, 3])) // [-1, 0.5, 1]
 */
export const Hardtanh = activation("Hardtanh", ops.hardtanh, { minVal: -1, maxVal: 1 });
/**
 * min(max(x, 0), 6). Shape of x.
 * @example new nn.ReLU6().forward(tensor([-2, 0.5, 8])) // [0, 0.5, 6]
 */
export const ReLU6 = activation("ReLU6", (x) => ops.relu6(x), {});
/** x / 6 + 1/2, clamped to [0, 1]. Shape of x. */
export const Hardsigmoid = activation("Hardsigmoid", (x) => ops.hardsigmoid(x), {});
/** x · hardsigmoid(x). Shape of x. */
export const Hardswish = activation("Hardswish", (x) => ops.hardswish(x), {});
/** x; 0 where |x| <= lambd. `lambd` is 0.5 by default. Shape of x. */
export const Hardshrink = activation("Hardshrink", ops.hardshrink, { lambd: 0.5 });
/**
 * x moved towards 0 by lambd, but not past 0. `lambd` is 0.5 by default. Shape of x.
 * @example new nn.Softshrink().forward(tensor([-2, 0.25, 3])) // [-1.5, 0, 2.5]
 */
export const Softshrink = activation("Softshrink", ops.softshrink, { lambd: 0.5 });
/** x - tanh(x). Shape of x. */
export const Tanhshrink = activation("Tanhshrink", (x) => ops.tanhshrink(x), {});
/** x / (1 + |x|). Shape of x. */
export const Softsign = activation("Softsign", (x) => ops.softsign(x), {});
/** x; alpha · (e^(x / alpha) - 1) for x < 0. `alpha` is 1 by default. Shape of x. */
export const CELU = activation("CELU", ops.celu, { alpha: 1 });
/** 1.0507 · ELU with alpha 1.6733, which keeps mean 0 and variance 1. Shape of x. */
export const SELU = activation("SELU", (x) => selu(x), {});
/** x · tanh(softplus(x)). Shape of x. */
export const Mish = activation("Mish", (x) => ops.mish(x), {});

/**
 * x; `value` where x <= threshold (PyTorch's `nn.Threshold`). Shape of x.
 * @throws ValueError if `threshold` or `value` is not a number.
 */
export class Threshold extends Module {
  constructor(
    readonly threshold: number,
    readonly value: number,
  ) {
    super();
    if (typeof threshold !== "number" || typeof value !== "number")
      throw new ValueError(
        `Threshold: threshold and value are numbers: ${quoted(threshold)} and ${quoted(value)}`,
      );
  }
  forward(x: Tensor): Tensor {
    return ops.threshold(x, this.threshold, this.value);
  }
  override extraRepr(): string {
    return `threshold=${this.threshold}, value=${this.value}`;
  }
}

/**
 * x; for x < 0, a slope times x. In training the slope is random per element, from [lower, upper]; otherwise
 * it is the mean of the bounds. Shape of x.
 * @example new nn.RReLU().eval().forward(tensor([-1, 2])) // [-0.2292, 2]
 */
export class RReLU extends Module {
  constructor(readonly options: { lower?: number; upper?: number } = {}) {
    super();
    checkOptions("RReLU", options, ["lower", "upper"]);
  }
  forward(x: Tensor): Tensor {
    return ops.rrelu(x, { ...this.options, training: this.training });
  }
  override extraRepr(): string {
    const { lower = 1 / 8, upper = 1 / 3 } = this.options;
    return `lower=${lower}, upper=${upper}`;
  }
}

/**
 * x; weight · x for x < 0. The slope is learned: one (the default) or one per channel, initialised to `init`,
 * 0.25 (PyTorch's `nn.PReLU`). Shape of x; channels are dim 1.
 * @throws ValueError `INVALID_SIZE` for a number of parameters below 1.
 */
export class PReLU extends Module {
  readonly numParameters: number;
  readonly weight: Parameter;
  constructor(options: { numParameters?: number; init?: number } = {}) {
    super();
    checkOptions("PReLU", options, ["numParameters", "init"]);
    this.numParameters = options.numParameters ?? 1;
    checkSizes("PReLU", { numParameters: this.numParameters });
    this.weight = init.constant(Parameter.zeros([this.numParameters]), options.init ?? 0.25);
  }
  forward(x: Tensor): Tensor {
    return ops.prelu(x, this.weight);
  }
  override extraRepr(): string {
    return `numParameters=${this.numParameters}`;
  }
}

/**
 * The first half along `dim` (default -1), times the sigmoid of the second.
 * @example new nn.GLU().forward(tensor([2, 4, 0, 0])) // [1, 2]
 */
export class GLU extends Module {
  readonly dim: number;
  constructor(dim: OrNamed<number> = -1) {
    super();
    this.dim = dimOf(this.constructor.name, dim) ?? -1;
    checkIntegers(this.constructor.name, { dim: this.dim });
  }
  forward(x: Tensor): Tensor {
    return ops.glu(x, this.dim);
  }
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * `Softmax` of -x. The dim is -1 by default. Shape of x.
 * @example new nn.Softmin(0).forward(tensor([0, 0])) // [0.5, 0.5]
 */
export class Softmin extends Module {
  readonly dim: number;
  constructor(dim: OrNamed<number> = -1) {
    super();
    this.dim = dimOf(this.constructor.name, dim) ?? -1;
    checkIntegers(this.constructor.name, { dim: this.dim });
  }
  forward(x: Tensor): Tensor {
    return softmin(x, this.dim);
  }
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Softmax over the channels at each position of [N, C, H, W] or [C, H, W].
 * @example new nn.Softmax2d().forward(zeros([1, 2, 1, 1])).flatten() // [0.5, 0.5]
 * @throws ShapeError for other numbers of dims than 3 and 4.
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    checkTensors("Softmax2d", x);
    if (x.ndim !== 3 && x.ndim !== 4)
      throw new ShapeError(`Softmax2d: x is [N, C, H, W] or [C, H, W]: ${formatShape(x.shape)}`);
    return softmax(x, -3);
  }
}
