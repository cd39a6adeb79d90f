import { busy, checkFree } from "../busy.js";
import type { Data, DType } from "../dtype.js";
import { AutogradError, formatShape, ShapeError, SimdgradError, ValueError } from "../errors.js";
import { denseStrides, isDense, numel, type Shape, type Strides } from "../shape.js";
import { tracing } from "../tracing.js";
import { formatTensor } from "./format.js";
import { checkHeap, checkRoom } from "./room.js";
import { allocate, longLived, type Storage, storageOn } from "./storage.js";
import { checkTransferable, ownValues, type TransferableTensor } from "./transferable.js";

/** The part of an autograd node that the tensor layer uses. The node itself is in `autograd/`. */
export interface GradFn {
  readonly name: string;
}

/** State that links a view to its base. */
export interface ViewState {
  /** The tensor that owns the memory; it is not a view. */
  readonly base: Tensor;
  /**
   * The base's node at the time when the view's node was made. If the base has a newer node, the view needs a
   * new node.
   */
  node: GradFn | null;
  /** Whether the view was made under noGrad: it is then not part of its base's graph. */
  withoutGrad: boolean;
}

let viewNode: (view: Tensor, base: Tensor, before: GradFn | null) => GradFn;

/**
 * `ops/` sets the function that makes the node of a view whose base was changed in place: `tensor/` must not
 * import `ops/`.
 */
export function setViewNode(given: typeof viewNode): void {
  viewNode = given;
}

/** @internal Marks a gradient that a compiled step used without storing it. */
export const usedUp = Symbol("a gradient that was used up");
type UsedUp = typeof usedUp;

/** A gradient hook: gets the gradient and may return a replacement. */
export type GradHook = (grad: Tensor) => Tensor | undefined;

/** Nested arrays of numbers, or of booleans for `bool`. */
export type NestedArray = number | boolean | NestedArray[];

/**
 * An n-dimensional array: a window (offset, shape, strides; all in elements) onto a storage. Views share the
 * storage. Operations are methods too: `x.add(y)` is `add(x, y)`. docs/operations.md lists them.
 */
export class Tensor {
  /** The memory of the elements, which views share. */
  readonly storage: Storage;
  /** Index of the first element in `storage.array`. */
  readonly offset: number;
  /** The sizes of the dims; `[]` for a scalar. */
  readonly shape: Shape;
  /** How many elements of the storage lie from one index of a dim to the next. 0 where a dim is expanded. */
  readonly strides: Strides;
  /** The type of the elements: `float32`, `float64`, `int32`, `uint8` or `bool`. */
  readonly dtype: DType;

  /** @internal Null if this tensor is not a view. */
  viewState: ViewState | null = null;
  private node: GradFn | null = null;
  /** @internal Hooks of a leaf. The node of any other tensor holds its hooks. */
  hooks: GradHook[] | null = null;
  /**
   * @internal Memory for gradients that is kept across `zeroGrad`, for the next backward to write. Only the
   * library uses it.
   */
  gradientMemory: Tensor | null = null;
  private leafRequiresGrad = false;
  private leafGradient: Tensor | null | UsedUp = null;

  constructor(storage: Storage, offset: number, shape: Shape, strides: Strides, dtype: DType) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
    this.dtype = dtype;
  }

  /**
   * @internal The node that made this tensor, or null outside a graph. If the base of a view was changed in
   * place, this getter makes a new node for the view.
   */
  get gradFn(): GradFn | null {
    const { viewState } = this;
    if (viewState !== null && viewState.node !== viewState.base.node)
      this.gradFn = nodeOfView(this, viewState, this.node);
    return this.node;
  }

  set gradFn(node: GradFn | null) {
    const { viewState } = this;
    if (tracing !== null) {
      tracing.borrow(this, "node", this.node);
      if (viewState !== null) tracing.borrow(viewState, "node", viewState.node);
    }
    this.node = node;
    if (viewState !== null) viewState.node = viewState.base.node;
  }

  /** @internal Whether the base of this view was changed in place after the view's node was made. */
  get isBehind(): boolean {
    const { viewState } = this;
    return viewState !== null && viewState.node !== viewState.base.node;
  }

  /**
   * @internal The memory of the storage; element `offset` is the first. @throws SimdgradError `DETACHED` if
   * the memory is detached.
   */
  get array(): Data {
    return this.storage.array;
  }

  /** Number of dims. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return numel(this.shape);
  }

  /**
   * Whether operations on this tensor are noted for `backward`. It can be set on a leaf of floats.
   * @throws AutogradError `NOT_A_LEAF` or `DTYPE_MISMATCH` where it cannot be set.
   */
  get requiresGrad(): boolean {
    if (tracing !== null && this.gradFn === null) tracing.read(this, "requiresGrad", this.leafRequiresGrad);
    return this.leafRequiresGrad || this.gradFn !== null;
  }

  set requiresGrad(value: boolean) {
    if (this.gradFn !== null) {
      if (value) return;
      throw new AutogradError("requiresGrad: only a leaf can be switched off: use detach()", "NOT_A_LEAF");
    }
    if (value && this.dtype !== "float32" && this.dtype !== "float64")
      throw new AutogradError(
        `requiresGrad: only float tensors have gradients: ${this.dtype}`,
        "DTYPE_MISMATCH",
      );
    if (tracing !== null) tracing.write(this, "requiresGrad", this.leafRequiresGrad);
    this.leafRequiresGrad = value;
  }

  /** @internal The gradient, for code inside the library: see `grad`. */
  get gradient(): Tensor | null {
    const { leafGradient } = this;
    if (leafGradient === usedUp)
      throw new AutogradError(
        `grad: a compiled step used the gradient of this tensor ${formatShape(this.shape)} in its update without storing it: compile(fn, { keepGrads: true }) and fit(…, { keepGrads: true }) store gradients; zeroGrad() clears this state`,
        "GRAD_FUSED",
      );
    if (tracing !== null) tracing.read(this, "gradient", leafGradient, () => this.leafGradient);
    return leafGradient;
  }

  set gradient(value: Tensor | null | UsedUp) {
    if (tracing !== null) tracing.write(this, "gradient", this.leafGradient);
    this.leafGradient = value;
  }

  /** @internal The stored gradient, or null. */
  get gradientStored(): Tensor | null {
    return this.leafGradient === usedUp ? null : this.gradient;
  }

  /** Whether no operation made this tensor: gradients accumulate in the `grad` of leaves only. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /**
   * The sum of the gradients of the last `backward` calls, or null. After you read a gradient here,
   * `zeroGrad()` and later backward calls do not change its memory.
   * @throws AutogradError `GRAD_FUSED` after a compiled step whose update used the gradient without storing
   * it.
   */
  get grad(): Tensor | null {
    const { gradient } = this;
    if (gradient === null || gradient !== this.gradientMemory) return gradient;
    // `gradientMemory` stays in place, because recordings write to it. A read inside a trace is noted by the
    // trace.
    if (tracing !== null) {
      tracing.gradientsRead.add(this);
      return gradient;
    }
    checkReadable("grad", gradient);
    this.gradient = copyOf(gradient);
    return this.gradient;
  }

  set grad(value: Tensor | null) {
    if (value !== null && (value.dtype !== this.dtype || !sameSizes(value.shape, this.shape)))
      throw new ShapeError(
        `grad: a gradient has the shape and dtype of its tensor: ${formatShape(value.shape)} ${value.dtype} for ${formatShape(this.shape)} ${this.dtype}`,
      );
    this.gradient = value;
  }

  /** Whether elements lie in row-major order without gaps. */
  get isContiguous(): boolean {
    return isDense(this.shape, this.strides);
  }

  /**
   * The elements as a typed array of exactly `numel` elements that shares this tensor's memory. The tensor
   * sees writes to the array; autograd does not, unlike those of `copy_`. The array's `buffer` may be larger,
   * may hold other tensors, and may be a SharedArrayBuffer, which is shared with another thread and cannot be
   * transferred: see `toTransferable`.
   * @throws SimdgradError `NOT_CONTIGUOUS` if the elements of a view are not contiguous, `DETACHED` if its
   * memory is detached.
   */
  get data(): Data {
    checkReadable("data", this);
    if (!this.isContiguous)
      throw new SimdgradError(
        "NOT_CONTIGUOUS",
        `data: the elements of this view are not contiguous: strides ${formatShape(this.strides)} for ${formatShape(this.shape)}; use contiguous().data`,
      );
    return this.storage.array.subarray(this.offset, this.offset + this.numel);
  }

  /**
   * The value of a tensor with one element: a number, or a boolean for dtype `bool`, as `toArray()` gives it:
   * `x.eq(y).all().item<boolean>()`. PyTorch: `Tensor.item`. @throws ShapeError if the tensor does not have
   * exactly one element.
   */
  item<T extends number | boolean = number>(): T {
    checkReadable("item", this);
    if (this.numel !== 1)
      throw new ShapeError(`item: exactly one element is needed: ${formatShape(this.shape)}`);
    const value = this.storage.array[this.offset];
    return (this.dtype === "bool" ? value !== 0 : value) as T;
  }

  /**
   * Nested arrays of numbers (booleans for `bool`); a plain value for a scalar.
   * @throws SimdgradError `OUT_OF_MEMORY` if the arrays would not fit in JavaScript's heap.
   */
  toArray(): any {
    checkReadable("toArray", this);
    const { shape, strides, dtype } = this;
    checkHeap("toArray", shape, "; use contiguous().data");
    const array = this.storage.array;
    const read = (dim: number, at: number): unknown => {
      if (dim === shape.length) return dtype === "bool" ? array[at] !== 0 : array[at];
      return Array.from({ length: shape[dim] }, (_, i) => read(dim + 1, at + i * strides[dim]));
    };
    return read(0, this.offset);
  }

  /**
   * A copy of the values as plain data, which `postMessage` and `structuredClone` accept and may transfer.
   * They refuse a tensor itself (`DataCloneError`). The copy does not contain the graph, `requiresGrad` or
   * `grad`.
   *
   * `const message = x.toTransferable(); worker.postMessage(message, [message.data.buffer])`
   */
  toTransferable(): TransferableTensor & { data: { buffer: ArrayBuffer } } {
    checkReadable("toTransferable", this);
    const { shape, strides, dtype, offset, isContiguous } = this;
    checkRoom("toTransferable", dtype, this.numel);
    const data = isContiguous ? this.data.slice() : ownValues(this.storage.array, offset, shape, strides);
    return { shape: [...shape], dtype, data: data as Data & { buffer: ArrayBuffer } };
  }

  /**
   * A tensor from the result of `toTransferable`, made in this thread or another. It shares the memory of
   * `data` and is a leaf that needs no gradient. @throws ShapeError, DTypeError or ValueError if shape, dtype
   * and data do not match.
   */
  static from(given: TransferableTensor): Tensor {
    if ((given as unknown) instanceof Tensor)
      throw new ValueError(
        "Tensor.from: what toTransferable() gives is needed: a Tensor; use clone() or detach()",
      );
    checkTransferable(given);
    return fromData(given.data, given.shape, given.dtype);
  }

  /** The same memory, outside the graph. */
  detach(): Tensor {
    return new Tensor(this.storage, this.offset, this.shape, this.strides, this.dtype);
  }

  /** @internal A view of the same storage. The caller sets its node. */
  viewOf(offset: number, shape: Shape, strides: Strides): Tensor {
    const out = new Tensor(this.storage, offset, shape, strides, this.dtype);
    const { viewState } = this;
    const base = viewState === null ? this : viewState.base;
    out.viewState = { base, node: base.node, withoutGrad: viewState?.withoutGrad ?? false };
    return out;
  }

  /** The elements as text, as NumPy prints them; long tensors are shortened. */
  toString(): string {
    checkReadable("print", this);
    return formatTensor(this);
  }

  /**
   * For `console.log` and debuggers, which must not throw: a tensor with detached memory prints that it is
   * detached.
   */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    try {
      return this.toString();
    } catch (error) {
      if ((error as { code?: string }).code !== "DETACHED") throw error;
      return `tensor(DETACHED, shape=${formatShape(this.shape)}, dtype=${this.dtype})`;
    }
  }

  /**
   * Converts to text in `${x}`. JavaScript's operators cannot be overloaded, so this throws an error instead
   * of giving NaN.
   * @throws SimdgradError `TENSOR_ARITHMETIC` for `x * 2`, `x < y`, `+x`, and also for `"x: " + x`, which
   * looks the same as `x + 1` here.
   */
  [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
    if (hint === "string") return this.toString();
    throw new SimdgradError(
      "TENSOR_ARITHMETIC",
      `Tensor: operators do not compute with tensors: ${formatShape(this.shape)} ${this.dtype}; use methods (x.mul(2), x.add(y)), x.item() for a number, or String(x) for text`,
    );
  }

  /** `JSON.stringify(tensor)` gives the nested arrays. */
  toJSON(): unknown {
    return this.toArray();
  }
}

/** The node of a view whose base was changed in place after the view was made. */
function nodeOfView(view: Tensor, { base, withoutGrad }: ViewState, before: GradFn | null): GradFn {
  if (withoutGrad)
    throw new AutogradError(
      `view: it was made under noGrad(), and its base was changed in place with gradients on: ${formatShape(view.shape)} of ${formatShape(base.shape)}; make the view and the change both inside noGrad(), or both outside`,
      "VIEW_WITHOUT_GRAD",
    );
  return viewNode(view, base, before);
}

/** A trace has no values, and while a native thread trains, values may come from different steps. */
function checkReadable(how: string, x: Tensor): void {
  if (tracing !== null)
    tracing.refuse(
      `the values of a tensor are read (${how})`,
      "return the tensor and read it outside; branch on values with where()",
    );
  if (busy) checkFree(how, { array: x.storage.array, offset: x.offset, length: 1 }, "read");
}

function sameSizes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, d) => size === b[d]);
}

/** A dense tensor whose values are not set yet. */
export function empty(shape: Shape, dtype: DType = "float32"): Tensor {
  const storage = allocate(dtype, numel(shape));
  return new Tensor(storage, storage.offset, shape, denseStrides(shape), dtype);
}

/** @internal A dense tensor of zeros with the shape and dtype of `x`, in its own long-lived memory. */
export function longLivedLike(kind: string, x: Tensor): Tensor {
  const storage = longLived(kind, x.dtype, x.numel);
  return new Tensor(storage, storage.offset, x.shape, denseStrides(x.shape), x.dtype);
}

/** @internal A copy of `x`, which is dense, in its own memory. */
export function copyOf(x: Tensor): Tensor {
  const out = empty(x.shape, x.dtype);
  out.data.set(x.data);
  return out;
}

/** A dense tensor that shares the memory of `data`; lengths must agree. */
export function fromData(data: Data, shape: Shape, dtype: DType): Tensor {
  if (data.length !== numel(shape))
    throw new ShapeError(`tensor: ${data.length} values do not fill ${formatShape(shape)}`);
  return new Tensor(storageOn(data), 0, [...shape], denseStrides(shape), dtype);
}
