import { resolveDim, type Shape, type Strides } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { where } from "../elementwise/elementwise.js";
import { indexReduce } from "../index/index-reduce.js";
import { nonzeroStatic } from "../index/positions.js";
import type { ValuesAndIndices } from "../index/sort.js";
import { index } from "../index/subscripts.js";
import { adjoint, transposes } from "../linalg/transposes.js";
import { type Along, max, min } from "../reduce/extremes.js";
import type { ReduceOptions } from "../reduce/reduce.js";
import { diagonalScatter, selectScatter, sliceScatter } from "../shape/overwrite.js";
import * as parts from "../shape/parts.js";
import { asStrided, asStridedScatter } from "../shape/strided.js";
import { narrowCopy } from "../shape/view-copies.js";
import { type MethodOf, method, methodsOf, type Sizes, sizes } from "./install.js";
import { sumToSize } from "./sizes.js";

/*
 * Methods of Tensor about shapes, parts, windows and positions: `x.hsplit(2)` is `hsplit(x, 2)`.
 */

const { tensorSplit, hsplit, vsplit, dsplit } = parts;
const { splitWithSizes, unsafeSplit, unsafeSplitWithSizes, unsafeChunk } = parts;

const functions = {
  ...{ tensorSplit, hsplit, vsplit, dsplit, splitWithSizes, unsafeSplit, unsafeSplitWithSizes, unsafeChunk },
  ...{ selectScatter, sliceScatter, diagonalScatter, asStrided, asStridedScatter, narrowCopy },
  ...{ indexReduce, nonzeroStatic, index },
  /** `x` where the condition is true, `other` elsewhere. */
  where: (x: Tensor, condition: Tensor, other: Tensor | number) => where(condition, x, other),
  adjoint,
  /** How many dims there are: `ndim`. */
  dim: (x: Tensor) => x.ndim,
};

type FunctionMethods = { [Name in keyof typeof functions]: MethodOf<(typeof functions)[Name]> };

declare module "../../tensor/tensor.js" {
  interface Tensor extends FunctionMethods {
    max(): Tensor;
    max(other: Tensor): Tensor;
    /** The largest element along `dim` and where it is. */
    max(dim: Along, options?: ReduceOptions): ValuesAndIndices;
    min(): Tensor;
    min(other: Tensor): Tensor;
    /** The smallest element along `dim` and where it is. */
    min(dim: Along, options?: ReduceOptions): ValuesAndIndices;
    /** The shape, or the size of one dim. */
    size(): Shape;
    size(dim: number): number;
    /** The strides in elements, or that of one dim. */
    stride(): Strides;
    stride(dim: number): number;
    /** Summed along the dims that the shape has once, or not at all: the reverse of `expand`. */
    sumToSize(...shape: Sizes): Tensor;
    /** The dims in the opposite order: the transpose of a matrix. */
    readonly T: Tensor;
    /** The matrices in the last two dims transposed. @throws ShapeError for a vector. */
    readonly mT: Tensor;
    /** The transpose of a matrix, which numbers that are real have for their adjoint. @throws ShapeError unless there are 2 dims. */
    readonly H: Tensor;
    /** The adjoints of the matrices in the last two dims: `mT`. */
    readonly mH: Tensor;
  }
}

methodsOf({
  ...functions,
  ...{ max, min },
  sumToSize: (x: Tensor, ...shape: Sizes) => sumToSize(x, sizes(shape)),
});

method("size", function (this: Tensor, dim?: number) {
  return dim === undefined ? this.shape : this.shape[resolveDim("size", dim, this.ndim)];
});
method("stride", function (this: Tensor, dim?: number) {
  return dim === undefined ? this.strides : this.strides[resolveDim("stride", dim, this.ndim)];
});

for (const [name, f] of Object.entries(transposes))
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    get(this: Tensor) {
      return f(this);
    },
  });
