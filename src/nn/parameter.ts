import { type DType, isFloating } from "../dtype.js";
import { DTypeError } from "../errors.js";
import { k } from "../kernels/backend.js";
import { zeros } from "../ops/create.js";
import { expand } from "../ops/views.js";
import { checkOptions } from "../options.js";
import { denseStrides, type Shape } from "../shape.js";
import { longLived } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * A tensor that a module learns (PyTorch's `nn.Parameter`): a leaf that requires a gradient. As a field of a module,
 * or in an array there, it is found by `parameters()`.
 */
export class Parameter extends Tensor {
  /** Copies the values of `data` into long-lived memory. */
  constructor(data: Tensor, options: { requiresGrad?: boolean } = {}) {
    checkOptions("Parameter", options, ["requiresGrad"]);
    const { shape, dtype } = data;
    if (!isFloating(dtype)) throw new DTypeError(`Parameter: parameters are floats: ${dtype}`);
    const storage = longLived("parameter", dtype, data.numel);
    const strides = denseStrides(shape);
    super(storage, storage.offset, [...shape], strides, dtype);
    k.copy(shape, data.storage.array, data.offset, data.strides, storage.array, storage.offset, strides);
    this.requiresGrad = options.requiresGrad ?? true;
  }

  /** A parameter of zeros, for an initialiser to overwrite. */
  static zeros(shape: Shape, dtype: DType = "float32"): Parameter {
    return new Parameter(expand(zeros([], { dtype }), shape));
  }
}
