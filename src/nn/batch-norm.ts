import { checkTensors } from "../arguments.js";
import { formatShape, ShapeError } from "../errors.js";
import { ones, zeros } from "../ops/create/create.js";
import { batchNorm, instanceNorm, inTraining } from "../ops/layers/batch-norm.js";
import { squeeze, unsqueeze } from "../ops/shape/views.js";
import { fill_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { keptBuffer, Parameter } from "./parameter.js";

/** Options of norms and normalisations. */
export interface NormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /**
   * Weight of the new batch in the running statistics; null averages over all batches so far. Default 0.1.
   */
  momentum?: number | null;
  /** Whether to learn a factor and an offset per channel. Default true for batches, false for instances. */
  affine?: boolean;
  /** Whether to learn an offset too. Default true. */
  bias?: boolean;
  /** Whether to keep running statistics for `eval()`. Default true for batches, false for instances. */
  trackRunningStats?: boolean;
}

/**
 * Base of the layers that normalise channels: `weight` and `bias` [C], and the buffers `running_mean`,
 * `running_var` [C] and `num_batches_tracked`, which have PyTorch's names in state dicts. Running statistics
 * change in place, so that `compile` replays the change.
 */
abstract class ChannelNorm extends Module {
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(
    readonly numFeatures: number,
    defaults: { affine: boolean; trackRunningStats: boolean },
    options: NormOptions,
  ) {
    super();
    const name = this.constructor.name;
    checkOptions(name, options, ["eps", "momentum", "affine", "trackRunningStats", "bias"]);
    checkSizes(name, { numFeatures });
    this.eps = options.eps ?? 1e-5;
    this.momentum = options.momentum === undefined ? 0.1 : options.momentum;
    this.affine = options.affine ?? defaults.affine;
    this.trackRunningStats = options.trackRunningStats ?? defaults.trackRunningStats;
    this.weight = this.affine ? init.ones(Parameter.zeros([numFeatures])) : null;
    this.bias = this.affine && (options.bias ?? true) ? Parameter.zeros([numFeatures]) : null;
    const tracked = (x: Tensor) => (this.trackRunningStats ? keptBuffer(x) : null);
    this.registerBuffer("running_mean", tracked(zeros([numFeatures])));
    this.registerBuffer("running_var", tracked(ones([numFeatures])));
    this.registerBuffer("num_batches_tracked", tracked(zeros([], { dtype: "int32" })));
  }

  /** The running mean [C], or null; `running_mean` in state dicts. */
  get runningMean(): Tensor | null {
    return this.running_mean;
  }

  /** The running variance [C], or null; `running_var` in state dicts. */
  get runningVar(): Tensor | null {
    return this.running_var;
  }

  /** How many batches the running statistics have seen, or null; `num_batches_tracked` in state dicts. */
  get numBatchesTracked(): Tensor | null {
    return this.num_batches_tracked;
  }

  /** Resets the running statistics. */
  resetRunningStats(): void {
    for (const [buffer, value] of [
      [this.running_mean, 0],
      [this.running_var, 1],
      [this.num_batches_tracked, 0],
    ] as const)
      if (buffer !== null) fill_(buffer, value);
  }

  /** Resets the running statistics; sets weight to 1 and bias to 0. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) init.ones(this.weight);
    if (this.bias !== null) init.zeros(this.bias);
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats, bias } = this;
    const without = affine && bias === null ? ", bias=false" : "";
    return `${numFeatures}, eps=${eps}, momentum=${momentum}, affine=${affine}, trackRunningStats=${trackRunningStats}${without}`;
  }
}

interface ChannelNormConstructor {
  new (numFeatures: number, options?: NormOptions): ChannelNorm & { forward(x: Tensor): Tensor };
}

/** A batch normalisation for inputs with one of these numbers of dims. */
function batchNormOf(className: string, ranks: readonly number[]): ChannelNormConstructor {
  const layer = class extends ChannelNorm {
    constructor(numFeatures: number, options: NormOptions = {}) {
      super(numFeatures, { affine: true, trackRunningStats: true }, options);
    }

    forward(x: Tensor): Tensor {
      checkInput(className, x, ranks, 1, this.numFeatures);
      const { training, running_mean, running_var, num_batches_tracked, momentum, eps } = this;
      if (training || running_mean === null)
        return inTraining(x, this, {
          ...{ runningMean: running_mean, runningVar: running_var, eps },
          ...(num_batches_tracked === null || !training
            ? { count: null, momentum: momentum ?? 0 }
            : { count: num_batches_tracked, momentum }),
        });
      return batchNorm(x, running_mean, running_var, this.weight, this.bias, { eps });
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

/**
 * An instance normalisation for inputs with `rank` dims including a batch dim, or one dim fewer without it.
 */
function instanceNormOf(className: string, rank: number): ChannelNormConstructor {
  const layer = class extends ChannelNorm {
    constructor(numFeatures: number, options: NormOptions = {}) {
      super(numFeatures, { affine: false, trackRunningStats: false }, options);
    }

    forward(x: Tensor): Tensor {
      // Without parameters and statistics the number of channels does not matter.
      checkTensors(className, x);
      const channels = this.affine || this.trackRunningStats ? this.numFeatures : null;
      checkInput(className, x, [rank - 1, rank], x.ndim - rank + 1, channels);
      if (x.ndim < rank) return squeeze(this.#normalized(unsqueeze(x, 0)), 0);
      return this.#normalized(x);
    }

    #normalized(x: Tensor): Tensor {
      const { running_mean, running_var, weight, bias, eps } = this;
      const useInputStats = this.training || running_mean === null;
      const momentum = this.momentum ?? 0;
      return instanceNorm(x, running_mean, running_var, weight, bias, { useInputStats, momentum, eps });
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

function checkInput(
  name: string,
  x: Tensor,
  ranks: readonly number[],
  dim: number,
  channels: number | null,
): void {
  checkTensors(name, x);
  if (!ranks.includes(x.ndim))
    throw new ShapeError(`${name}: x has ${ranks.join(" or ")} dims: ${formatShape(x.shape)}`);
  if (channels !== null && x.shape[dim] !== channels)
    throw new ShapeError(`${name}: x has ${channels} channels in dim ${dim}: ${formatShape(x.shape)}`);
}

/**
 * Batch normalisation of [N, C] or [N, C, L] (PyTorch's `nn.BatchNorm1d`).
 * @example new nn.BatchNorm1d(1).forward(tensor([[1], [3]])) // [[-1], [1]]
 */
export class BatchNorm1d extends batchNormOf("BatchNorm1d", [2, 3]) {}
/**
 * Batch normalisation of [N, C, H, W] (PyTorch's `nn.BatchNorm2d`).
 * @example new nn.BatchNorm2d(3).forward(randn([2, 3, 4, 4])).shape // [2, 3, 4, 4]
 */
export class BatchNorm2d extends batchNormOf("BatchNorm2d", [4]) {}
/**
 * Batch normalisation of [N, C, D, H, W] (PyTorch's `nn.BatchNorm3d`).
 * @example new nn.BatchNorm3d(3).forward(randn([2, 3, 4, 4, 4])).shape // [2, 3, 4, 4, 4]
 */
export class BatchNorm3d extends batchNormOf("BatchNorm3d", [5]) {}

/**
 * Instance normalisation of [N, C, L] or [C, L] (PyTorch's `nn.InstanceNorm1d`).
 * @example new nn.InstanceNorm1d(3).forward(randn([2, 3, 4])).shape // [2, 3, 4]
 */
export class InstanceNorm1d extends instanceNormOf("InstanceNorm1d", 3) {}
/**
 * Instance normalisation of [N, C, H, W] or [C, H, W] (PyTorch's `nn.InstanceNorm2d`).
 * @example new nn.InstanceNorm2d(3).forward(randn([2, 3, 4, 4])).shape // [2, 3, 4, 4]
 */
export class InstanceNorm2d extends instanceNormOf("InstanceNorm2d", 4) {}
/**
 * Instance normalisation of [N, C, D, H, W] or [C, D, H, W] (PyTorch's `nn.InstanceNorm3d`).
 * @example new nn.InstanceNorm3d(3).forward(randn([2, 3, 4, 4, 4])).shape // [2, 3, 4, 4, 4]
 */
export class InstanceNorm3d extends instanceNormOf("InstanceNorm3d", 5) {}
