import { checkIntegerList } from "../arguments.js";
import type { CrossEntropyOptions } from "../ops/losses/cross-entropy.js";
import { linearCrossEntropy } from "../ops/losses/linear-cross-entropy.js";
import { reshape } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";

/** Options of `LinearCrossEntropyLoss`. */
export interface LinearCrossEntropyLossOptions extends CrossEntropyOptions {
  /** Sizes d1, … of targets [N, d1, …]; each target has its own logits. Default: none. */
  outFeatures?: readonly number[];
  /** Whether the linear layer has a bias. Default false. */
  bias?: boolean;
}

/**
 * A linear layer and the cross-entropy of its outputs (PyTorch's `nn.LinearCrossEntropyLoss`). Shapes: x [N,
 * in] and target [N, d1, …].
 * @example new nn.LinearCrossEntropyLoss(4, 3).forward(randn([2, 4]), tensor([0, 2], { dtype: "int32"
 *   })).shape // []
 * @throws ValueError `INVALID_SIZE` for sizes below 1, and the errors of `functional.linearCrossEntropy`.
 */
export class LinearCrossEntropyLoss extends Module {
  readonly linear: Linear;
  readonly outFeatures: readonly number[];
  readonly options: Readonly<CrossEntropyOptions>;
  /** One weight per class, or null. */
  declare weight: Tensor | null;

  constructor(
    readonly inFeatures: number,
    readonly numClasses: number,
    options: LinearCrossEntropyLossOptions = {},
  ) {
    super();
    const name = "LinearCrossEntropyLoss";
    checkOptions(name, options, [
      ...["outFeatures", "bias", "reduction", "weight", "labelSmoothing", "ignoreIndex"],
    ]);
    const { outFeatures = [], bias = false, weight = null, ...others } = options;
    this.registerBuffer("weight", weight);
    checkSizes(name, { inFeatures, numClasses });
    checkIntegerList(name, "outFeatures", outFeatures);
    for (const size of outFeatures) checkSizes(name, { "every size of outFeatures": size });
    this.outFeatures = outFeatures;
    this.options = others;
    this.linear = new Linear(
      inFeatures,
      outFeatures.reduce((a, b) => a * b, numClasses),
      { bias },
    );
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, bias } = this.linear;
    const outs = [this.numClasses, ...this.outFeatures];
    const linearBias = bias === null ? null : reshape(bias, outs);
    const linearWeight = reshape(weight, [...outs, this.inFeatures]);
    return linearCrossEntropy(x, linearWeight, target, {
      ...this.options,
      ...{ linearBias, weight: this.weight ?? undefined },
    });
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, numClasses=${this.numClasses}`;
  }
}
