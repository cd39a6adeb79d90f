import { checkOperands, checkTensors } from "../../arguments.js";
import { promote } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { sameShape } from "../../shape.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { full } from "../create/create.js";
import { commonDType, compare, unary } from "../elementwise/elementwise.js";
import { dense, reshape, to } from "../shape/views.js";
import { gather } from "./indexing.js";
import { sort } from "./sort.js";

/** Options of `bucketize`. */
export interface BucketizeOptions {
  /** Whether to return the position after equal elements. Default false: the position before them. */
  right?: boolean;
  /**
   * PyTorch's choice between int32 and int64; here indices are always `int32`. It has no effect. Default
   * false.
   */
  outInt32?: boolean;
}

/** Options of `searchsorted`. */
export interface SearchsortedOptions extends BucketizeOptions {
  /** "left" or "right": another way to say `right`. Default: as `right` says. */
  side?: "left" | "right";
  /**
   * The order that sorts `sorted` along its last dim if it is not sorted, as `argsort` returns it. Default:
   * none.
   */
  sorter?: Tensor;
}

const bucketizeOptions: readonly (keyof SearchsortedOptions)[] = ["right", "outInt32"];
const searchsortedOptions: readonly (keyof SearchsortedOptions)[] = [...bucketizeOptions, "side", "sorter"];

/**
 * The positions in `sorted` (ascending along its last dim) at which the values would have to be inserted to
 * keep it sorted: `int32`, of the shape of `values`. `sorted` is one vector for all values, or has a row for
 * each row of values. NaN is placed after all numbers. PyTorch: `torch.searchsorted`.
 * @example searchsorted(tensor([1, 3, 5]), tensor([2, 5])) // [1, 2]
 * @throws ShapeError for rows that do not fit, and a sorter of another shape; ValueError for a `side` that
 * contradicts `right`.
 * @forms searchsorted()
 */
export function searchsorted(sorted: Tensor, values: Tensor | number, options?: SearchsortedOptions): Tensor {
  checkTensors("searchsorted", sorted);
  checkOperands("searchsorted", values);
  checkOptions("searchsorted", options, searchsortedOptions);
  const { right = false, side, sorter } = options ?? {};
  if (side !== undefined && side !== "left" && side !== "right")
    throw new ValueError(`searchsorted: side is left or right: ${String(side)}`);
  if (side === "left" && right) throw new ValueError("searchsorted: side and right agree: left and true");
  if (sorter !== undefined && !sameShape(sorter.shape, sorted.shape))
    throw new ShapeError(
      `searchsorted: the sorter has the shape of what it sorts: ${formatShape(sorter.shape)} for ${formatShape(sorted.shape)}`,
    );
  const inOrder = sorter === undefined ? sorted : gather(sorted.detach(), -1, sorter);
  return search("searchsorted", inOrder, values, right || side === "right");
}

/**
 * The bucket of each value: i where boundaries[i - 1] < value <= boundaries[i], or (`right`) boundaries[i -
 * 1] <= value < boundaries[i]. `boundaries` is a vector in ascending order. Shape of `x`, `int32`. PyTorch:
 * `torch.bucketize`.
 * @throws ShapeError for boundaries that are not a vector.
 * @forms bucketize()
 */
export function bucketize(x: Tensor | number, boundaries: Tensor, options?: BucketizeOptions): Tensor {
  checkTensors("bucketize", boundaries);
  checkOperands("bucketize", x);
  checkOptions("bucketize", options, bucketizeOptions);
  if (boundaries.ndim !== 1)
    throw new ShapeError(`bucketize: boundaries have one dim: ${formatShape(boundaries.shape)}`);
  return search("bucketize", boundaries, x, options?.right ?? false);
}

/** Options of `isin`. */
export interface IsinOptions {
  /** A promise that no element occurs twice in either tensor; it has no effect. Default false. */
  assumeUnique?: boolean;
  /** Whether to invert the result: true where elements are missing. Default false. */
  invert?: boolean;
}

/**
 * True where elements are in `test`; NaN never is. `bool`, shape of `elements`. PyTorch: `torch.isin`.
 * @example isin(tensor([1, 2, 3]), tensor([2, 3])) // [false, true, true]
 * @forms isin()
 */
export function isin(elements: Tensor | number, test: Tensor | number, options?: IsinOptions): Tensor {
  checkOperands("isin", elements, test);
  checkOptions("isin", options, ["assumeUnique", "invert"]);
  const dtype = commonDType(elements, test);
  const [x, among] = [elements, test].map((v) =>
    v instanceof Tensor ? to(v.detach(), dtype) : full([], Number(v), { dtype }),
  );
  const invert = options?.invert ?? false;
  if (among.numel === 0) return full(x.shape, invert);
  const sorted = sort(reshape(among, [among.numel])).values;
  const place = unary.clamp(searchsorted(sorted, x), { max: among.numel - 1 });
  const found = reshape(gather(sorted, 0, reshape(place, [x.numel])), x.shape);
  return invert ? compare.ne(found, x) : compare.eq(found, x);
}

function search(op: string, sorted: Tensor, given: Tensor | number, right: boolean): Tensor {
  const values = given instanceof Tensor ? given : full([], Number(given), { dtype: "float64" });
  const lead = sorted.shape.slice(0, -1);
  if (
    sorted.ndim === 0 ||
    (sorted.ndim > 1 && !sameShape(lead, values.shape.slice(0, -1))) ||
    (sorted.ndim > 1 && values.ndim !== sorted.ndim)
  )
    throw new ShapeError(
      `${op}: one vector, or a row for each row of values: ${formatShape(sorted.shape)} for ${formatShape(values.shape)}`,
    );
  const dtype = promote(sorted.dtype, values.dtype);
  const [from, sought] = [sorted, values].map((x) => dense(to(x.detach(), dtype)));
  const out = empty(values.shape, "int32");
  const length = sorted.shape[sorted.ndim - 1];
  const count = sorted.ndim === 1 ? values.numel : values.shape[values.ndim - 1];
  const rows = sorted.ndim === 1 ? 1 : lead.reduce((n, size) => n * size, 1);
  if (out.numel > 0) run.searchSorted(right ? 1 : 0, rows, length, count, from, sought, out);
  return out;
}
