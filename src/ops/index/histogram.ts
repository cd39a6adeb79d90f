/** Counts of elements per bin. None of these operations has a gradient. */

import { checkNumbers, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel, type Shape, sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { type Named, named } from "../arguments/named.js";
import { arange, full, ones, zeros } from "../create/create.js";
import { add, compare, div, eq, mul, sub, unary, where } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { aminmax } from "../reduce/statistics.js";
import { contiguous, denseCopy, narrow, reshape, select, to } from "../shape/views.js";
import { scatterAdd } from "./scatter.js";
import { searchsorted } from "./search.js";

/** Sums of `weights` by position, `int32` in 0 … count - 1; weights at position `count` are ignored. */
function sumsAt(places: Tensor, weights: Tensor, count: number): Tensor {
  return narrow(scatterAdd(zeros([count + 1], { dtype: weights.dtype }), 0, places, weights), 0, 0, count);
}

function needsBins(op: string, bins: unknown): asserts bins is number {
  if (!Number.isInteger(bins) || (bins as number) < 1)
    throw new ValueError(`${op}: the number of bins is an integer >= 1: ${quoted(bins)}`);
}

/**
 * Both ends of the bins: as given, or the smallest and the largest element. If they are equal, both are moved
 * apart by `aside`.
 */
function limitsOf(
  op: string,
  x: Tensor,
  range: readonly [number, number] | undefined,
  aside: number,
): [low: Tensor, high: Tensor] {
  if (range !== undefined && !(range[0] <= range[1] && range[1] - range[0] < Infinity))
    throw new ValueError(
      `${op}: a range is from a finite number to one that is not below it: ${range.join(", ")}`,
    );
  const as = (v: number) => full([], v, { dtype: x.dtype });
  const [low, high] = range === undefined && x.numel > 0 ? aminmax(x) : (range ?? ([0, 1] as const)).map(as);
  const same = eq(low, high);
  return [where(same, sub(low, aside), low), where(same, add(high, aside), high)];
}

/** Options of `histc`. */
export interface HistcOptions {
  /** Default 100. */
  bins?: number;
  /** The ends of the bins. Default: both 0, which means the smallest and the largest element. */
  min?: number;
  /** The upper end of the bins. Default 0, as `min`. */
  max?: number;
}

/**
 * The number of elements in each of `bins` equal bins from `min` to `max`, both included; other elements are
 * not counted. `x` must be floating-point; the counts have its dtype. `x.histc(10)` or
 * `x.histc({ bins: 10, min: 0, max: 1 })`. A vector of `bins` elements, by default 100; `x` has any shape.
 * PyTorch: `torch.histc`.
 * @throws DTypeError for integers; ValueError for a number of bins below 1, and a range that falls or is not
 * finite.
 * @forms histc(), x.histc()
 */
export function histc(given: Tensor, bins?: number | HistcOptions, rest?: HistcOptions): Tensor {
  checkTensors("histc", given);
  const options = byPositionOrName("histc", [bins, rest], ["bins"], ["min", "max"]) as HistcOptions;
  const { bins: count = 100 } = options;
  needsBins("histc", count);
  if (!isFloating(given.dtype)) throw new DTypeError(`histc: a float tensor is needed: ${given.dtype}`);
  const x = reshape(given.detach(), [given.numel]);
  const { min: first = 0, max: last = 0 } = options;
  checkNumbers("histc", { min: first, max: last });
  const [low, high] = limitsOf("histc", x, first === last ? undefined : [first, last], 1);
  const place = unary.floor(mul(sub(x, low), div(count, sub(high, low))));
  const inside = mul(compare.ge(x, low), compare.le(x, high));
  const at = where(inside, unary.clamp(where(inside, place, 0), { min: 0, max: count - 1 }), count);
  return sumsAt(to(at, "int32"), ones(x.shape, { dtype: x.dtype }), count);
}

/** Options of `histogram`. */
export interface HistogramOptions {
  /**
   * The ends of the first and of the last bin, where `bins` is a number. Default: the smallest and the
   * largest element.
   */
  range?: readonly [number, number];
  /** Weight of each element, in the shape of `x`. Default 1. */
  weight?: Tensor | null;
  /** Whether to divide by the total and by the width of the bin. Default false. */
  density?: boolean;
}

/**
 * The number of elements in each bin (the last one includes its right edge) and the edges of the bins:
 * `{ hist, binEdges }`. `bins` is the number of equal bins (default 100), or their edges in ascending order.
 * `x` must be floating-point. Both are vectors. PyTorch: `torch.histogram`.
 * @example histogram(tensor([1, 2, 2, 4]), 3).hist // [1, 2, 1]
 * @throws DTypeError for integers; ShapeError for a weight of another shape; ValueError for a number of bins
 * below 1, and a `range` beside edges.
 * @forms histogram(), x.histogram()
 */
export function histogram(
  x: Tensor,
  bins: number | Tensor = 100,
  options?: HistogramOptions,
): Named<"hist" | "binEdges", Tensor> {
  checkTensors("histogram", x);
  checkOptions("histogram", options, ["range", "weight", "density"]);
  if (typeof bins === "object" && options?.range !== undefined)
    throw new ValueError("histogram: a range only where bins is a number: both edges and range are given");
  const points = reshape(x.detach(), [x.numel, 1]);
  const { hist, binEdges } = inBins("histogram", points, [bins], x.shape, options, options?.range);
  return named({ hist, binEdges: binEdges[0] });
}

/** Options of `histogramdd`. */
export interface HistogramddOptions extends Omit<HistogramOptions, "range"> {
  /** Both ends for each dim, one after the other. Default: the smallest and the largest coordinate. */
  range?: readonly number[];
  /** Weight of each point, in the shape of `x` without its last dim. Default 1. */
  weight?: Tensor | null;
}

/**
 * The number of points [..., dims] in each cell of a grid, and the edges of the cells along each dim:
 * `{ hist, binEdges }`. `bins` is a number for all dims, one for each, or the edges of each; `binEdges` has a
 * vector per dim. PyTorch: `torch.histogramdd`.
 * @example histogramdd(rand([10, 2]), [3, 4]).hist.shape // [3, 4]
 * @throws ShapeError for less than 2 dims, and another number of bins than dims; DTypeError for integers;
 * ValueError for bins that are neither numbers nor edges.
 * @forms histogramdd()
 */
export function histogramdd(
  x: Tensor,
  bins: number | readonly (number | Tensor)[],
  options?: HistogramddOptions,
): readonly [Tensor, readonly Tensor[]] & { readonly hist: Tensor; readonly binEdges: readonly Tensor[] } {
  checkTensors("histogramdd", x);
  checkOptions("histogramdd", options, ["range", "weight", "density"]);
  if (x.ndim < 2) throw new ShapeError(`histogramdd: points are [..., dims]: ${formatShape(x.shape)}`);
  const dims = x.shape[x.ndim - 1];
  if (typeof bins !== "number" && !Array.isArray(bins))
    throw new ValueError(
      `histogramdd: bins are a number, or an array with those of each dim: ${quoted(bins)}`,
    );
  const each = typeof bins === "number" ? new Array<number>(dims).fill(bins) : bins;
  if (each.length !== dims)
    throw new ShapeError(`histogramdd: bins for each of the ${dims} dims are needed: ${each.length}`);
  const lead = x.shape.slice(0, -1);
  const points = reshape(x.detach(), [numel(lead), dims]);
  const { hist, binEdges } = inBins("histogramdd", points, each, lead, options, options?.range);
  return Object.assign([hist, binEdges] as const, { hist, binEdges });
}

const isNumbers = (given: unknown) => Array.isArray(given) && given.every((v) => typeof v === "number");

function inBins(
  op: string,
  points: Tensor,
  bins: readonly (number | Tensor)[],
  weightShape: Shape,
  options: { weight?: Tensor | null; density?: boolean } | undefined,
  range: readonly number[] | undefined,
) {
  if (!isFloating(points.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${points.dtype}`);
  if (range !== undefined && (!isNumbers(range) || range.length !== 2 * bins.length))
    throw new ShapeError(`${op}: a range has two ends for each dim: ${quoted(range)}`);
  const weight = options?.weight ?? null;
  if (weight !== null && !sameShape(weight.shape, weightShape))
    throw new ShapeError(
      `${op}: the weight has a number for each point: ${formatShape(weight.shape)} for ${formatShape(weightShape)}`,
    );
  const columns = bins.map((_, d) => contiguous(select(points, 1, d)));
  const binEdges = bins.map((b, d) => {
    const ends = range === undefined ? undefined : ([range[2 * d], range[2 * d + 1]] as const);
    return edgesOf(op, b, columns[d], ends);
  });
  const shape = binEdges.map((edges) => edges.numel - 1);
  const count = numel(shape);
  let at: Tensor | null = null;
  let inside: Tensor | null = null;
  for (const [d, edges] of binEdges.entries()) {
    const x = columns[d];
    const n = shape[d];
    const place = sub(searchsorted(edges, x, { right: true }), 1);
    const last = select(edges, 0, n);
    const here = mul(compare.ge(x, select(edges, 0, 0)), compare.le(x, last));
    const own = where(eq(x, last), n - 1, place);
    at = at === null ? own : add(mul(at, n), own);
    inside = inside === null ? here : mul(inside, here);
  }
  const counted =
    weight === null ? ones([points.shape[0]], { dtype: points.dtype }) : flatWeights(weight, points);
  const places = where(inside as Tensor, at as Tensor, count);
  const hist = reshape(sumsAt(to(places, "int32"), counted, count), shape);
  return { hist: options?.density ? densities(hist, binEdges) : hist, binEdges };
}

const flatWeights = (weight: Tensor, points: Tensor) =>
  to(reshape(weight.detach(), [points.shape[0]]), points.dtype);

/** Edges of equal bins are computed from the nearer end, so that both ends are exact. */
function edgesOf(
  op: string,
  bins: number | Tensor,
  x: Tensor,
  range: readonly [number, number] | undefined,
): Tensor {
  if (bins instanceof Tensor) {
    if (bins.ndim !== 1 || bins.numel < 2)
      throw new ShapeError(`${op}: edges are a vector of two or more: ${formatShape(bins.shape)}`);
    return to(bins.detach(), x.dtype);
  }
  needsBins(op, bins);
  const [low, high] = limitsOf(op, x, range, 0.5);
  const step = div(sub(high, low), bins);
  const places = arange(bins + 1, { dtype: x.dtype });
  const left = add(low, mul(step, places));
  const right = sub(high, mul(step, sub(bins, places)));
  return where(compare.lt(places, (bins + 1) / 2), left, right);
}

function densities(hist: Tensor, binEdges: readonly Tensor[]): Tensor {
  let y = div(hist, sum(hist));
  for (const [d, edges] of binEdges.entries()) {
    const n = edges.numel - 1;
    const widths = sub(narrow(edges, 0, 1, n), narrow(edges, 0, 0, n));
    y = div(
      y,
      reshape(
        widths,
        hist.shape.map((_, i) => (i === d ? n : 1)),
      ),
    );
  }
  return y;
}

/** Options of `bincount`. */
export interface BincountOptions {
  /** Weight of each element. Default 1. */
  weights?: Tensor | null;
  /** The minimum length of the result. Default 0. */
  minlength?: number;
}

/**
 * The number of times that each of 0, 1, 2, … appears in a vector of integers, up to the largest one:
 * `int32`, or sums of `weights` as floats. The length depends on values, which are read here: inside
 * `compile` that is an error. PyTorch: `torch.bincount`.
 * @example bincount(tensor([0, 1, 1, 3], { dtype: "int32" })) // [1, 2, 0, 1]
 * @throws ShapeError unless `x` is a vector, and for weights of another length; DTypeError for floats and
 * `bool`; ValueError for negative numbers, and a negative `minlength`.
 * @forms bincount(), x.bincount()
 */
export function bincount(x: Tensor, options?: BincountOptions): Tensor {
  checkTensors("bincount", x);
  checkOptions("bincount", options, ["weights", "minlength"]);
  const { weights = null, minlength = 0 } = options ?? {};
  if (x.ndim !== 1) throw new ShapeError(`bincount: a vector is needed: ${formatShape(x.shape)}`);
  if (isFloating(x.dtype) || x.dtype === "bool")
    throw new DTypeError(`bincount: integers are needed: ${x.dtype}`);
  if (!Number.isInteger(minlength) || minlength < 0)
    throw new ValueError(`bincount: minlength is an integer >= 0: ${quoted(minlength)}`);
  if (weights !== null && !sameShape(weights.shape, x.shape))
    throw new ShapeError(
      `bincount: weights for all elements are needed: ${formatShape(weights.shape)} for ${formatShape(x.shape)}`,
    );
  const { data } = denseCopy(x);
  let length = minlength;
  for (const value of data) {
    if (value < 0) throw new ValueError(`bincount: numbers are >= 0: ${quoted(value)}`);
    length = Math.max(length, value + 1);
  }
  const counted =
    weights === null
      ? ones(x.shape, { dtype: "int32" })
      : to(weights.detach(), weights.dtype === "float32" ? "float32" : "float64");
  return sumsAt(to(x, "int32"), counted, length);
}
