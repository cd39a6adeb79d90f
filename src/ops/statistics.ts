import { isFloating } from "../dtype.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { compare, div, where } from "./elementwise.js";
import { type Named, named } from "./named.js";
import {
  type ConvertingReduceOptions,
  type Dims,
  max,
  mean,
  min,
  type ReduceOptions,
  std,
  sum,
  type VarianceOptions,
  variance,
} from "./reduce.js";
import { to } from "./views.js";

/** Largest element over `dim`, default all dims. NaN wins, and equals share the gradient. PyTorch: `torch.amax`. */
export function amax(x: Tensor, dim?: Dims, options?: ReduceOptions): Tensor {
  checkOptions("amax", options, ["keepdim"]);
  return max(x, dim, options);
}

/** Smallest element over `dim`, default all dims. NaN wins, and equals share the gradient. PyTorch: `torch.amin`. */
export function amin(x: Tensor, dim?: Dims, options?: ReduceOptions): Tensor {
  checkOptions("amin", options, ["keepdim"]);
  return min(x, dim, options);
}

/** Smallest and largest element over `dim`, default all dims: `{ min, max }`. PyTorch: `torch.aminmax`. */
export function aminmax(x: Tensor, options?: ReduceOptions & { dim?: number }): Named<"min" | "max", Tensor> {
  checkOptions("aminmax", options, ["dim", "keepdim"]);
  const { dim, ...rest } = options ?? {};
  return named({ min: min(x, dim, rest), max: max(x, dim, rest) });
}

const missing = (x: Tensor) => compare.ne(x.detach(), x.detach());

/** Sum over `dim` of what is not NaN. PyTorch: `torch.nansum`. */
export function nansum(x: Tensor, dim?: Dims, options?: ConvertingReduceOptions): Tensor {
  checkOptions("nansum", options, ["keepdim", "dtype"]);
  const { dtype = x.dtype, ...rest } = options ?? {};
  const from = to(x, dtype);
  return sum(isFloating(dtype) ? where(missing(from), 0, from) : from, dim, rest);
}

/** Mean over `dim` of what is not NaN; NaN where nothing else is. PyTorch: `torch.nanmean`. */
export function nanmean(x: Tensor, dim?: Dims, options?: ConvertingReduceOptions): Tensor {
  checkOptions("nanmean", options, ["keepdim", "dtype"]);
  const { dtype = x.dtype, ...rest } = options ?? {};
  const from = to(x, dtype);
  const count = sum(compare.eq(from.detach(), from.detach()), dim, rest);
  return div(nansum(from, dim, rest), count);
}

/** How many elements over `dim` are other than 0, `int32`. PyTorch: `torch.count_nonzero`. */
export function countNonzero(x: Tensor, dim?: Dims): Tensor {
  return sum(to(x.detach(), "bool"), dim);
}

/** `[variance, mean]` over `dim`. PyTorch: `torch.var_mean`. */
export function varMean(x: Tensor, dim?: Dims, options?: VarianceOptions): [variance: Tensor, mean: Tensor] {
  checkOptions("varMean", options, ["keepdim", "correction"]);
  return [variance(x, dim, options), mean(x, dim, { keepdim: options?.keepdim })];
}

/** `[standard deviation, mean]` over `dim`. PyTorch: `torch.std_mean`. */
export function stdMean(x: Tensor, dim?: Dims, options?: VarianceOptions): [std: Tensor, mean: Tensor] {
  checkOptions("stdMean", options, ["keepdim", "correction"]);
  return [std(x, dim, options), mean(x, dim, { keepdim: options?.keepdim })];
}
