import { type LPPoolOptions, lpPool1d, lpPool2d, lpPool3d, lpPoolOptions } from "../ops/spatial/lp-pool.js";
import type { Sizes } from "../ops/spatial/spatial.js";
import { checkOptionKind } from "../option-kinds.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { listed } from "./print-arguments.js";

abstract class LPPool extends Module {
  constructor(
    readonly normType: number,
    readonly kernelSize: Sizes,
    readonly options: LPPoolOptions = {},
  ) {
    super();
    checkOptionKind(this.constructor.name, "normType", normType);
    checkOptionKind(this.constructor.name, "kernelSize", kernelSize);
    checkOptions(this.constructor.name, options, lpPoolOptions);
  }

  override extraRepr(): string {
    const { normType, kernelSize, options } = this;
    return listed({ normType, kernelSize, ...options });
  }
}

/**
 * The p-norm of each window of sequences, p = `normType`: see `functional.lpPool1d` (PyTorch's
 * `nn.LPPool1d`).
 * Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 */
export class LPPool1d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.normType, this.kernelSize, this.options);
  }
}

/**
 * The p-norm of each window of images: see `functional.lpPool2d` (PyTorch's `nn.LPPool2d`).
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.LPPool2d(2, 2).forward(ones([1, 1, 4, 4])).shape // [1, 1, 2, 2]
 */
export class LPPool2d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.normType, this.kernelSize, this.options);
  }
}

/**
 * The p-norm of each window of volumes: see `functional.lpPool3d` (PyTorch's `nn.LPPool3d`).
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.LPPool3d(2, 2).forward(ones([1, 1, 4, 4, 4])).shape // [1, 1, 2, 2, 2]
 */
export class LPPool3d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool3d(x, this.normType, this.kernelSize, this.options);
  }
}
