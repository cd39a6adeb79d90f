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
 * A tensor that a module learns (PyTorch's `nn.Parameter`): a leaf that requires a gradient. As a field of a module,
 * or in an array there, it is found by `parameters()`.
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
   * @internal What `Module.to` does: other memory behind the same object, so that modules and optimizers keep hold of it.
   * A gradient that is there is converted too, as in PyTorch. A graph made before cannot go back through it.
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

  /** A parameter of zeros, for an initialiser to overwrite. */
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

/** The values of `x` in a tensor for a buffer that steps change: on memory that a thread may write to. */
export function keptBuffer(x: Tensor, dtype: DType = x.dtype): Tensor {
  const storage = kept("buffer", x, dtype);
  return new Tensor(storage, storage.offset, [...x.shape], denseStrides(x.shape), dtype);
}
