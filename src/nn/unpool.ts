import type { Sizes } from "../ops/spatial/spatial.js";
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../ops/spatial/unpool.js";
import { checkOptionKind } from "../option-kinds.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { listed } from "./print-arguments.js";

/** Options of `MaxUnpool1d`, `MaxUnpool2d` and `MaxUnpool3d`. */
export interface MaxUnpoolLayerOptions {
  /** Stride of the pooling. Default: the kernel size. */
  stride?: Sizes;
  /** Padding of the pooling. Default 0. */
  padding?: Sizes;
}

abstract class MaxUnpool extends Module {
  constructor(
    readonly kernelSize: Sizes,
    readonly options: MaxUnpoolLayerOptions = {},
  ) {
    super();
    checkOptionKind(this.constructor.name, "kernelSize", kernelSize);
    checkOptions(this.constructor.name, options, ["stride", "padding"]);
  }

  override extraRepr(): string {
    return listed({ kernelSize: this.kernelSize, ...this.options });
  }
}

/**
 * The partial inverse of `MaxPool1d`, from its indices: see `functional.maxUnpool1d` (PyTorch's
 * `nn.MaxUnpool1d`).
 * Shapes: x and indices [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @example new nn.MaxUnpool1d(2).forward(tensor([[[3, 4]]]), tensor([[[1, 3]]], { dtype: "int32" }))
 *   // [[[0, 3, 0, 4]]]
 */
export class MaxUnpool1d extends MaxUnpool {
  /** `outputSize` selects one of the possible sizes of the pooling's input. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/**
 * The partial inverse of `MaxPool2d`, from its indices: see `functional.maxUnpool2d` (PyTorch's
 * `nn.MaxUnpool2d`).
 * Shapes: x and indices [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.MaxUnpool2d(2).forward(tensor([[[[4]]]]), tensor([[[[3]]]], { dtype: "int32" })) // [[[[0,
 *   0], [0, 4]]]]
 */
export class MaxUnpool2d extends MaxUnpool {
  /** `outputSize` selects one of the possible sizes of the pooling's input. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/**
 * The partial inverse of `MaxPool3d`, from its indices: see `functional.maxUnpool3d` (PyTorch's
 * `nn.MaxUnpool3d`).
 * Shapes: x and indices [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.MaxUnpool3d(2).forward(ones([1, 1, 1, 1, 1]), zeros([1, 1, 1, 1, 1], { dtype: "int32"
 *   })).shape // [1, 1, 2, 2, 2]
 */
export class MaxUnpool3d extends MaxUnpool {
  /** `outputSize` selects one of the possible sizes of the pooling's input. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool3d(x, indices, this.kernelSize, { ...this.options, outputSize });
  }
}
