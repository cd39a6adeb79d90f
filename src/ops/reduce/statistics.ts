import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { checkOptions, dimAndOptions, dimOf, type OrNamed } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { compare, div, where } from "../elementwise/elementwise.js";
import { to } from "../shape/views.js";
import {
  amax,
  amin,
  type ConvertingReduceOptions,
  type Dims,
  type DimsOr,
  mean,
  type ReduceOptions,
  std,
  sum,
  type VarianceOptions,
  variance,
} from "./reduce.js";

/**
 * The smallest and the largest element over `dim`, by default over all dims: `{ min, max }`. PyTorch:
 * `torch.aminmax`.
 * @example aminmax(tensor([3, 1, 2])) // [1, 3]
 * @forms aminmax(), x.aminmax()
 */
export function aminmax(x: Tensor, options?: ReduceOptions & { dim?: number }): Named<"min" | "max", Tensor> {
  checkTensors("aminmax", x);
  checkOptions("aminmax", options, ["dim", "keepdim"]);
  const { dim, ...rest } = options ?? {};
  return named({ min: amin(x, dim, rest), max: amax(x, dim, rest) });
}

const missing = (x: Tensor) => compare.ne(x.detach(), x.detach());

/**
 * The sum over `dim` of the elements that are not NaN. By default over all dims. PyTorch: `torch.nansum`.
 * @example nansum(tensor([1, NaN, 3])) // 4
 * @forms nansum(), x.nansum()
 */
export function nansum(
  x: Tensor,
  dim?: DimsOr<ConvertingReduceOptions>,
  options?: ConvertingReduceOptions,
): Tensor {
  checkTensors("nansum", x);
  const [over, asked] = dimAndOptions<Dims, ConvertingReduceOptions>(
    "nansum",
    ["keepdim", "dtype"],
    dim,
    options,
  );
  const { dtype = x.dtype, ...rest } = asked;
  const from = to(x, dtype);
  return sum(isFloating(dtype) ? where(missing(from), 0, from) : from, over, rest);
}

/**
 * The mean over `dim` of the elements that are not NaN; NaN where there are none. By default over all dims.
 * PyTorch: `torch.nanmean`.
 * @example nanmean(tensor([1, NaN, 3])) // 2
 * @forms nanmean(), x.nanmean()
 */
export function nanmean(
  x: Tensor,
  dim?: DimsOr<ConvertingReduceOptions>,
  options?: ConvertingReduceOptions,
): Tensor {
  checkTensors("nanmean", x);
  const [over, asked] = dimAndOptions<Dims, ConvertingReduceOptions>(
    "nanmean",
    ["keepdim", "dtype"],
    dim,
    options,
  );
  const { dtype = x.dtype, ...rest } = asked;
  const from = to(x, dtype);
  const count = sum(compare.eq(from.detach(), from.detach()), over, rest);
  return div(nansum(from, over, rest), count);
}

/**
 * The number of elements over `dim` that are not 0, `int32`. By default over all dims. PyTorch:
 * `torch.count_nonzero`.
 * @example countNonzero(tensor([0, 1, 2])) // 2
 * @forms countNonzero(), x.countNonzero()
 */
export function countNonzero(x: Tensor, dim?: OrNamed<Dims>): Tensor {
  checkTensors("countNonzero", x);
  return sum(to(x.detach(), "bool"), dimOf("countNonzero", dim));
}

/**
 * The variance and the mean over `dim`: `[variance, mean]`. By default over all dims. PyTorch:
 * `torch.var_mean`.
 * @example varMean(tensor([1, 2, 3])) // [1, 2]
 * @forms varMean()
 */
export function varMean(
  x: Tensor,
  dim?: DimsOr<VarianceOptions>,
  options?: VarianceOptions,
): [variance: Tensor, mean: Tensor] {
  checkTensors("varMean", x);
  const known = ["keepdim", "correction", "unbiased"] as const;
  const [over, asked] = dimAndOptions<Dims, VarianceOptions>("varMean", known, dim, options);
  return [variance(x, over, asked), mean(x, over, { keepdim: asked.keepdim })];
}

/**
 * The standard deviation and the mean over `dim`: `[std, mean]`. By default over all dims. PyTorch:
 * `torch.std_mean`.
 * @example stdMean(tensor([1, 2, 3])) // [1, 2]
 * @forms stdMean()
 */
export function stdMean(
  x: Tensor,
  dim?: DimsOr<VarianceOptions>,
  options?: VarianceOptions,
): [std: Tensor, mean: Tensor] {
  checkTensors("stdMean", x);
  const known = ["keepdim", "correction", "unbiased"] as const;
  const [over, asked] = dimAndOptions<Dims, VarianceOptions>("stdMean", known, dim, options);
  return [std(x, over, asked), mean(x, over, { keepdim: asked.keepdim })];
}
