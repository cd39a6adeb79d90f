/** Writes whole rows by index, or by mask, into a copy; and reads the elements that a mask selects. */

import { checkOperands, checkTensors } from "../../arguments.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, numel, resolveDim, sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { arange, filler, zeros } from "../create/create.js";
import { add, mul, where } from "../elementwise/elementwise.js";
import { type ScaledOptions, scaled } from "../elementwise/pointwise.js";
import { cumsum } from "../reduce/scan.js";
import { cat } from "../shape/join.js";
import { expand, reshape, to } from "../shape/views.js";
import { indexAdd as addedRows, indexSelect, indexTensor, selectedBy } from "./indexing.js";
import { addedBy, scatter } from "./scatter.js";
import { checkMask, counted, index, maskIndices, positionsOf, type Subscript } from "./subscripts.js";

/** The index as a vector and a source with the dims of `x`, both checked against `x`. */
function rows(op: string, x: Tensor, dim: number, index: Tensor, source?: Tensor): { d: number; at: Tensor } {
  const d = resolveDim(op, dim, x.ndim);
  if (index.ndim > 1) throw new ShapeError(`${op}: the index has one dim: ${formatShape(index.shape)}`);
  const at = reshape(indexTensor(op, index), [index.numel]);
  const wanted = x.shape.map((size, i) => (i === d ? at.numel : size));
  if (source !== undefined && !sameShape(source.shape, wanted))
    throw new ShapeError(
      `${op}: the source has one row for each index: ${formatShape(source.shape)}, expected ${formatShape(wanted)}`,
    );
  if (source !== undefined && source.dtype !== x.dtype)
    throw new DTypeError(`${op}: the source has the dtype of x: ${source.dtype} for ${x.dtype}`);
  return { d, at };
}

/** A source without dims is one row; an x without dims is one element. */
const lifted = (t: Tensor, like: Tensor) => (t.ndim === 0 && like.ndim <= 1 ? reshape(t, [1]) : t);

/**
 * `x` with `alpha` times the rows of `source` added to the rows at the positions in `index` along `dim`.
 * PyTorch: `torch.index_add`.
 * @example indexAdd(zeros([3]), 0, tensor([0, 0], { dtype: "int32" }), tensor([2, 3])) // [5, 0, 0]
 * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
 * index; DTypeError for a source of another dtype.
 * @forms indexAdd(), x.indexAdd(), x.indexAdd_()
 */
export function indexAdd(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options?: ScaledOptions,
): Tensor {
  checkTensors("indexAdd", x, index, source);
  if (x.ndim === 0)
    return reshape(indexAdd(reshape(x, [1]), dim, index, reshape(source, [index.numel]), options), []);
  const src = lifted(source, x);
  const { d, at } = rows("indexAdd", x, dim, index, src);
  const rest = scaled("indexAdd", x, src, options) as Tensor;
  // Integers are added one by one, and each sum is checked.
  if (x.dtype === "int32" || x.dtype === "uint8") {
    const along = src.shape.map((_, i) => (i === d ? at.numel : 1));
    return addedBy("indexAdd", x, d, expand(reshape(at, along), src.shape), rest);
  }
  return add(x, addedRows(rest, x.shape, d, at));
}

/**
 * `x` with the rows of `source` written to the positions in `index` along `dim`; for equal positions, the
 * last row stays. PyTorch: `torch.index_copy`.
 * @example indexCopy(zeros([3]), 0, tensor([2, 0], { dtype: "int32" }), tensor([5, 6])) // [6, 0, 5]
 * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
 * index; DTypeError for a source of another dtype.
 * @forms indexCopy(), x.indexCopy(), x.indexCopy_()
 */
export function indexCopy(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkTensors("indexCopy", x, index, source);
  if (x.ndim === 0)
    return reshape(indexCopy(reshape(x, [1]), dim, index, reshape(source, [index.numel])), []);
  const src = lifted(source, x);
  const { d, at } = rows("indexCopy", x, dim, index, src);
  const along = reshape(
    at,
    src.shape.map((_, i) => (i === d ? at.numel : 1)),
  );
  return scatter(x, d, expand(along, src.shape), src);
}

/** The value to fill with: a tensor without dims, a number, or for `bool` true or false. */
type Value = Tensor | number | boolean;

/**
 * `x` with `value` (a number or a tensor without dims) in the rows at the positions in `index` along `dim`.
 * PyTorch: `torch.index_fill`.
 * @example indexFill(tensor([1, 2, 3]), 0, tensor([0, 2], { dtype: "int32" }), 9) // [9, 2, 9]
 * @throws ShapeError for an index that is not a vector, and a value with dims.
 * @forms indexFill(), x.indexFill(), x.indexFill_()
 */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: Value): Tensor {
  checkTensors("indexFill", x, index);
  checkOperands("indexFill", value);
  if (x.ndim === 0) return reshape(indexFill(reshape(x, [1]), dim, index, value), []);
  const { d, at } = rows("indexFill", x, dim, index);
  const marked = scatter(zeros([x.shape[d]], { dtype: "bool" }), 0, at, 1);
  const mask = reshape(
    marked,
    x.shape.map((size, i) => (i === d ? size : 1)),
  );
  return maskedFill(x, mask, value);
}

/**
 * `x` with `value` (a number or a tensor without dims) where `mask` is true. Both broadcast. PyTorch:
 * `torch.masked_fill`.
 * @example maskedFill(tensor([1, 2, 3]), tensor([true, false, true]), 9) // [9, 2, 9]
 * @throws ShapeError for a value with dims, and a mask that does not broadcast; ValueError
 * `VALUE_OUT_OF_RANGE`.
 * @forms maskedFill(), x.maskedFill(), x.maskedFill_()
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Value): Tensor {
  checkTensors("maskedFill", x, mask);
  checkOperands("maskedFill", value);
  if (!(value instanceof Tensor))
    return where(mask, constant(filler("maskedFill", Number(value), x.dtype), x.dtype), x);
  if (value.ndim > 0)
    throw new ShapeError(`maskedFill: the value has no dims: ${formatShape(value.shape)}; use where()`);
  return where(mask, to(value, x.dtype), x);
}

function needsMask(op: string, mask: Tensor): void {
  if (mask.dtype !== "bool") throw new DTypeError(`${op}: the mask is bool: ${mask.dtype}; use to("bool")`);
}

/**
 * A vector of the elements of `x` where `mask` is true; both broadcast. PyTorch: `torch.masked_select`.
 * @example maskedSelect(tensor([1, 2, 3]), tensor([true, false, true])) // [1, 3]
 * @throws DTypeError for a mask that is not `bool`; ShapeError for shapes that do not broadcast.
 * @forms maskedSelect(), x.maskedSelect()
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensors("maskedSelect", x, mask);
  needsMask("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  return indexSelect(reshape(expand(x, shape), [numel(shape)]), 0, positionsOf(expand(mask, shape)));
}

/**
 * `x` with the elements of `source`, in their order, where `mask` is true. The mask broadcasts; `source` has
 * any shape. PyTorch: `torch.masked_scatter`.
 * @example maskedScatter(zeros([3]), tensor([true, false, true]), tensor([5, 6])) // [5, 0, 6]
 * @throws DTypeError for a mask that is not `bool`, and a source of another dtype; ShapeError for a mask that
 * does not broadcast.
 * @forms maskedScatter(), x.maskedScatter(), x.maskedScatter_()
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  checkTensors("maskedScatter", x, mask, source);
  needsMask("maskedScatter", mask);
  if (source.dtype !== x.dtype)
    throw new DTypeError(`maskedScatter: the source has the dtype of x: ${source.dtype} for ${x.dtype}`);
  const shape = broadcastShapes("maskedScatter", x.shape, mask.shape);
  const places = reshape(expand(mask, shape), [numel(shape)]);
  // Where the mask is false, the gather still needs an element to read: one is prepended to the source.
  const from = cat([zeros([1], { dtype: x.dtype }), reshape(source, [source.numel])]);
  const order = where(places, cumsum(places, 0), 0);
  return where(mask, reshape(selectedBy("maskedScatter: source", from, 0, order), shape), x);
}

/** Options of functions that write to positions. */
export interface AccumulateOptions {
  /**
   * Whether to add the values to the existing elements. Default false: of several values for one element, the
   * last stays.
   */
  accumulate?: boolean;
}

/**
 * Whether the subscript is one mask, and the same value is written wherever it is true: then no position
 * needs to be known.
 */
function isWholeMask(x: Tensor, indices: readonly Subscript[], values: Tensor): indices is readonly [Tensor] {
  const [mask] = indices;
  if (indices.length !== 1 || !(mask instanceof Tensor) || mask.dtype !== "bool") return false;
  return values.ndim <= x.ndim - mask.ndim && sameShape(mask.shape, x.shape.slice(0, mask.ndim));
}

/**
 * Positions for the first dims, and masks: it writes rows of `x`, and needs no positions of single elements.
 */
const isRows = (indices: readonly Subscript[]): indices is readonly Tensor[] =>
  indices.every((index) => index instanceof Tensor && (index.dtype !== "bool" || index.ndim > 0));

/**
 * `x` with `values` written to `x[indices[0], indices[1], …]`. Subscripts are those of `index`. `values`, a
 * number or a tensor, broadcasts to what they select. In place it is Python's `x[…] = values`. PyTorch:
 * `torch.index_put`.
 * @throws ShapeError for more indices than dims, and values that do not broadcast; DTypeError for values of
 * another dtype; ValueError for indices that are not an array, `VALUE_OUT_OF_RANGE`.
 * @forms indexPut(), x.indexPut(), x.indexPut_()
 */
export function indexPut(
  x: Tensor,
  indices: readonly Subscript[],
  values: Tensor | number | boolean,
  options?: AccumulateOptions,
): Tensor {
  checkTensors("indexPut", x);
  checkOperands("indexPut", values);
  if (!Array.isArray(indices as unknown))
    throw new ValueError(`indexPut: indices are an array of subscripts: ${quoted(indices)}`);
  checkOptions("indexPut", options, ["accumulate"]);
  const from =
    values instanceof Tensor ? values : constant(filler("indexPut", Number(values), x.dtype), x.dtype);
  if (from.dtype !== x.dtype)
    throw new DTypeError(`indexPut: the values have the dtype of x: ${from.dtype} for ${x.dtype}`);
  if (isWholeMask(x, indices, from)) {
    const [mask] = indices;
    const given = expand(from, x.shape.slice(mask.ndim));
    const covers = x.shape.map((size, d) => (d < mask.ndim ? size : 1));
    return where(reshape(mask, covers), options?.accumulate ? add(x, given) : given, x);
  }
  const put = options?.accumulate ? indexAdd : indexCopy;
  if (!isRows(indices)) {
    const places = index(reshape(arange(x.numel, { dtype: "int32" }), x.shape), ...indices);
    const [at, given] = [
      reshape(places, [places.numel]),
      reshape(expand(from, places.shape), [places.numel]),
    ];
    return reshape(put(reshape(x, [x.numel]), 0, at, given), x.shape);
  }
  const each: Tensor[] = [];
  for (const index of indices) {
    if (index.dtype === "bool")
      checkMask("indexPut", index, x.shape.slice(each.length, each.length + index.ndim));
    each.push(...(index.dtype === "bool" ? maskIndices(index) : [index]));
  }
  if (each.length === 0 || each.length > x.ndim)
    throw new ShapeError(`indexPut: ${each.length} indices for ${x.ndim} dims: ${formatShape(x.shape)}`);
  let flat = constant(0, "int32");
  for (const [d, index] of each.entries())
    flat = add(mul(flat, x.shape[d]), counted("indexPut", index, x.shape[d]));
  const rest = x.shape.slice(each.length);
  const count = numel(flat.shape);
  const rows = reshape(x, [numel(x.shape.slice(0, each.length)), numel(rest)]);
  const given = reshape(expand(from, [...flat.shape, ...rest]), [count, numel(rest)]);
  return reshape(put(rows, 0, reshape(flat, [count]), given), x.shape);
}

/**
 * `x` with the elements of `source` written to the positions in `index`, which count through the flattened
 * `x`. `index` and `source` have one shape. PyTorch: `Tensor.put`.
 * @example put(zeros([3]), tensor([2, 0], { dtype: "int32" }), tensor([5, 6])) // [6, 0, 5]
 * @throws ShapeError unless there is one element for each index.
 * @forms put(), x.put(), x.put_()
 */
export function put(x: Tensor, index: Tensor, source: Tensor, options?: AccumulateOptions): Tensor {
  checkTensors("put", x, index, source);
  checkOptions("put", options, ["accumulate"]);
  if (source.numel !== index.numel)
    throw new ShapeError(`put: one element for each index: ${source.numel} for ${index.numel}`);
  const flat = reshape(index, [index.numel]);
  return reshape(indexPut(reshape(x, [x.numel]), [flat], reshape(source, [source.numel]), options), x.shape);
}
