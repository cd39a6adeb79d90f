/** Elementwise functions of the parts of numbers: mantissa and exponent, angle, the real part. */

import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { constant } from "../create/constant.js";
import { arange, full, zerosLike } from "../create/create.js";
import { sum } from "../reduce/reduce.js";
import { to, unsqueeze } from "../shape/views.js";
import { abs, add, binary, compare, mul, neg, unary, where } from "./elementwise.js";
import { clamp, isfinite, isnan } from "./pointwise.js";

/**
 * The `mantissa` and the `exponent` (`int32`) of each element, with x = mantissa · 2^exponent and 0.5 <=
 * |mantissa| < 1. Of 0, infinities and NaN the mantissa is x and the exponent 0. Shape of `x`, both. PyTorch:
 * `torch.frexp`.
 * @throws DTypeError for integers.
 * @forms frexp(), x.frexp()
 */
export function frexp(x: Tensor): Named<"mantissa" | "exponent", Tensor> {
  checkTensors("frexp", x);
  if (!isFloating(x.dtype)) throw new DTypeError(`frexp: a float tensor is needed: ${x.dtype}`);
  const size = abs(to(x.detach(), "float64"));
  const some = mul(isfinite(size), compare.ne(size, 0));
  const rough = where(some, add(unary.floor(unary.log2(where(some, size, 1))), 1), 0);
  // The logarithm may have been rounded up to an integer or past it.
  const part = abs(scaledBy(size, neg(rough)));
  const exact = add(
    rough,
    where(some, binary.sub(to(compare.ge(part, 1), "float64"), compare.lt(part, 0.5)), 0),
  );
  const exponent = to(exact, "int32");
  return named({ mantissa: to(scaledBy(to(x, "float64"), neg(exact)), x.dtype), exponent });
}

/** x · 2ᵉ in two steps, because the power alone may overflow. */
function scaledBy(x: Tensor, e: Tensor): Tensor {
  const half = unary.floor(mul(e, 0.5));
  return mul(mul(x, unary.exp2(half)), unary.exp2(binary.sub(e, half)));
}

/**
 * The angle of a real number as a complex number: π where x < 0, NaN where x is NaN, else 0. Its gradient is
 * 0. Integers give float32. Shape of `x`. PyTorch: `torch.angle`.
 * @forms angle(), x.angle()
 */
export function angle(x: Tensor): Tensor {
  checkTensors("angle", x);
  const from = isFloating(x.dtype) ? x : to(x, "float32");
  const given = from.detach();
  const pi = constant(Math.PI, from.dtype);
  const out = where(compare.lt(given, 0), pi, where(isnan(given), given, constant(0, from.dtype)));
  return differentiable("angle", [from], out, (g) => [zerosLike(g)]);
}

/**
 * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.real`.
 * @example real(tensor([1, 2])) // [1, 2]
 * @forms real(), x.real()
 */
export const real = (x: Tensor): Tensor => {
  checkTensors("real", x);
  return x;
};
/**
 * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.conj`,
 * `torch.conj_physical`, `torch.resolve_conj`, `torch.resolve_neg`.
 * @example conj(tensor([1, 2])) // [1, 2]
 * @forms conj(), conjPhysical(), resolveConj(), resolveNeg(), x.conj(), x.conjPhysical(), x.resolveConj(),
 * x.resolveNeg(), x.conjPhysical_()
 */
export const conj = (x: Tensor): Tensor => {
  checkTensors("conj", x);
  return x;
};
/**
 * True for every element, because there are no complex tensors. Shape of `x`. PyTorch: `torch.isreal`.
 * @example isreal(tensor([1, 2])) // [true, true]
 * @forms isreal(), x.isreal()
 */
export const isreal = (x: Tensor): Tensor => {
  checkTensors("isreal", x);
  return full(x.shape, 1, { dtype: "bool" });
};

/**
 * `x` itself; booleans are refused. Shape of `x`. PyTorch: `torch.positive`.
 * @example positive(tensor([1, -2])) // [1, -2]
 * @throws DTypeError for `bool`.
 * @forms positive(), x.positive()
 */
export function positive(x: Tensor): Tensor {
  checkTensors("positive", x);
  if (x.dtype === "bool") throw new DTypeError('positive: not defined for bool; use to("int32")');
  return x;
}

/**
 * max(x, min), where `min` is a number or a tensor that broadcasts. PyTorch: `torch.clamp_min`.
 * @example clampMin(tensor([1, 4, 9]), 5) // [5, 5, 9]
 * @forms clampMin(), x.clampMin(), x.clampMin_()
 */
export const clampMin = (x: Tensor, min: Tensor | number | boolean): Tensor => {
  checkTensors("clampMin", x);
  return clamp(x, { min });
};
/**
 * min(x, max), where `max` is a number or a tensor that broadcasts. PyTorch: `torch.clamp_max`.
 * @example clampMax(tensor([1, 4, 9]), 5) // [1, 4, 5]
 * @forms clampMax(), x.clampMax(), x.clampMax_()
 */
export const clampMax = (x: Tensor, max: Tensor | number | boolean): Tensor => {
  checkTensors("clampMax", x);
  return clamp(x, { max });
};

/**
 * The logarithm of the multivariate gamma function, ln Γₚ(x), for x > (p - 1) / 2. Shape of `x`. PyTorch:
 * `torch.mvlgamma`, `torch.special.multigammaln`.
 * @throws ValueError for a `p` below 1.
 * @forms mvlgamma(), x.mvlgamma(), x.mvlgamma_(), special.multigammaln()
 */
export function mvlgamma(x: Tensor, p: number): Tensor {
  checkTensors("mvlgamma", x);
  if (!Number.isInteger(p) || p < 1) throw new ValueError(`mvlgamma: p is an integer >= 1: ${quoted(p)}`);
  const dtype = isFloating(x.dtype) ? x.dtype : "float32";
  const halves = mul(arange(p, { dtype }), 0.5);
  const y = sum(unary.lgamma(binary.sub(unsqueeze(to(x, dtype), -1), halves)), -1);
  return add(y, (p * (p - 1) * Math.log(Math.PI)) / 4);
}
