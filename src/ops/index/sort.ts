import { checkTensors } from "../../arguments.js";
import { ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { dimAndOptions, type WithDim } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { type Named, named } from "../arguments/named.js";
import type { ReduceOptions } from "../reduce/reduce.js";
import { contiguous, dense, narrow, squeeze } from "../shape/views.js";
import { gatherLines } from "./indexing.js";
import { withLine } from "./scalar-as-line.js";

/** Elements, and their positions along the dim: `{ values, indices }`. */
export type ValuesAndIndices = Named<"values" | "indices", Tensor>;

/** Options of `argsort` and `sort`. */
export interface SortOptions {
  /** Largest first. Default false. */
  descending?: boolean;
  /**
   * Whether equal elements keep their order. Here they always do; in PyTorch only on request. Default false.
   */
  stable?: boolean;
}

/** Options of `topk`. */
export interface TopkOptions {
  /** Whether to return the largest elements; false returns the smallest. Default true. */
  largest?: boolean;
  /** Whether the results are sorted. They always are. Default true. */
  sorted?: boolean;
}

const sortOptions: readonly (keyof SortOptions)[] = ["descending", "stable"];
const topkOptions: readonly (keyof TopkOptions)[] = ["largest", "sorted"];

/** @internal The positions that sort the elements along `dim`. */
export function sortedOrder(x: Tensor, dim: number, descending: boolean): Tensor {
  return withLine(x.detach(), (line) => {
    const from = dense(line);
    const out = empty(line.shape, "int32");
    const [outer, inner] = [numel(line.shape.slice(0, dim)), numel(line.shape.slice(dim + 1))];
    if (out.numel > 0) run.argSort(descending ? 1 : 0, outer, line.shape[dim], inner, from, out);
    return out;
  });
}

/**
 * The elements along `dim` in ascending order, and their positions in `x`. NaN is larger than every number;
 * equal elements keep their order. Shapes of `x`. The dim is -1 by default. PyTorch: `torch.sort`.
 * @example sort(tensor([3, 1, 2])) // [[1, 2, 3], [1, 2, 0]]
 * @forms sort(), x.sort()
 */
export function sort(
  x: Tensor,
  dim?: number | WithDim<number, SortOptions>,
  options?: SortOptions,
): ValuesAndIndices {
  checkTensors("sort", x);
  const [along = -1, { descending = false }] = dimAndOptions<number, SortOptions>(
    "sort",
    sortOptions,
    dim,
    options,
  );
  const d = lineDim("sort", along, x);
  const indices = sortedOrder(x, d, descending);
  return named({ values: gatherLines(x, d, indices), indices });
}

/**
 * The positions that sort the elements along `dim` in ascending order, as `int32`: the indices of `sort`. The
 * dim is -1 by default. PyTorch: `torch.argsort`.
 * @example argsort(tensor([3, 1, 2])) // [1, 2, 0]
 * @forms argsort(), x.argsort()
 */
export function argsort(
  x: Tensor,
  dim?: number | WithDim<number, SortOptions>,
  options?: SortOptions,
): Tensor {
  checkTensors("argsort", x);
  const [along = -1, asked] = dimAndOptions<number, SortOptions>("argsort", sortOptions, dim, options);
  return sortedOrder(x, lineDim("argsort", along, x), asked.descending ?? false);
}

/**
 * The elements along the first dim in ascending order. Shape of `x`. PyTorch: `torch.msort`.
 * @example msort(tensor([3, 1, 2])) // [1, 2, 3]
 * @forms msort(), x.msort()
 */
export function msort(x: Tensor): Tensor {
  checkTensors("msort", x);
  const indices = sortedOrder(x, lineDim("msort", 0, x), false);
  return gatherLines(x, 0, indices);
}

/**
 * The `k` largest elements along `dim`, largest first, and their positions; among equals the first ones.
 * Shapes of `x` with `k` at `dim`. The dim is -1 by default. PyTorch: `torch.topk`.
 * @example topk(tensor([3, 1, 2]), 2) // [[3, 2], [0, 2]]
 * @throws ValueError `INVALID_VALUE` unless 0 <= k <= the size of the dim.
 * @forms topk(), x.topk()
 */
export function topk(
  x: Tensor,
  k: number,
  dim?: number | WithDim<number, TopkOptions>,
  options?: TopkOptions,
): ValuesAndIndices {
  checkTensors("topk", x);
  const [along = -1, { largest = true }] = dimAndOptions<number, TopkOptions>(
    "topk",
    topkOptions,
    dim,
    options,
  );
  const d = lineDim("topk", along, x);
  const length = x.ndim === 0 ? 1 : x.shape[d];
  if (!Number.isInteger(k) || k < 0 || k > length)
    throw new ValueError(`topk: k is an integer from 0 to ${length}, the size of dim ${d}: ${quoted(k)}`);
  const order = sortedOrder(x, d, largest);
  const indices = x.ndim === 0 ? order : contiguous(narrow(order, d, 0, k));
  return named({ values: gatherLines(x, d, indices), indices });
}

/**
 * The `k`-th smallest element along `dim` (counted from 1) and its position. Shapes of `x` without `dim`
 * (`keepdim`: with size 1). PyTorch: `torch.kthvalue`.
 * @example kthvalue(tensor([3, 1, 2]), 2) // [2, 2]
 * @throws ValueError `INVALID_VALUE` unless 1 <= k <= the size of the dim.
 * @forms kthvalue(), x.kthvalue()
 */
export function kthvalue(
  x: Tensor,
  k: number,
  dim?: number | WithDim<number, ReduceOptions>,
  options?: ReduceOptions,
): ValuesAndIndices {
  checkTensors("kthvalue", x);
  const [along = -1, { keepdim }] = dimAndOptions<number, ReduceOptions>(
    "kthvalue",
    ["keepdim"],
    dim,
    options,
  );
  const d = lineDim("kthvalue", along, x);
  const length = x.ndim === 0 ? 1 : x.shape[d];
  if (!Number.isInteger(k) || k < 1 || k > length)
    throw new ValueError(`kthvalue: k is an integer from 1 to ${length}, the size of dim ${d}: ${quoted(k)}`);
  const order = sortedOrder(x, d, false);
  const indices = x.ndim === 0 ? order : contiguous(narrow(order, d, k - 1, 1));
  return selected(x, d, indices, keepdim);
}

/** @internal The element of `x` at one index for each line; the result has size 1 along `dim`. */
export function selected(
  x: Tensor,
  dim: number,
  indices: Tensor,
  keepdim: boolean | undefined,
): ValuesAndIndices {
  const values = gatherLines(x, dim, indices);
  if (keepdim || x.ndim === 0) return named({ values, indices });
  return named({ values: squeeze(values, dim), indices: squeeze(indices, dim) });
}

/** @internal */
export function needsLine(op: string, x: Tensor, dim: number): void {
  if (x.ndim > 0 && x.shape[dim] === 0)
    throw new ShapeError(`${op}: no elements along dim ${dim}: [${x.shape.join(", ")}]`, "EMPTY_REDUCTION");
}
