import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { constant } from "../create/constant.js";
import { binary, div, mul, sqrt, sub, unary } from "../elementwise/elementwise.js";
import { matmul } from "../linalg/matmul.js";
import { diagonal } from "../shape/diagonal.js";
import { reshape, squeeze, to, transpose, unsqueeze } from "../shape/views.js";
import { amin, sum } from "./reduce.js";

/** Options of `cov`. */
export interface CovOptions {
  /** Subtracted from the number of observations in the divisor. Default 1 (Bessel's correction). */
  correction?: number;
  /** The count of each observation: integers. Default null: all are 1. */
  fweights?: Tensor | null;
  /** The weight of each observation. Default null: all are 1. */
  aweights?: Tensor | null;
}

/**
 * The covariance matrix of variables: rows are variables, columns are observations. A vector is one variable,
 * and one variable gives its variance, a scalar. Integers give float32. Shapes: [variables, observations] →
 * [variables, variables]. PyTorch: `torch.cov`.
 * @throws ShapeError for more than 2 dims, and for weights that are not one for each observation; ValueError
 * for a `correction` that is not an integer, and negative weights.
 * @forms cov(), x.cov()
 */
export function cov(x: Tensor, options?: CovOptions): Tensor {
  checkTensors("cov", x);
  checkOptions("cov", options, ["correction", "fweights", "aweights"]);
  return covariances("cov", x, options);
}

function covariances(op: string, x: Tensor, options?: CovOptions): Tensor {
  if (x.ndim > 2)
    throw new ShapeError(`${op}: at most 2 dims, [variables, observations]: ${formatShape(x.shape)}`);
  const dtype = isFloating(x.dtype) ? x.dtype : "float32";
  const rows = to(x.ndim < 2 ? reshape(x, [1, x.numel]) : x, dtype);
  const { correction = 1 } = options ?? {};
  if (!Number.isInteger(correction))
    throw new ValueError(`${op}: the correction is an integer: ${quoted(correction)}`);
  const { fweights, aweights } = weightsOf(op, rows, options);
  const weights = fweights === null ? aweights : aweights === null ? fweights : mul(fweights, aweights);
  const total = weights === null ? constant(rows.shape[1], dtype) : sum(weights);
  const weighted = (values: Tensor) => (weights === null ? values : mul(values, to(weights, values.dtype)));
  const mean = div(sum(weighted(rows), 1, { keepdim: true }), total);
  const centred = sub(rows, mean);
  const lost =
    aweights === null || weights === null
      ? constant(correction, dtype)
      : div(mul(sum(mul(weights, aweights)), correction), total);
  const divisor = binary.maximum(sub(total, lost), 0);
  const products = matmul(weighted(centred), transpose(centred, 0, 1));
  return squeeze(div(products, divisor));
}

function weightsOf(op: string, rows: Tensor, { fweights, aweights }: CovOptions = {}) {
  const count = rows.shape[1];
  const checked = (name: string, weights: Tensor | null | undefined, floats: boolean): Tensor | null => {
    if ((weights ?? null) === null) return null;
    const given = weights as Tensor;
    if (given.ndim > 1 || given.numel !== count)
      throw new ShapeError(
        `${op}: ${name} has one weight for each of the ${quoted(count)} observations: ${formatShape(given.shape)}`,
      );
    if (isFloating(given.dtype) !== floats)
      throw new ValueError(`${op}: ${name} are ${floats ? "floats" : "integers"}: ${given.dtype}`);
    if (tracing === null && given.numel > 0 && !(amin(given).item() >= 0))
      throw new ValueError(`${op}: ${name} are >= 0: ${quoted(given)} with some below`);
    return reshape(given, [count]);
  };
  return { fweights: checked("fweights", fweights, false), aweights: checked("aweights", aweights, true) };
}

/**
 * The matrix of correlation coefficients of variables, in [-1, 1]: see `cov`. PyTorch: `torch.corrcoef`.
 * @example corrcoef(tensor([[1, 2, 3], [2, 4, 6]])) // [[1, 1], [1, 1]]
 * @throws ShapeError for more than 2 dims.
 * @forms corrcoef(), x.corrcoef()
 */
export function corrcoef(x: Tensor): Tensor {
  checkTensors("corrcoef", x);
  const c = covariances("corrcoef", x);
  if (c.ndim === 0) return div(c, c);
  const deviations = sqrt(diagonal(c));
  const scaled = div(div(c, unsqueeze(deviations, 1)), unsqueeze(deviations, 0));
  return unary.clamp(scaled, { min: -1, max: 1 });
}
