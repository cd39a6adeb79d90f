import { isOptions } from "../../recognize.js";
import type { Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import * as blend from "../elementwise/blend.js";
import * as closeness from "../elementwise/closeness.js";
import * as differences from "../elementwise/differences.js";
import * as histograms from "../index/histogram.js";
import * as sort from "../index/sort.js";
import { take, takeAlongDim } from "../index/take.js";
import * as uniques from "../index/unique.js";
import * as products from "../linalg/products.js";
import * as medians from "../reduce/median.js";
import * as norms from "../reduce/norms.js";
import * as quantiles from "../reduce/quantile.js";
import { amax, amin, type ReduceOptions } from "../reduce/reduce.js";
import * as scan from "../reduce/scan.js";
import * as statistics from "../reduce/statistics.js";
import * as diagonal from "../shape/diagonal.js";
import * as rearrange from "../shape/rearrange.js";
import * as repeats from "../shape/repeat.js";
import { tril, triu } from "../shape/triangle.js";
import { type MethodOf, methodsOf, type Sizes, sizes } from "./install.js";

/*
 * Methods of Tensor that rearrange, order, reduce and combine: `x.cumsum(0)` is `cumsum(x, 0)`.
 */

const { mm, bmm, mv, dot, outer, inner, addmm, baddbmm, addbmm, addmv, addr, kron, cross } = products;
const { movedim, swapaxes, unflatten, unfold, ravel, t, reshapeAs, viewAs } = rearrange;
const { fliplr, flipud, roll, rot90 } = rearrange;
const { repeatInterleave, expandAs } = repeats;
const { cumsum, cumprod, logcumsumexp, cummax, cummin } = scan;
const { argsort, msort, topk, kthvalue } = sort;
const { diag, diagEmbed, diagflat, trace } = diagonal;
const { aminmax, nansum, nanmean, countNonzero } = statistics;
const { lerp, addcmul, addcdiv, heaviside } = blend;
const { isclose, allclose, equal } = closeness;
const { argwhere } = uniques;
const { quantile, nanquantile } = quantiles;
const { histc, histogram, bincount } = histograms;

const functions = {
  ...{ mm, bmm, mv, dot, outer, ger: outer, inner, addmm, baddbmm, addbmm, addmv, addr, kron, cross },
  ...{ movedim, moveaxis: movedim, swapaxes, swapdims: swapaxes, unflatten, unfold, ravel, t },
  ...{ reshapeAs, viewAs, fliplr, flipud, roll, rot90, repeatInterleave, expandAs },
  ...{ cumsum, cumprod, logcumsumexp, cummax, cummin, sort: sort.sort, argsort, msort, topk, kthvalue },
  ...{ mode: medians.mode, tril, triu, diag, diagonal: diagonal.diagonal, diagEmbed, diagflat, trace },
  ...{ amax, amin, aminmax, nansum, nanmean, countNonzero, dist: norms.dist },
  ...{ diff: differences.diff, take, takeAlongDim, argwhere },
  ...{ quantile, nanquantile, histc, histogram, bincount },
  ...{ lerp, addcmul, addcdiv, heaviside, isclose, allclose, equal },
};

type FunctionMethods = { [Name in keyof typeof functions]: MethodOf<(typeof functions)[Name]> };

declare module "../../tensor/tensor.js" {
  interface Tensor extends FunctionMethods {
    /** The elements along dims in the opposite order: `flip(0, 1)` or `flip([0, 1])`. */
    flip(...dims: Sizes | [{ readonly dims: number | readonly number[] }]): Tensor;
    /** Copies side by side: `repeat(2, 3)` or `repeat([2, 3])`. */
    repeat(...repeats: Sizes): Tensor;
    /** `repeat` that takes fewer numbers than dims. */
    tile(...dims: Sizes): Tensor;
    /** The same elements in another shape, never a copy. */
    view(...shape: Sizes): Tensor;
    /** `expand` under NumPy's name. */
    broadcastTo(...shape: Sizes): Tensor;
    median(): Tensor;
    /** The middle element along `dim` (the lower of two) and where it is. */
    median(dim: number, options?: ReduceOptions): sort.ValuesAndIndices;
    nanmedian(): Tensor;
    nanmedian(dim: number, options?: ReduceOptions): sort.ValuesAndIndices;
    /** The distinct elements, or slices along `dim`, in ascending order. */
    unique<const O extends uniques.UniqueOptions>(options?: O): uniques.Unique<O>;
    uniqueConsecutive<const O extends uniques.UniqueConsecutiveOptions>(options?: O): uniques.Unique<O>;
    /** The positions of all elements other than 0. */
    nonzero<const O extends uniques.NonzeroOptions>(options?: O): uniques.Nonzero<O>;
  }
}

const { unique, uniqueConsecutive, nonzero } = uniques;
const { median, nanmedian } = medians;
methodsOf({ ...functions, median, nanmedian, unique, uniqueConsecutive, nonzero });

const { flip, view } = rearrange;
const { repeat, tile, broadcastTo } = repeats;
methodsOf({
  flip: (x: Tensor, ...args: Sizes | [{ dims: Shape }]) =>
    flip(x, isOptions(args[0]) ? (args[0] as { dims: Shape }) : sizes(args as Sizes)),
});
const ofSizes: Record<string, (x: Tensor, sizes: Shape) => Tensor> = {
  view,
  repeat,
  tile,
  broadcastTo,
};
methodsOf(
  Object.fromEntries(
    Object.entries(ofSizes).map(([name, fn]) => [name, (x: Tensor, ...args: Sizes) => fn(x, sizes(args))]),
  ),
);
