import { checkBooleans } from "../../arguments.js";
import { type BackwardOptions, backward, setEngineOps } from "../../autograd/engine.js";
import { withGradMode } from "../../autograd/grad-mode.js";
import type { Node } from "../../autograd/graph.js";
import type { DType } from "../../dtype.js";
import { AutogradError } from "../../errors.js";
import type { BinaryName, CompareName, UnaryName, UnaryOptions } from "../../kernels/rows.js";
import type { Shape } from "../../shape.js";
import { empty, type GradHook, Tensor } from "../../tensor/tensor.js";
import { type GeneratorOptions, onesLike } from "../create/create.js";
import "./arranging-methods.js";
import "./shaping-methods.js";
import { drawMethods } from "../create/draw.js";
import * as elementwise from "../elementwise/elementwise.js";
import { writingMethods } from "../index/index-writing.js";
import * as indexing from "../index/indexing.js";
import * as inplace from "../write/in-place.js";
import { type InPlaceMethods, inPlaceForms } from "./inplace-methods.js";
import { type MethodOf, method, methodsOf, type Sizes, sizes } from "./install.js";
import "../linalg/methods.js";
import { pointwiseMethods, type ScaledOptions, scaled } from "../elementwise/pointwise.js";
import { scatter, scatterAdd, scatterReduce } from "../index/scatter.js";
import * as softmax from "../layers/softmax.js";
import { matmul } from "../linalg/matmul.js";
import * as reduce from "../reduce/reduce.js";
import * as views from "../shape/views.js";
import { numericMethods } from "./numeric-methods.js";

/*
 * Every operation as a method of Tensor: `x.add(y)` is `add(x, y)`. Elementwise methods and their types come from
 * the rows.
 */

/** A function of the list below takes the place of the row of its name. */
type UnaryMethods = {
  [Name in Exclude<UnaryName, keyof typeof functions>]: keyof UnaryOptions<Name> extends never
    ? () => Tensor
    : (options?: UnaryOptions<Name>) => Tensor;
};
type BinaryMethods = {
  [Name in Exclude<BinaryName | CompareName, keyof typeof functions>]: (other: elementwise.Operand) => Tensor;
};

const functions = {
  ...pointwiseMethods,
  ...numericMethods,
  sum: reduce.sum,
  mean: reduce.mean,
  prod: reduce.prod,
  argmax: reduce.argmax,
  argmin: reduce.argmin,
  var: reduce.variance,
  std: reduce.std,
  logsumexp: reduce.logsumexp,
  all: reduce.all,
  any: reduce.any,
  softmax: softmax.softmax,
  logSoftmax: softmax.logSoftmax,
  matmul,
  clone: views.clone,
  contiguous: views.contiguous,
  to: views.to,
  flatten: views.flatten,
  transpose: views.transpose,
  squeeze: views.squeeze,
  unsqueeze: views.unsqueeze,
  slice: views.slice,
  narrow: views.narrow,
  select: views.select,
  split: views.split,
  chunk: views.chunk,
  unbind: views.unbind,
  indexSelect: indexing.indexSelect,
  gather: indexing.gather,
  ...writingMethods,
  ...drawMethods,
  ...{ scatter, scatterAdd, scatterReduce },
  copy_: inplace.copy_,
  fill_: inplace.fill_,
  zero_: inplace.zero_,
  add_: (x: Tensor, y: elementwise.Operand, options?: ScaledOptions) =>
    inplace.binary_("add", x, scaled("add_", x, y, options)),
  sub_: (x: Tensor, y: elementwise.Operand, options?: ScaledOptions) =>
    inplace.binary_("sub", x, scaled("sub_", x, y, options)),
  mul_: (x: Tensor, y: elementwise.Operand) => inplace.binary_("mul", x, y),
  div_: (x: Tensor, y: elementwise.Operand) => inplace.binary_("div", x, y),
  uniform_: (x: Tensor, low?: number, high?: number, options?: GeneratorOptions) =>
    inplace.uniform_(x, low, high, options),
  normal_: (x: Tensor, mean?: number, std?: number, options?: GeneratorOptions) =>
    inplace.normal_(x, mean, std, options),
};

type FunctionMethods = { [Name in keyof typeof functions]: MethodOf<(typeof functions)[Name]> };

declare module "../../tensor/tensor.js" {
  interface Tensor extends UnaryMethods, BinaryMethods, FunctionMethods, InPlaceMethods {
    /** The same elements in another shape; one size may be -1. A view where strides allow, else a copy. */
    reshape(...shape: Sizes): Tensor;
    /** Dims in another order. */
    permute(...dims: Sizes): Tensor;
    /** Repeated along dims of size 1 without copying; -1 keeps a size. */
    expand(...shape: Sizes): Tensor;
    /**
     * Gradients of this tensor added to the `grad` of every leaf. A tensor that is not a scalar needs its cotangent; options may stand in
     * its place: `loss.backward({ retainGraph: true })`.
     */
    backward(cotangent?: Tensor | BackwardOptions | null, options?: BackwardOptions): void;
    /** Calls `hook` with the gradient of this tensor in every backward; what it returns replaces the gradient. Returns a function that removes it. */
    registerHook(hook: GradHook): () => void;
    /** Keeps the `grad` of a tensor that is no leaf. */
    retainGrad(): this;
    /** Switches gradients on or off for a leaf and returns it. */
    requiresGrad_(value?: boolean): this;
    /** A copy in float32 (float64, int32, bool): `to(dtype)`. */
    float(): Tensor;
    double(): Tensor;
    int(): Tensor;
    bool(): Tensor;
    byte(): Tensor;
    /** A copy in int32: PyTorch's int64 is int32 here. */
    long(): Tensor;
  }
}

for (const family of [elementwise.unary, elementwise.binary, elementwise.compare, inPlaceForms, functions])
  methodsOf(family);

const as = (dtype: DType) => (x: Tensor) => views.to(x, dtype);
methodsOf({
  reshape: (x: Tensor, ...shape: Sizes) => views.reshape(x, sizes(shape) as Shape),
  permute: (x: Tensor, ...dims: Sizes) => views.permute(x, sizes(dims)),
  expand: (x: Tensor, ...shape: Sizes) => views.expand(x, sizes(shape)),
  ...{ float: as("float32"), double: as("float64"), int: as("int32") },
  ...{ bool: as("bool"), byte: as("uint8"), long: as("int32") },
});

method("backward", function (this: Tensor, given?: Tensor | BackwardOptions | null, rest?: BackwardOptions) {
  const [cotangent, options] = given instanceof Tensor ? [given, rest] : [undefined, given ?? rest];
  backward([this], [cotangent], options);
});

method("registerHook", function (this: Tensor, hook: GradHook) {
  const owner: { hooks: GradHook[] | null } = this.gradFn === null ? this : (this.gradFn as Node);
  if (!this.requiresGrad)
    throw new AutogradError(
      "registerHook: the tensor does not require a gradient: it will never be called",
      "NO_GRAD",
    );
  owner.hooks = [...(owner.hooks ?? []), hook];
  return () => {
    const rest = (owner.hooks ?? []).filter((h) => h !== hook);
    owner.hooks = rest.length > 0 ? rest : null;
  };
});

method("retainGrad", function (this: Tensor) {
  if (!this.requiresGrad)
    throw new AutogradError("retainGrad: the tensor does not require a gradient", "NO_GRAD");
  if (this.gradFn !== null) (this.gradFn as Node).retained = this;
  return this;
});

method("requiresGrad_", function (this: Tensor, value = true) {
  checkBooleans("requiresGrad_", { value });
  this.requiresGrad = value;
  return this;
});

setEngineOps({
  add: elementwise.add,
  clone: views.clone,
  onesLike: (x) => onesLike(x),
  emptyLike: (x) => empty(x.shape, x.dtype),
  copyInto: (out, x) => void withGradMode(false, () => inplace.copy_(out, x)),
  addInto: (out, x) => void withGradMode(false, () => inplace.binary_("add", out, x)),
});
