import { checkTensors } from "../arguments.js";
import { type DType, isFloating } from "../dtype.js";
import { DTypeError } from "../errors.js";
import { run, strided } from "../kernels/run.js";
import { zeros } from "../ops/create/create.js";
import { expand } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { denseStrides, type Shape } from "../shape.js";
import { longLived, type Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { memoryMoved } from "../tracing.js";

/**
 * A tensor that a module learns (PyTorch's `nn.Parameter`): a leaf that requires a gradient. `parameters()`
 * finds it in a field of a module, or in an array there.
 * @throws DTypeError for a tensor that is not of floats.
 */
export class Parameter extends Tensor {
  /** Copies the values of `data` into long-lived memory. */
  constructor(data: Tensor, options: { requiresGrad?: boolean } = {}) {
    checkOptions("Parameter", options, ["requiresGrad"]);
    checkTensors("Parameter", data);
    const { shape, dtype } = data;
    if (!isFloating(dtype)) throw new DTypeError(`Parameter: parameters are floats: ${dtype}`);
    const storage = kept("parameter", data, dtype);
    super(storage, storage.offset, [...shape], denseStrides(shape), dtype);
    this.requiresGrad = options.requiresGrad ?? true;
  }

  /**
   * @internal For `Module.to`: replaces the memory behind the same object, so that modules and optimizers
   * keep their reference. An existing gradient is converted too, as in PyTorch. An older graph cannot run
   * backward through the parameter.
   */
  cast(dtype: "float32" | "float64"): void {
    memoryMoved();
    const storage = kept("parameter", this, dtype);
    storage.version = this.storage.version + 1;
    const { gradientStored: gradient, gradientMemory } = this;
    Object.assign(this, { storage, offset: storage.offset, strides: denseStrides(this.shape), dtype });
    const from = gradient ?? gradientMemory;
    if (from === null) return;
    const memory = kept("gradient", from, dtype);
    this.gradientMemory = new Tensor(memory, memory.offset, this.shape, this.strides, dtype);
    this.gradient = gradient === null ? null : this.gradientMemory;
  }

  /** A parameter of zeros, which an initialiser then overwrites. */
  static zeros(shape: Shape, dtype: DType = "float32"): Parameter {
    return new Parameter(expand(zeros([], { dtype }), shape));
  }
}

/** The values of `x` in long-lived memory. */
function kept(kind: "parameter" | "gradient" | "buffer", x: Tensor, dtype: DType): Storage {
  const storage = longLived(kind, dtype, x.numel);
  run.copy(x.shape, x, strided(storage, denseStrides(x.shape)));
  return storage;
}

/** A copy of `x` for a buffer that steps change, on memory that a native thread may write. */
export function keptBuffer(x: Tensor, dtype: DType = x.dtype): Tensor {
  const storage = kept("buffer", x, dtype);
  return new Tensor(storage, storage.offset, [...x.shape], denseStrides(x.shape), dtype);
}
