import { checkTensors } from "../../arguments.js";
import { type BackwardRule, differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel, resolveDim, type Shape, sameShape } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { dense, reshape, slice, to } from "../shape/views.js";

/** @internal Indices in the form that kernels take: dense int32. */
export function indexTensor(op: string, index: Tensor): Tensor {
  if (isFloating(index.dtype) || index.dtype === "bool")
    throw new DTypeError(`${op}: indices are integers: ${index.dtype}; use to("int32")`);
  return dense(to(index, "int32"));
}

/**
 * @internal `shape` seen as [outer, length, inner] around one dim. If `inner` is 0, there may be any number
 * of empty rows; the first row, whose indices are checked, represents all of them.
 */
export function around(shape: Shape, dim: number): [outer: number, length: number, inner: number] {
  const [outer, inner] = [numel(shape.slice(0, dim)), numel(shape.slice(dim + 1))];
  return [inner === 0 ? Math.min(outer, 1) : outer, shape[dim], inner];
}

/** @internal Throws an error for an index that a kernel found to be out of range. */
export function checkStatus(op: string, status: number, index: Tensor, length: number): void {
  if (status < 0) return;
  const value = index.array[index.offset + status];
  throw new ValueError(
    `${op}: index out of range: ${quoted(value)} at position ${status}, sizes up to ${length}`,
    "INDEX_OUT_OF_RANGE",
  );
}

/**
 * The elements of `x` along `dim` at the positions in `index` (a vector of integers), in that order. PyTorch:
 * `torch.index_select`.
 * @example indexSelect(tensor([1, 2, 3]), 0, tensor([2, 0], { dtype: "int32" })) // [3, 1]
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @throws ShapeError for an index that is not a vector.
 * @forms indexSelect(), x.indexSelect()
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  checkTensors("indexSelect", x, index);
  return selectedBy("indexSelect", x, dim, index);
}

/** @internal `indexSelect` whose errors name another operation. */
export function selectedBy(op: string, x: Tensor, dim: number, index: Tensor): Tensor {
  if (x.ndim === 0) return reshape(selectedBy(op, reshape(x, [1]), dim, index), []);
  if (index.ndim === 0) return selectedBy(op, x, dim, reshape(index, [1]));
  const d = resolveDim(op, dim, x.ndim);
  if (index.ndim !== 1) throw new ShapeError(`${op}: the index has one dim: ${formatShape(index.shape)}`);
  const at = indexTensor(op, index);
  const [outer, length, inner] = around(x.shape, d);
  const count = at.shape[0];
  const from = dense(x);
  const out = empty(
    x.shape.map((size, i) => (i === d ? count : size)),
    x.dtype,
  );
  if (count === 0) return differentiable("indexSelect", [x], out, (g) => [zerosOf(x.shape, g)]);
  checkStatus(op, run.indexSelect(outer, length, inner, count, from, at, out), at, length);
  const shape = x.shape;
  const rule: BackwardRule = (g, to) => {
    const into = to.into(0);
    // Added to other gradients, the sum of the rows is rounded first, so it needs memory of its own.
    return [into === null || into.accumulate ? indexAdd(g, shape, d, at) : rowsInto(into.out, g, d, at)];
  };
  return differentiable("indexSelect", [x], out, rule, { saves: [at] });
}

/** Overwrites the gradient of a leaf: a table of embeddings is large, and a copy of it takes long. */
function rowsInto(out: Tensor, g: Tensor, dim: number, index: Tensor): Tensor {
  const [outer, length, inner] = around(out.shape, dim);
  run.fill(0, out.numel, out);
  const status = run.indexAdd(outer, length, inner, index.numel, index, dense(g), out);
  checkStatus("indexAdd", status, index, length);
  out.storage.changed();
  return out;
}

/**
 * @internal The adjoint of `indexSelect`: zeros of `shape`, with each row of `g` added at the position that
 * it was read from.
 */
export function indexAdd(g: Tensor, shape: Shape, dim: number, index: Tensor): Tensor {
  const [outer, length, inner] = around(shape, dim);
  const from = dense(g);
  const out = zeros(shape, { dtype: g.dtype });
  if (index.numel > 0) {
    const status = run.indexAdd(outer, length, inner, index.numel, index, from, out);
    checkStatus("indexAdd", status, index, length);
  }
  return differentiable("indexAdd", [g], out, (gg) => [indexSelect(gg, dim, index)], { saves: [index] });
}

/**
 * The elements of `x` at the positions in `index` along `dim`: `out[i][j] = x[i][index[i][j]]` for `dim` 1,
 * and so on. In the other dims the index may be shorter than `x`. PyTorch: `torch.gather`.
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @throws ShapeError for an index that is larger than `x` outside `dim`; DTypeError for indices that are not
 * integers.
 * @forms gather(), x.gather()
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  checkTensors("gather", x, index);
  if (x.ndim === 0) return reshape(gather(reshape(x, [1]), dim, reshape(index, [index.numel])), index.shape);
  const d = resolveDim("gather", dim, x.ndim);
  // As in PyTorch, an empty index may have any shape.
  if (index.numel === 0 && index.ndim !== x.ndim) return nothingOf(x, index.shape);
  if (index.ndim !== x.ndim || index.shape.some((size, i) => i !== d && size > x.shape[i]))
    throw new ShapeError(
      `gather: the index is larger outside dim ${d}: ${formatShape(x.shape)} and index ${formatShape(index.shape)}`,
    );
  const sizes = x.shape.map((size, i) => (i === d ? size : index.shape[i]));
  if (!sameShape(sizes, x.shape))
    return gather(slice(x, ...sizes.map((size) => [0, size] as const)), d, index);
  const at = indexTensor("gather", index);
  if (index.numel === 0) return nothingOf(x, index.shape);
  const [outer, length, inner] = around(x.shape, d);
  const from = dense(x);
  const out = empty(index.shape, x.dtype);
  const count = index.shape[d];
  checkStatus("gather", run.gather(outer, length, inner, count, from, at, out), at, length);
  const shape = x.shape;
  return differentiable("gather", [x], out, (g) => [scatterAdd(g, shape, d, at)], { saves: [at] });
}

/** An empty result, which is still part of the graph of `x`. */
function nothingOf(x: Tensor, shape: Shape): Tensor {
  return differentiable("gather", [x], empty(shape, x.dtype), (g) => [zerosOf(x.shape, g)]);
}

const zerosOf = (shape: Shape, { dtype }: Tensor) => zeros(shape, { dtype });

/** @internal The adjoint of `gather`. */
export function scatterAdd(g: Tensor, shape: Shape, dim: number, index: Tensor): Tensor {
  const [outer, length, inner] = around(shape, dim);
  const from = dense(g);
  const out = zeros(shape, { dtype: g.dtype });
  const count = index.shape[dim];
  if (g.numel > 0)
    checkStatus("scatterAdd", run.scatterAdd(outer, length, inner, count, index, from, out), index, length);
  return differentiable("scatterAdd", [g], out, (gg) => [gather(gg, dim, index)], { saves: [index] });
}

export interface OneHotOptions {
  /** The number of classes; -1 (default): the largest + 1. */
  numClasses?: number;
}

/**
 * A tensor with 1 at the position of each class and 0 elsewhere: integers [...] → `int32` [..., classes].
 * Without a number of classes, or with -1, there are as many as the largest + 1. Dtype `int32`, as PyTorch
 * keeps integers. PyTorch: `F.one_hot`.
 * @throws ValueError `INDEX_OUT_OF_RANGE` for a class that there is not.
 * @forms nn.functional.oneHot()
 */
export function oneHot(
  index: Tensor,
  numClasses: number | OneHotOptions = -1,
  dtype: DType = "int32",
): Tensor {
  checkTensors("oneHot", index);
  if (typeof numClasses !== "number") checkOptions("oneHot", numClasses, ["numClasses"]);
  const given = typeof numClasses === "number" ? numClasses : (numClasses.numClasses ?? -1);
  if (!Number.isInteger(given) || given < -1 || given === 0)
    throw new ValueError(`oneHot: numClasses is an integer >= 1, or -1: ${String(given)}`);
  const classes = given === -1 ? undefined : given;
  const at = indexTensor("oneHot", index);
  const values = at.array;
  let largest = -1;
  for (let i = 0; i < at.numel; i++) {
    const value = values[at.offset + i];
    if (value < 0 || (classes !== undefined && value >= classes))
      throw new ValueError(
        `oneHot: class out of range: ${quoted(value)} at position ${i}, classes ${classes ?? "from 0"}`,
        "INDEX_OUT_OF_RANGE",
      );
    largest = Math.max(largest, value);
  }
  if (largest < 0 && classes === undefined)
    throw new ValueError(
      `oneHot: without indices the number of classes is needed: index ${formatShape(index.shape)}`,
    );
  const out = zeros([...at.shape, classes ?? largest + 1], { dtype });
  const size = classes ?? largest + 1;
  for (let i = 0; i < at.numel; i++) out.array[out.offset + i * size + values[at.offset + i]] = 1;
  return out;
}

/** @internal `gather` that accepts scalars. */
export function gatherLines(x: Tensor, dim: number, index: Tensor): Tensor {
  return x.ndim > 0 ? gather(x, dim, index) : reshape(gather(reshape(x, [1]), 0, reshape(index, [1])), []);
}
