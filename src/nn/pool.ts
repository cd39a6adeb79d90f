import {
  type FractionalMaxPoolOptions,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  fractionalMaxPoolOptions,
} from "../ops/spatial/fractional-pool.js";
import { fold, type PatchOptions, patchOptions, unfold } from "../ops/spatial/patches.js";
import * as pooling from "../ops/spatial/pool.js";
import type { Sizes } from "../ops/spatial/spatial.js";
import { checkOptionKind } from "../option-kinds.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { listed } from "./print-arguments.js";

type WindowedClass<Options, Result> = new (
  kernelSize: Sizes,
  options?: Options,
) => Module & { forward(x: Tensor): Result };

/** Makes a layer from a function of sliding windows, with the options of the function. */
function windowed<Options extends object, Result>(
  name: string,
  pool: (x: Tensor, kernelSize: Sizes, options?: Options) => Result,
  known: readonly string[],
): WindowedClass<Options, Result> {
  const layer = class extends Module {
    readonly options: Options;
    constructor(
      readonly kernelSize: Sizes,
      options?: Options,
    ) {
      super();
      checkOptionKind(name, "kernelSize", kernelSize);
      checkOptions(name, options, known);
      this.options = options ?? ({} as Options);
    }
    forward(x: Tensor): Result {
      return pool(x, this.kernelSize, this.options);
    }
    override extraRepr(): string {
      return listed({ kernelSize: this.kernelSize, ...this.options });
    }
  };
  Object.defineProperty(layer, "name", { value: name });
  return layer as unknown as WindowedClass<Options, Result>;
}

/** With `returnIndices`, `[values, indices]`. */
type Pooled = any;

/**
 * Maximum of each window of sequences: see `functional.maxPool1d`.
 * Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @example new nn.MaxPool1d(2).forward(tensor([[[1, 3, 2, 4]]])) // [[[3, 4]]]
 */
export const MaxPool1d = windowed<pooling.MaxPoolOptions, Pooled>(
  "MaxPool1d",
  pooling.maxPool1d,
  pooling.maxPoolOptions,
);
/**
 * Maximum of each window of images: see `functional.maxPool2d`.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.MaxPool2d(2).forward(tensor([[[1, 3], [2, 4]]])) // [[[4]]]
 */
export const MaxPool2d = windowed<pooling.MaxPoolOptions, Pooled>(
  "MaxPool2d",
  pooling.maxPool2d,
  pooling.maxPoolOptions,
);
/**
 * Mean of each window of sequences: see `functional.avgPool1d`.
 * Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @example new nn.AvgPool1d(2).forward(tensor([[[1, 3, 2, 4]]])) // [[[2, 3]]]
 */
export const AvgPool1d = windowed("AvgPool1d", pooling.avgPool1d, pooling.avgPoolOptions);
/**
 * Mean of each window of images: see `functional.avgPool2d`.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.AvgPool2d(2).forward(tensor([[[1, 3], [2, 4]]])) // [[[2.5]]]
 */
export const AvgPool2d = windowed("AvgPool2d", pooling.avgPool2d, pooling.avgPool2dOptions);
/**
 * Maximum of each window of volumes: see `functional.maxPool3d`.
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.MaxPool3d(2).forward(ones([1, 1, 4, 4, 4])).shape // [1, 1, 2, 2, 2]
 */
export const MaxPool3d = windowed<pooling.MaxPoolOptions, Pooled>(
  "MaxPool3d",
  pooling.maxPool3d,
  pooling.maxPoolOptions,
);
/**
 * Mean of each window of volumes: see `functional.avgPool3d`.
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.AvgPool3d(2).forward(ones([1, 1, 4, 4, 4])).shape // [1, 1, 2, 2, 2]
 */
export const AvgPool3d = windowed("AvgPool3d", pooling.avgPool3d, pooling.avgPool2dOptions);
/**
 * Maximum of each window; windows begin at random positions: see `functional.fractionalMaxPool2d`.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.FractionalMaxPool2d(2, { outputSize: 3 }).forward(ones([1, 1, 8, 8])).shape // [1, 1, 3,
 *   3]
 */
export const FractionalMaxPool2d = windowed<FractionalMaxPoolOptions, Pooled>(
  "FractionalMaxPool2d",
  fractionalMaxPool2d,
  fractionalMaxPoolOptions,
);
/**
 * The same for volumes: see `functional.fractionalMaxPool3d`.
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.FractionalMaxPool3d(2, { outputSize: 3 }).forward(ones([1, 1, 8, 8, 8])).shape // [1, 1,
 *   3, 3, 3]
 */
export const FractionalMaxPool3d = windowed<FractionalMaxPoolOptions, Pooled>(
  "FractionalMaxPool3d",
  fractionalMaxPool3d,
  fractionalMaxPoolOptions,
);
/**
 * Patches as columns: see `functional.unfold`.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C·kh·kw, L] or [C·kh·kw, L].
 * @example new nn.Unfold(2).forward(ones([1, 1, 3, 3])).shape // [1, 4, 4]
 */
export const Unfold = windowed<PatchOptions, Tensor>("Unfold", unfold, patchOptions);

/**
 * Sums columns of patches into images of `outputSize`: see `functional.fold`.
 * Shapes: [N, C·kh·kw, L] or [C·kh·kw, L] → [N, C, H, W] or [C, H, W].
 * @example new nn.Fold([3, 3], 2).forward(ones([1, 4, 4])).shape // [1, 1, 3, 3]
 */
export class Fold extends Module {
  constructor(
    readonly outputSize: Sizes,
    readonly kernelSize: Sizes,
    readonly options: PatchOptions = {},
  ) {
    super();
    checkOptionKind("Fold", "outputSize", outputSize);
    checkOptionKind("Fold", "kernelSize", kernelSize);
    checkOptions("Fold", options, patchOptions);
  }
  forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options);
  }
  override extraRepr(): string {
    return listed({ outputSize: this.outputSize, kernelSize: this.kernelSize, ...this.options });
  }
}

abstract class Adaptive extends Module {
  constructor(readonly outputSize: pooling.AdaptiveSizes) {
    super();
    checkOptionKind(this.constructor.name, "outputSize", outputSize);
  }
  override extraRepr(): string {
    return listed({ outputSize: this.outputSize });
  }
}

/**
 * Mean of each of `outputSize` windows that cover sequences (PyTorch's `nn.AdaptiveAvgPool1d`).
 * Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @example new nn.AdaptiveAvgPool1d(2).forward(tensor([[[1, 3, 2, 4]]])) // [[[2, 3]]]
 */
export class AdaptiveAvgPool1d extends Adaptive {
  forward(x: Tensor): Tensor {
    return pooling.adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * Mean of each of `outputSize` windows that cover images (PyTorch's `nn.AdaptiveAvgPool2d`). A size of null
 * is the size of the input.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.AdaptiveAvgPool2d([1, 1]).forward(ones([2, 3, 5, 7])).shape // [2, 3, 1, 1]
 */
export class AdaptiveAvgPool2d extends Adaptive {
  forward(x: Tensor): Tensor {
    return pooling.adaptiveAvgPool2d(x, this.outputSize);
  }
}

/**
 * Mean of each of `outputSize` windows that cover volumes (PyTorch's `nn.AdaptiveAvgPool3d`). A size of null
 * is the size of the input.
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.AdaptiveAvgPool3d(2).forward(ones([2, 3, 5, 7, 4])).shape // [2, 3, 2, 2, 2]
 */
export class AdaptiveAvgPool3d extends Adaptive {
  forward(x: Tensor): Tensor {
    return pooling.adaptiveAvgPool3d(x, this.outputSize);
  }
}

abstract class AdaptiveMax extends Adaptive {
  constructor(
    outputSize: pooling.AdaptiveSizes,
    readonly options: pooling.AdaptiveMaxPoolOptions = {},
  ) {
    super(outputSize);
    checkOptions(this.constructor.name, options, ["returnIndices"]);
  }
}

/**
 * Maximum of each of `outputSize` windows that cover sequences (PyTorch's `nn.AdaptiveMaxPool1d`). With
 * `returnIndices`, `[values, indices]`.
 * Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @example new nn.AdaptiveMaxPool1d(2).forward(tensor([[[1, 3, 2, 4]]])) // [[[3, 4]]]
 */
export class AdaptiveMaxPool1d extends AdaptiveMax {
  forward(x: Tensor): Pooled {
    return pooling.adaptiveMaxPool1d(x, this.outputSize, this.options);
  }
}

/**
 * Maximum of each of `outputSize` windows that cover images (PyTorch's `nn.AdaptiveMaxPool2d`). With
 * `returnIndices`, `[values, indices]`.
 * Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @example new nn.AdaptiveMaxPool2d([1, 1]).forward(ones([2, 3, 5, 7])).shape // [2, 3, 1, 1]
 */
export class AdaptiveMaxPool2d extends AdaptiveMax {
  forward(x: Tensor): Pooled {
    return pooling.adaptiveMaxPool2d(x, this.outputSize, this.options);
  }
}

/**
 * Maximum of each of `outputSize` windows that cover volumes (PyTorch's `nn.AdaptiveMaxPool3d`). With
 * `returnIndices`, `[values, indices]`.
 * Shapes: [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W'].
 * @example new nn.AdaptiveMaxPool3d(2).forward(ones([2, 3, 5, 7, 4])).shape // [2, 3, 2, 2, 2]
 */
export class AdaptiveMaxPool3d extends AdaptiveMax {
  forward(x: Tensor): Pooled {
    return pooling.adaptiveMaxPool3d(x, this.outputSize, this.options);
  }
}
