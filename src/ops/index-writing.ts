/** Writing whole rows by index, or where a mask says so, into a copy; and reading what a mask marks. */
import { DTypeError, formatShape, ShapeError } from "../errors.js";
import { checkOptions } from "../options.js";
import { broadcastShapes, numel, resolveDim, sameShape } from "../shape.js";
import { empty, type Tensor } from "../tensor/tensor.js";
import { constant, tensor, zeros } from "./create.js";
import { add, binary, compare, mul, where } from "./elementwise.js";
import { indexAdd as addedRows, indexSelect, indexTensor } from "./indexing.js";
import { type ScaledOptions, scaled } from "./pointwise.js";
import { scatter } from "./scatter.js";
import { dense, expand, reshape, to } from "./views.js";

/** The index as one dim, a source with the dims of `x`, and both checked against `x`. */
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

/** A source without dims is one row; x without dims is one element. */
const lifted = (t: Tensor, like: Tensor) => (t.ndim === 0 && like.ndim <= 1 ? reshape(t, [1]) : t);

/** `x` with `alpha` · the rows of `source` added at the positions in `index` along `dim`. PyTorch: `torch.index_add`. */
export function indexAdd(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options?: ScaledOptions,
): Tensor {
  if (x.ndim === 0)
    return reshape(indexAdd(reshape(x, [1]), dim, index, reshape(source, [index.numel]), options), []);
  const src = lifted(source, x);
  const { d, at } = rows("indexAdd", x, dim, index, src);
  const rest = scaled("indexAdd", x, src, options) as Tensor;
  return add(x, addedRows(rest, x.shape, d, at));
}

/** `x` with the rows of `source` at the positions in `index` along `dim`; the last of several stays. PyTorch: `torch.index_copy`. */
export function indexCopy(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
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

/** `x` with `value`, a number or a tensor without dims, in the rows at the positions in `index`. PyTorch: `torch.index_fill`. */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: Tensor | number): Tensor {
  if (x.ndim === 0) return reshape(indexFill(reshape(x, [1]), dim, index, value), []);
  const { d, at } = rows("indexFill", x, dim, index);
  const marked = scatter(zeros([x.shape[d]], { dtype: "bool" }), 0, at, 1);
  const mask = reshape(
    marked,
    x.shape.map((size, i) => (i === d ? size : 1)),
  );
  return maskedFill(x, mask, value);
}

/** `x` with `value`, a number or a tensor without dims, where `mask` is true. Both broadcast. PyTorch: `torch.masked_fill`. */
export function maskedFill(x: Tensor, mask: Tensor, value: Tensor | number): Tensor {
  if (typeof value === "number") return where(mask, constant(value, x.dtype), x);
  if (value.ndim > 0)
    throw new ShapeError(`maskedFill: the value has no dims: ${formatShape(value.shape)}; use where()`);
  return where(mask, to(value, x.dtype), x);
}

/** Flat positions of the true elements of a mask, in order. They are values: a trace cannot know them. */
function positionsOf(mask: Tensor): Tensor {
  const { data } = dense(to(mask, "bool"));
  const found: number[] = [];
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) found.push(i);
  return tensor(Int32Array.from(found));
}

function needsMask(op: string, mask: Tensor): void {
  if (mask.dtype !== "bool") throw new DTypeError(`${op}: the mask is bool: ${mask.dtype}; use to("bool")`);
}

/** The elements of `x` where `mask` is true, as one dim; both broadcast. PyTorch: `torch.masked_select`. */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  needsMask("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  return indexSelect(reshape(expand(x, shape), [numel(shape)]), 0, positionsOf(expand(mask, shape)));
}

/** `x` with the elements of `source`, in order, where `mask` is true. PyTorch: `torch.masked_scatter`. */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  needsMask("maskedScatter", mask);
  if (source.dtype !== x.dtype)
    throw new DTypeError(`maskedScatter: the source has the dtype of x: ${source.dtype} for ${x.dtype}`);
  const shape = broadcastShapes("maskedScatter", x.shape, mask.shape);
  const at = positionsOf(expand(mask, shape));
  if (source.numel < at.numel)
    throw new ShapeError(
      `maskedScatter: the source has too few elements: ${source.numel} for ${at.numel} places`,
    );
  const from = indexSelect(
    reshape(source, [source.numel]),
    0,
    tensor(Int32Array.from({ length: at.numel }, (_, i) => i)),
  );
  return reshape(indexCopy(reshape(expand(x, shape), [numel(shape)]), 0, at, from), shape);
}

export interface AccumulateOptions {
  /** Whether values are added to what is there. Default false: the last of several for one place stays. */
  accumulate?: boolean;
}

/** Positions 0 … size - 1 from those that may count from the end. @throws ValueError `INDEX_OUT_OF_RANGE`. */
function counted(op: string, index: Tensor, size: number): Tensor {
  const given = indexTensor(op, index);
  const at = where(compare.lt(given, 0), add(given, size), given);
  // A kernel checks the range without a value being read here.
  indexSelect(empty([size, 0], "uint8"), 0, reshape(at, [at.numel]));
  return at;
}

/** A mask as the positions of its true elements, one tensor for each of its dims. */
function maskIndices(mask: Tensor): Tensor[] {
  const flat = positionsOf(mask);
  let step = 1;
  return [...mask.shape]
    .reverse()
    .map((size) => {
      const at = binary.remainder(binary.floorDivide(flat, step), size);
      step *= size;
      return at;
    })
    .reverse();
}

/**
 * `x` with `values` at `x[indices[0], indices[1], …]`. Indices broadcast against each other and count from the end where they are
 * negative; a bool tensor stands for the positions where it is true. `values` broadcasts to what the indices select. PyTorch:
 * `torch.index_put`, with indices for the first dims of `x`.
 */
export function indexPut(
  x: Tensor,
  indices: readonly Tensor[],
  values: Tensor,
  options?: AccumulateOptions,
): Tensor {
  checkOptions("indexPut", options, ["accumulate"]);
  const each = indices.flatMap((index) => (index.dtype === "bool" ? maskIndices(index) : [index]));
  if (each.length === 0 || each.length > x.ndim)
    throw new ShapeError(`indexPut: ${each.length} indices for ${x.ndim} dims: ${formatShape(x.shape)}`);
  if (values.dtype !== x.dtype)
    throw new DTypeError(`indexPut: the values have the dtype of x: ${values.dtype} for ${x.dtype}`);
  let flat = constant(0, "int32");
  for (const [d, index] of each.entries())
    flat = add(mul(flat, x.shape[d]), counted("indexPut", index, x.shape[d]));
  const rest = x.shape.slice(each.length);
  const count = numel(flat.shape);
  const rows = reshape(x, [numel(x.shape.slice(0, each.length)), numel(rest)]);
  const from = reshape(expand(values, [...flat.shape, ...rest]), [count, numel(rest)]);
  const at = reshape(flat, [count]);
  const put = options?.accumulate ? indexAdd(rows, 0, at, from) : indexCopy(rows, 0, at, from);
  return reshape(put, x.shape);
}

/** `x` with the elements of `source` at the positions in `index`, which count through all of `x`. PyTorch: `torch.Tensor.put`. */
export function put(x: Tensor, index: Tensor, source: Tensor, options?: AccumulateOptions): Tensor {
  checkOptions("put", options, ["accumulate"]);
  if (source.numel !== index.numel)
    throw new ShapeError(`put: one element for each index: ${source.numel} for ${index.numel}`);
  const flat = reshape(index, [index.numel]);
  return reshape(indexPut(reshape(x, [x.numel]), [flat], reshape(source, [source.numel]), options), x.shape);
}

/** Those of this file as methods. */
export const writingMethods = {
  ...{ indexAdd, indexCopy, indexFill, maskedFill, maskedSelect, maskedScatter, indexPut, put },
};
