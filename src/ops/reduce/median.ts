import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError } from "../../errors.js";
import { dimAndOptions, type WithDim } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { arange, full } from "../create/create.js";
import { binary, compare, div, eq, sub, where } from "../elementwise/elementwise.js";
import { gatherLines } from "../index/indexing.js";
import { needsLine, selected, sortedOrder, type ValuesAndIndices } from "../index/sort.js";
import { cat } from "../shape/join.js";
import { narrow, reshape, to, transpose } from "../shape/views.js";
import { sharedByEquals } from "./extremes.js";
import { argmax, type ReduceOptions, sum } from "./reduce.js";
import { cummax } from "./scan.js";

/**
 * The position of the median in a sorted line of `n` elements, of which the last `nans` are NaN. Handles
 * several lines at once.
 */
type Middle = (n: number, nans: Tensor) => Tensor;

const half = (n: Tensor) => to(div(to(n, "float64"), 2), "int32");
type Along = number | WithDim<number, ReduceOptions>;

/** The lower of the two middle elements; a NaN if there is one. */
const middle: Middle = (n, nans) => where(eq(nans, 0), Math.max(0, (n - 1) >> 1), sub(n, nans));
/** The median of the elements that are not NaN. */
const middleNumber: Middle = (n, nans) => half(binary.maximum(sub(n - 1, nans), 0));

/**
 * The middle element along `dim` (the lower of two) and where it is; over all elements only the value. If an
 * element is NaN, the result is NaN. Gradients go to that element; over all elements, equals share. Shapes of
 * `x` without `dim`. PyTorch: `torch.median`.
 * @example median(tensor([3, 1, 2])) // 2
 * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
 * @forms median(), x.median()
 */
export function median(x: Tensor): Tensor;
export function median(x: Tensor, dim: Along, options?: ReduceOptions): ValuesAndIndices;
export function median(x: Tensor, dim?: Along, options?: ReduceOptions): Tensor | ValuesAndIndices {
  checkTensors("median", x);
  return medianAt("median", middle, x, dim, options);
}

/**
 * As `median`, but NaN is ignored; the result is NaN where there is nothing else. Shapes as there. Without
 * `dim` it is that of all elements. PyTorch: `torch.nanmedian`.
 * @example nanmedian(tensor([1, NaN, 3, 2])) // 2
 * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
 * @forms nanmedian(), x.nanmedian()
 */
export function nanmedian(x: Tensor): Tensor;
export function nanmedian(x: Tensor, dim: Along, options?: ReduceOptions): ValuesAndIndices;
export function nanmedian(x: Tensor, dim?: Along, options?: ReduceOptions): Tensor | ValuesAndIndices {
  checkTensors("nanmedian", x);
  return medianAt("nanmedian", middleNumber, x, dim, options);
}

function medianAt(op: string, place: Middle, x: Tensor, given: Along | undefined, options?: ReduceOptions) {
  const [dim, { keepdim }] = dimAndOptions<number, ReduceOptions>(op, ["keepdim"], given, options);
  if (x.dtype === "bool") throw new DTypeError(`${op}: not defined for bool; use to("int32")`);
  if (dim === undefined) return medianOfAll(op, x, place);
  const d = lineDim(op, dim, x);
  needsLine(op, x, d);
  const at = medianIndex(x.ndim === 0 ? reshape(x, [1]) : x, d, place);
  return selected(x, d, x.ndim === 0 ? reshape(at, []) : at, keepdim);
}

/** Along `dim`, kept with size 1. */
function medianIndex(x: Tensor, dim: number, place: Middle): Tensor {
  const nans = sum(compare.ne(x.detach(), x.detach()), dim, { keepdim: true });
  return gatherLines(sortedOrder(x, dim, false), dim, place(x.shape[dim], nans));
}

function medianOfAll(op: string, x: Tensor, place: Middle): Tensor {
  if (x.numel === 0 && isFloating(x.dtype))
    return sharedByEquals(op, x, full([], Number.NaN, { dtype: x.dtype }));
  const flat = reshape(x.detach(), [x.numel]);
  needsLine(op, flat, 0);
  const y: Tensor = reshape(gatherLines(flat, 0, medianIndex(flat, 0, place)), []);
  return sharedByEquals(op, x, y);
}

/**
 * The most frequent element along `dim` (the smallest of equally frequent ones) and its last position. Shapes
 * of `x` without `dim`. PyTorch: `torch.mode`.
 * @example mode(tensor([3, 1, 3])) // [3, 2]
 * @throws ShapeError `EMPTY_REDUCTION` along an empty dim.
 * @forms mode(), x.mode()
 */
export function mode(
  x: Tensor,
  dim?: number | WithDim<number, ReduceOptions>,
  options?: ReduceOptions,
): ValuesAndIndices {
  checkTensors("mode", x);
  const [along = -1, { keepdim }] = dimAndOptions<number, ReduceOptions>("mode", ["keepdim"], dim, options);
  const d = lineDim("mode", along, x);
  needsLine("mode", x, d);
  const line = x.ndim === 0 ? reshape(x.detach(), [1]) : x.detach();
  const n = line.shape[d];
  const order = sortedOrder(line, d, false);
  const sorted = transpose(gatherLines(line, d, order), d, -1);
  const last = sorted.ndim - 1;
  const differs = compare.ne(narrow(sorted, last, 1, n - 1), narrow(sorted, last, 0, n - 1));
  const begins = cat([full([...differs.shape.slice(0, -1), 1], 1, { dtype: "bool" }), differs], last);
  const position = arange(n, { dtype: "int32" });
  const runStart = cummax(where(begins, position, 0), last).values;
  const longest = transpose(argmax(sub(position, runStart), last, { keepdim: true }), d, -1);
  const at = gatherLines(order, d, longest);
  return selected(x, d, x.ndim === 0 ? reshape(at, []) : at, keepdim);
}
