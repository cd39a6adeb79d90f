import { formatShape, ShapeError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import { narrowCopy } from "./copies.js";
import { indexReduce } from "./index-reduce.js";
import { type MethodOf, method, methodsOf, type Sizes, sizes } from "./install.js";
import { diagonalScatter, selectScatter, sliceScatter } from "./overwrite.js";
import * as parts from "./parts.js";
import { nonzeroStatic } from "./positions.js";
import { sumToSize, typeAs } from "./sizes.js";
import { asStrided, asStridedScatter } from "./strided.js";
import { index } from "./subscripts.js";
import { permute, to, transpose } from "./views.js";

/*
 * Methods of Tensor about shapes, parts, windows and positions: `x.hsplit(2)` is `hsplit(x, 2)`.
 */

const { tensorSplit, hsplit, vsplit, dsplit } = parts;
const { splitWithSizes, unsafeSplit, unsafeSplitWithSizes, unsafeChunk } = parts;

const functions = {
  ...{ tensorSplit, hsplit, vsplit, dsplit, splitWithSizes, unsafeSplit, unsafeSplitWithSizes, unsafeChunk },
  ...{ selectScatter, sliceScatter, diagonalScatter, asStrided, asStridedScatter, narrowCopy },
  ...{ indexReduce, nonzeroStatic, typeAs, index },
  /** `to("int32")`, the one integer dtype with a sign. */
  long: (x: Tensor) => to(x, "int32"),
  byte: (x: Tensor) => to(x, "uint8"),
};

type FunctionMethods = { [Name in keyof typeof functions]: MethodOf<(typeof functions)[Name]> };

declare module "../tensor/tensor.js" {
  interface Tensor extends FunctionMethods {
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

methodsOf(functions);
method("sumToSize", function (this: Tensor, ...shape: Sizes) {
  return sumToSize(this, sizes(shape));
});

function getter(name: string, get: (x: Tensor) => Tensor): void {
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    get(this: Tensor) {
      return get(this);
    },
  });
}

function matrices(name: string, x: Tensor, fits: boolean): Tensor {
  if (x.ndim === 0) return x;
  if (!fits) throw new ShapeError(`${name}: a matrix is needed: ${formatShape(x.shape)}`);
  return transpose(x, -1, -2);
}

getter("T", (x) => (x.ndim < 2 ? x : permute(x, [...x.shape.keys()].reverse())));
getter("mT", (x) => matrices("mT", x, x.ndim >= 2));
getter("mH", (x) => matrices("mH", x, x.ndim >= 2));
getter("H", (x) => matrices("H", x, x.ndim === 2));
