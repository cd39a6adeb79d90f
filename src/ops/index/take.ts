import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { dimOf, type OrNamed } from "../../options.js";
import { broadcastShapes, resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, compare, where } from "../elementwise/elementwise.js";
import { contiguous, expand, reshape, to } from "../shape/views.js";
import { gather, selectedBy } from "./indexing.js";

/** Converts indices to 0 and up: negative ones count from the end. */
function fromFront(op: string, index: Tensor, length: number): Tensor {
  if (isFloating(index.dtype) || index.dtype === "bool")
    throw new DTypeError(`${op}: indices are integers: ${index.dtype}; use to("int32")`);
  const at = to(index, "int32");
  return where(compare.lt(at, 0), add(at, length), at);
}

/**
 * The elements of the flattened `x` at the positions in `index`, in the shape of `index`. Negative positions
 * count from the end. PyTorch: `torch.take`.
 * @example take(tensor([[1, 2], [3, 4]]), tensor([3, 0], { dtype: "int32" })) // [4, 1]
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @forms take(), x.take()
 */
export function take(x: Tensor, index: Tensor): Tensor {
  checkTensors("take", x, index);
  const at = reshape(fromFront("take", index, x.numel), [index.numel]);
  return reshape(selectedBy("take", reshape(x, [x.numel]), 0, at), index.shape);
}

/**
 * The elements of `x` along `dim` at the positions that `argsort` or `argmax` give: `gather` with an index
 * that broadcasts and may be negative. Without `dim`, `x` and the index are flattened. PyTorch:
 * `torch.take_along_dim`.
 * @example takeAlongDim(tensor([3, 1, 2]), tensor([1, 2, 0], { dtype: "int32" }), 0) // [1, 2, 3]
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @throws ShapeError for an index with other dims than `x`; DTypeError for indices that are not integers.
 * @forms takeAlongDim(), x.takeAlongDim()
 */
export function takeAlongDim(x: Tensor, index: Tensor, given?: OrNamed<number>): Tensor {
  checkTensors("takeAlongDim", x, index);
  const dim = given === undefined ? undefined : dimOf("takeAlongDim", given);
  if (dim === undefined) return takeAlongDim(reshape(x, [x.numel]), reshape(index, [index.numel]), 0);
  if (x.ndim !== index.ndim)
    throw new ShapeError(
      `takeAlongDim: the index has as many dims: ${formatShape(x.shape)} and index ${formatShape(index.shape)}`,
    );
  const d = resolveDim("takeAlongDim", dim, x.ndim);
  const without = (t: Tensor) => t.shape.map((size, i) => (i === d ? 1 : size));
  const shape = broadcastShapes("takeAlongDim", without(x), without(index));
  const along = (t: Tensor) => shape.map((size, i) => (i === d ? t.shape[d] : size));
  const at = fromFront("takeAlongDim", index, x.shape[d]);
  return gather(expand(x, along(x)), d, contiguous(expand(at, along(index))));
}
