import { checkTensors } from "../../arguments.js";
import { checkOptions } from "../../options.js";
import { numel, resolveDim } from "../../shape.js";
import { roomFor } from "../../tensor/room.js";
import { fromData, type Tensor } from "../../tensor/tensor.js";
import { movedim } from "../shape/rearrange.js";
import { denseCopy, reshape } from "../shape/views.js";
import { indexSelect } from "./indexing.js";

/*
 * The shapes of these results depend on values, which are read here: inside `compile` that is an error. These
 * operations have no gradient.
 */

/** Options of `uniqueConsecutive`. */
export interface UniqueConsecutiveOptions {
  /** Also returns the position in the result of each element (or slice) of `x`. Default false. */
  returnInverse?: boolean;
  /** Also returns how often each element (or slice) occurs. Default false. */
  returnCounts?: boolean;
  /** Compares the slices along this dim. Default: the elements of the flattened tensor. */
  dim?: number;
}

/** Options of `unique`. */
export interface UniqueOptions extends UniqueConsecutiveOptions {
  /** Whether results are in ascending order. They always are. Default true. */
  sorted?: boolean;
}

/** The tensor alone, or followed by its inverse and counts, in this order, if requested. */
export type Unique<O> = O extends { returnInverse: true } | { returnCounts: true } ? Tensor[] : Tensor;

/**
 * The distinct elements of `x` in ascending order, or its distinct slices along `dim`. Every NaN is distinct.
 * With `returnInverse` or `returnCounts` it returns an array `[unique, inverse?, counts?]`, where the last
 * two are `int32`. PyTorch: `torch.unique`.
 * @example unique(tensor([3, 1, 3])) // [1, 3]
 * @forms unique(), x.unique()
 */
export function unique<const O extends UniqueOptions>(x: Tensor, options?: O): Unique<O> {
  checkTensors("unique", x);
  checkOptions("unique", options, ["sorted", "returnInverse", "returnCounts", "dim"]);
  return distinct("unique", x, options ?? {}, true) as Unique<O>;
}

/**
 * `x` without the elements (or slices along `dim`) that equal their predecessor: see `unique`. PyTorch:
 * `torch.unique_consecutive`.
 * @example uniqueConsecutive(tensor([1, 1, 3, 1])) // [1, 3, 1]
 * @forms uniqueConsecutive(), x.uniqueConsecutive()
 */
export function uniqueConsecutive<const O extends UniqueConsecutiveOptions>(
  x: Tensor,
  options?: O,
): Unique<O> {
  checkTensors("uniqueConsecutive", x);
  checkOptions("uniqueConsecutive", options, ["returnInverse", "returnCounts", "dim"]);
  return distinct("uniqueConsecutive", x, options ?? {}, false) as Unique<O>;
}

function distinct(
  op: string,
  given: Tensor,
  options: UniqueConsecutiveOptions,
  sorted: boolean,
): Tensor | Tensor[] {
  const { dim } = options;
  const x = dim === undefined ? reshape(given.detach(), [given.numel]) : given.detach();
  const d = dim === undefined ? 0 : resolveDim(op, dim, x.ndim);
  const n = x.shape[d];
  const width = n === 0 ? 0 : numel(x.shape) / n;
  const { data } = denseCopy(movedim(x, d, 0));
  /** Negative if slice `a` comes before slice `b`; NaN (which equals nothing) is last. */
  const order = (a: number, b: number): number => {
    for (let i = 0; i < width; i++) {
      const [p, q] = [data[a * width + i], data[b * width + i]];
      if (p === q) continue;
      if (Number.isNaN(p) || Number.isNaN(q))
        return Number(Number.isNaN(p)) - Number(Number.isNaN(q)) || a - b;
      return p - q;
    }
    return 0;
  };
  const places = Int32Array.from({ length: n }, (_, i) => i);
  if (sorted) places.sort(order);
  const [firsts, counts] = [new Int32Array(n), new Int32Array(n)];
  let groups = 0;
  const inverse = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const place = places[i];
    if (i === 0 || order(places[i - 1], place) !== 0) firsts[groups++] = place;
    counts[groups - 1]++;
    inverse[place] = groups - 1;
  }
  const results = [indexSelect(x, d, integers(firsts.slice(0, groups)))];
  if (options.returnInverse) results.push(fromData(inverse, dim === undefined ? given.shape : [n], "int32"));
  if (options.returnCounts) results.push(integers(counts.slice(0, groups)));
  return results.length === 1 ? results[0] : results;
}

function integers(values: Int32Array, shape: readonly number[] = [values.length]): Tensor {
  return fromData(values, shape, "int32");
}

/** Options of `nonzero`. */
export interface NonzeroOptions {
  /** Whether to return one tensor per dim; together they index `x`. Default false. */
  asTuple?: boolean;
}

/** What `nonzero` returns: a matrix, or with `asTuple` a vector for each dim. */
export type Nonzero<O> = O extends { asTuple: true } ? Tensor[] : Tensor;

/**
 * The positions of all elements that are not 0, in row-major order: `int32` [count, dims], or with `asTuple`
 * one vector [count] per dim. A scalar counts as one dim. PyTorch: `torch.nonzero`.
 * @example nonzero(tensor([[0, 3], [5, 0]])) // [[0, 1], [1, 0]]
 * @forms nonzero(), x.nonzero()
 */
export function nonzero<const O extends NonzeroOptions>(x: Tensor, options?: O): Nonzero<O> {
  checkTensors("nonzero", x);
  checkOptions("nonzero", options, ["asTuple"]);
  const shape = x.ndim === 0 && options?.asTuple ? [1] : x.shape;
  const { data } = denseCopy(x.detach());
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) count++;
  const dims = shape.length;
  const places = roomFor("nonzero", "int32", count * dims);
  const steps = shape.map((_, d) => numel(shape.slice(d + 1)));
  const [apart, together] = options?.asTuple ? [count, 1] : [1, dims];
  for (let i = 0, at = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    for (let d = 0; d < dims; d++) places[at * together + d * apart] = Math.floor(i / steps[d]) % shape[d];
    at++;
  }
  const result = options?.asTuple
    ? shape.map((_, d) => integers(places.slice(d * count, (d + 1) * count)))
    : integers(places, [count, dims]);
  return result as Nonzero<O>;
}

/**
 * The positions of all elements that are not 0, `int32` [count, dims]: `nonzero` without options. PyTorch:
 * `torch.argwhere`.
 * @example argwhere(tensor([0, 3, 5])) // [[1], [2]]
 * @forms argwhere(), x.argwhere()
 */
export function argwhere(x: Tensor): Tensor {
  checkTensors("argwhere", x);
  return nonzero(x);
}
