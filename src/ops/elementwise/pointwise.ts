/**
 * Elementwise operations composed of the rows: forms with options, tests of floats, logic on booleans. If an
 * operation has the name of a row, the operation defined here becomes the Tensor method.
 */

import { checkOperands, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { full, zerosLike } from "../create/create.js";
import { to } from "../shape/views.js";
import { binary, commonDType, compare, integer, type Operand, unary, where } from "./elementwise.js";

/** Options of `add` and `sub`. */
export interface ScaledOptions {
  /**
   * Factor of the second operand: an integer if the result is integer; a boolean only for booleans. Default
   * 1.
   */
  alpha?: number | boolean;
}

/** @internal alpha · b, in the promoted dtype of `a` and `b`. */
export function scaled(op: string, a: Operand, b: Operand, options: ScaledOptions | undefined): Operand {
  checkOptions(op, options, ["alpha"]);
  const alpha = options?.alpha ?? 1;
  if (alpha === 1) return b;
  const dtype = commonDType(a, b);
  if (typeof alpha === "boolean" ? dtype !== "bool" : !isFloating(dtype) && !Number.isInteger(alpha))
    throw new ValueError(
      `${op}: alpha is ${typeof alpha === "boolean" ? "boolean only for booleans" : "whole for integers"}: ${alpha} for ${dtype}`,
      "INVALID_OPTION",
    );
  if (dtype === "bool") return binary.mul(b, Boolean(alpha));
  return typeof b === "object" ? binary.mul(to(b, dtype), alpha) : Number(b) * Number(alpha);
}

/**
 * a + alpha · b. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.add`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms add(), x.add()
 */
export function add(a: Operand, b: Operand, options?: ScaledOptions): Tensor {
  return binary.add(a, scaled("add", a, b, options));
}

/**
 * a - alpha · b. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.sub`, `torch.subtract`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms sub(), subtract(), x.sub(), x.subtract(), x.subtract_()
 */
export function sub(a: Operand, b: Operand, options?: ScaledOptions): Tensor {
  return binary.sub(a, scaled("sub", a, b, options));
}

/** Options of `div` and `divide`. */
export interface DivOptions {
  /**
   * `"floor"` for the largest integer below the quotient, `"trunc"` for the quotient without its fraction.
   * Default: neither.
   */
  roundingMode?: "floor" | "trunc" | null;
}

/**
 * a / b. With a rounding mode integers stay integers and the gradient is 0. Shapes broadcast. PyTorch:
 * `torch.div`, `torch.divide`.
 * @example div(tensor([7, -7]), 2, { roundingMode: "floor" }) // [3, -4]
 * @throws ShapeError for shapes that do not broadcast.
 * @forms div(), divide(), x.div(), x.divide(), x.divide_()
 */
export function div(a: Operand, b: Operand, options?: DivOptions): Tensor {
  checkOptions("div", options, ["roundingMode"]);
  const mode = options?.roundingMode ?? null;
  if (mode === null) return binary.div(a, b);
  if (mode === "floor") return binary.floorDivide(a, b);
  if (mode !== "trunc")
    throw new ValueError(`div: roundingMode is "floor", "trunc" or null: ${String(mode)}`, "INVALID_OPTION");
  // The remainder has the sign of a, so a minus the remainder is an exact multiple of b.
  const rest = binary.fmod(detached(a), detached(b));
  if (isFloating(rest.dtype)) {
    const given = [a, b].filter(isTensor);
    const quotient = unary.trunc(binary.div(detached(a), detached(b)));
    return differentiable("div", given, quotient, () => given.map((x) => zerosLike(x)));
  }
  return to(unary.round(binary.div(to(binary.sub(a, rest), "float64"), b)), rest.dtype);
}

/**
 * b - alpha · a, where `a` is a tensor. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.rsub`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms rsub(), x.rsub()
 */
export function rsub(a: Tensor, b: Operand, options?: ScaledOptions): Tensor {
  checkTensors("rsub", a);
  return binary.sub(b, scaled("rsub", b, a, options));
}

/**
 * a to the power of b. Integers stay integers: with a negative whole number as exponent that is an error.
 * Shapes broadcast. PyTorch: `torch.pow`.
 * @example pow(tensor([2, 3]), 2) // [4, 9]
 * @throws ValueError `INVALID_VALUE`
 * @forms pow(), x.pow(), x.pow_()
 */
export function pow(a: Operand, b: Operand): Tensor {
  if (typeof b === "number" && b < 0 && Number.isInteger(b) && isTensor(a) && !isFloating(a.dtype))
    throw new ValueError(
      `pow: integers have no negative powers: ${a.dtype} to the power of ${b}; use to("float32")`,
    );
  return binary.pow(a, b);
}

/**
 * a to the power of b, computed in float64. Shapes broadcast. PyTorch: `torch.float_power`.
 * @example floatPower(tensor([2, 3]), 2) // [4, 9]
 * @throws ShapeError for shapes that do not broadcast.
 * @forms floatPower(), x.floatPower(), x.floatPower_()
 */
export function floatPower(a: Operand, b: Operand): Tensor {
  checkOperands("floatPower", a, b);
  const double = (v: Operand) => (typeof v === "object" ? to(v, "float64") : constant(Number(v), "float64"));
  return binary.pow(double(a), double(b));
}

/**
 * a · 2ᵇ. Shapes broadcast. PyTorch: `torch.ldexp`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms ldexp(), x.ldexp(), x.ldexp_()
 */
export function ldexp(a: Tensor, b: Operand): Tensor {
  checkTensors("ldexp", a);
  checkOperands("ldexp", b);
  const common = commonDType(a, b);
  const dtype = isFloating(common) ? common : "float32";
  const as = (v: Operand) => (typeof v === "object" ? to(v, dtype) : constant(Number(v), dtype));
  return binary.mul(as(a), unary.exp2(as(b)));
}

/** A limit of `clamp`: a number, or a tensor that broadcasts. */
export type Limit = Tensor | number | boolean;

/** Bounds of `clamp`, each a number or a tensor that broadcasts; at least one of them. */
export interface Limits {
  /** Smaller elements become this. Default: no bound. */
  min?: Limit | null;
  /** Larger elements become this. Default: no bound. */
  max?: Limit | null;
}

/**
 * min(max(x, min), max), where each limit is a number, a tensor that broadcasts, or left out:
 * `x.clamp(0, 1)`, `x.clamp({ max: y })`. Default: no limit. PyTorch: `torch.clamp`, `torch.clip`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms clamp(), clip(), x.clamp(), x.clip()
 */
export function clamp(x: Tensor, limits?: Limits | Tensor | number | null, max?: Limit | null): Tensor {
  return limited("clamp", x, limitsOf("clamp", limits, max));
}

/**
 * min(max(x, min), max), as `clamp`; errors say `clamp_`. PyTorch: `Tensor.clamp_`.
 * @forms x.clamp_(), x.clip_()
 */
export function clampForInPlace(
  x: Tensor,
  limits?: Limits | Tensor | number | null,
  max?: Limit | null,
): Tensor {
  return limited("clamp_", x, limitsOf("clamp_", limits, max));
}

function limited(op: string, x: Tensor, { min: low, max: high }: Limits): Tensor {
  if (!isTensor(x)) throw new DTypeError(`${op}: a tensor is needed: ${typeof x}`, "NOT_A_TENSOR");
  if (isTensor(low) || isTensor(high)) {
    const raised = (low ?? null) === null ? x : inside(compare.ge, x, low as Limit);
    return (high ?? null) === null ? raised : inside(compare.le, raised, high as Limit);
  }
  const given: { min?: number; max?: number } = {};
  if ((low ?? null) !== null) given.min = Number(low);
  if ((high ?? null) !== null) given.max = Number(high);
  const whole = Object.values(given).every((v) => Number.isInteger(v) || Math.abs(v) === Infinity);
  return unary.clamp(whole || isFloating(x.dtype) ? x : to(x, "float32"), given);
}

/**
 * `limit` where x is outside the limit; NaN in x or in the limit gives NaN. Where x is NaN, all gradients are
 * 0.
 */
function inside(test: typeof compare.ge, x: Tensor, limit: Limit): Tensor {
  return where(test(x, limit), x, where(isnan(x), x.detach(), limit));
}

const isTensor = (v: unknown): v is Tensor => typeof v === "object" && v !== null && "storage" in v;
const detached = (v: Operand): Operand => (isTensor(v) ? v.detach() : v);

/** Both limits, given in either way. */
function limitsOf(
  op: string,
  limits: Limits | Tensor | number | null | undefined,
  max?: Limit | null,
): Limits {
  const isLimit = (v: unknown): v is Limit => typeof v === "number" || typeof v === "boolean" || isTensor(v);
  const inPlace = limits === null || limits === undefined || typeof limits === "number" || isTensor(limits);
  if (!inPlace) checkOptions(op, limits, ["min", "max"]);
  const both = inPlace ? { min: limits, max } : limits;
  for (const limit of [both.min ?? 0, both.max ?? 0])
    if (!isLimit(limit))
      throw new DTypeError(`${op}: limits are tensors or numbers: ${typeof limit}`, "NOT_A_TENSOR");
  return both;
}

/** Options of `special.round` and `round`. */
export interface RoundOptions {
  /** Number of digits kept after the decimal point; negative numbers count digits before it. Default 0. */
  decimals?: number;
}

/**
 * The nearest integer, with halves rounded to even, or the nearest multiple of 10^-decimals. Shape of `x`.
 * PyTorch: `torch.round`, `torch.special.round`.
 * @forms round(), x.round(), x.round_(), special.round()
 */
export function round(x: Tensor, options?: RoundOptions): Tensor {
  checkTensors("round", x);
  checkOptions("round", options, ["decimals"]);
  const decimals = options?.decimals ?? 0;
  if (decimals === 0) return unary.round(x);
  const power = 10 ** Math.abs(decimals);
  return decimals > 0
    ? binary.div(unary.round(binary.mul(x, power)), power)
    : binary.mul(unary.round(binary.div(x, power)), power);
}

/**
 * ln(x / (1 - x)), with x first limited to [eps, 1 - eps] if `eps` is given: `x.logit(1e-6)` or
 * `x.logit({ eps: 1e-6 })`. Default: none, x is not limited. Shape of `x`. PyTorch: `torch.logit`,
 * `torch.special.logit`.
 * @forms logit(), x.logit(), x.logit_(), special.logit()
 */
export function logit(x: Tensor, given?: number | { eps?: number | null } | null): Tensor {
  checkTensors("logit", x);
  if (typeof given !== "number" && given !== null) checkOptions("logit", given, ["eps"]);
  const eps = typeof given === "number" ? given : given?.eps;
  const from = isFloating(x.dtype) ? x : to(x, "float32");
  return unary.logit(typeof eps === "number" ? unary.clamp(from, { min: eps, max: 1 - eps }) : from);
}

const largest = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE };

/** Options of `nanToNum`. */
export interface NanToNumOptions {
  /** Replaces NaN. Default 0. */
  nan?: number;
  /** Replaces Infinity. Default: the largest number of the dtype. */
  posinf?: number;
  /** Replaces -Infinity. Default: the smallest number of the dtype. */
  neginf?: number;
}

/**
 * `x` with numbers instead of NaN and infinities; the gradient is 0 there. Shape of `x`. PyTorch:
 * `torch.nan_to_num`.
 * @example nanToNum(tensor([1, NaN])) // [1, 0]
 * @forms nanToNum(), x.nanToNum(), x.nanToNum_()
 */
export function nanToNum(x: Tensor, options?: NanToNumOptions): Tensor {
  checkTensors("nanToNum", x);
  checkOptions("nanToNum", options, ["nan", "posinf", "neginf"]);
  if (!isFloating(x.dtype)) return x;
  const limit = largest[x.dtype];
  const { nan, posinf, neginf } = options ?? {};
  const finite = (v: number, fallback: number) => constant(v ?? fallback, x.dtype);
  const noNaN = where(isnan(x), finite(nan as number, 0), x);
  // Both tests look at x, because the replacement of NaN may itself be infinite.
  const below = where(compare.eq(x, Infinity), finite(posinf as number, limit), noNaN);
  return where(compare.eq(x, -Infinity), finite(neginf as number, -limit), below);
}

const none = (x: Tensor, value: 0 | 1) => full(x.shape, value, { dtype: "bool" });

/**
 * True where elements are NaN, as `bool`. Shape of `x`. PyTorch: `torch.isnan`.
 * @example isnan(tensor([1, Infinity, NaN])) // [false, false, true]
 * @forms isnan(), x.isnan()
 */
export const isnan = (x: Tensor): Tensor => {
  checkTensors("isnan", x);
  return compare.ne(x, x);
};
/**
 * True where elements are Infinity or -Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isinf`.
 * @example isinf(tensor([1, Infinity, NaN])) // [false, true, false]
 * @forms isinf(), x.isinf()
 */
export const isinf = (x: Tensor): Tensor => {
  checkTensors("isinf", x);
  return isFloating(x.dtype) ? compare.eq(unary.abs(x.detach()), Infinity) : none(x, 0);
};
/**
 * True where elements are neither infinite nor NaN, as `bool`. Shape of `x`. PyTorch: `torch.isfinite`.
 * @example isfinite(tensor([1, Infinity, NaN])) // [true, false, false]
 * @forms isfinite(), x.isfinite()
 */
export const isfinite = (x: Tensor): Tensor => {
  checkTensors("isfinite", x);
  return isFloating(x.dtype) ? compare.lt(unary.abs(x.detach()), Infinity) : none(x, 1);
};
/**
 * True where elements are Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isposinf`.
 * @example isposinf(tensor([1, Infinity])) // [false, true]
 * @forms isposinf(), x.isposinf()
 */
export const isposinf = (x: Tensor): Tensor => {
  checkTensors("isposinf", x);
  return isFloating(x.dtype) ? compare.eq(x, Infinity) : none(x, 0);
};
/**
 * True where elements are -Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isneginf`.
 * @example isneginf(tensor([1, -Infinity])) // [false, true]
 * @forms isneginf(), x.isneginf()
 */
export const isneginf = (x: Tensor): Tensor => {
  checkTensors("isneginf", x);
  return isFloating(x.dtype) ? compare.eq(x, -Infinity) : none(x, 0);
};

/**
 * True where the sign bit is set: for negative numbers and for -0. A NaN counts as positive. Shape of `x`.
 * PyTorch: `torch.signbit`.
 * @example signbit(tensor([1, -2])) // [false, true]
 * @forms signbit(), x.signbit()
 */
export function signbit(x: Tensor): Tensor {
  checkTensors("signbit", x);
  if (!isFloating(x.dtype)) return compare.lt(x, 0);
  return compare.lt(binary.copysign(constant(1, x.dtype), x.detach()), 0);
}

const truth = (op: string, x: Operand): Tensor => {
  if (typeof x === "number" || typeof x === "boolean") return constant(Number(x), "bool");
  if (!isTensor(x))
    throw new DTypeError(`${op}: operands are tensors or numbers: ${typeof x}`, "NOT_A_TENSOR");
  return to(x.detach(), "bool");
};

/**
 * True where both operands are not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_and`.
 * @example logicalAnd(tensor([0, 1, 2]), tensor([1, 0, 3])) // [false, false, true]
 * @forms logicalAnd(), x.logicalAnd(), x.logicalAnd_()
 */
export const logicalAnd = (a: Tensor, b: Operand): Tensor => {
  checkTensors("logicalAnd", a);
  return integer.bitwiseAnd(truth("logicalAnd", a), truth("logicalAnd", b));
};
/**
 * True where at least one operand is not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_or`.
 * @example logicalOr(tensor([0, 1, 0]), tensor([1, 0, 0])) // [true, true, false]
 * @forms logicalOr(), x.logicalOr(), x.logicalOr_()
 */
export const logicalOr = (a: Tensor, b: Operand): Tensor => {
  checkTensors("logicalOr", a);
  return integer.bitwiseOr(truth("logicalOr", a), truth("logicalOr", b));
};
/**
 * True where exactly one operand is not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_xor`.
 * @example logicalXor(tensor([0, 1, 2]), tensor([1, 0, 3])) // [true, true, false]
 * @forms logicalXor(), x.logicalXor(), x.logicalXor_()
 */
export const logicalXor = (a: Tensor, b: Operand): Tensor => {
  checkTensors("logicalXor", a);
  return integer.bitwiseXor(truth("logicalXor", a), truth("logicalXor", b));
};
/**
 * True where elements are 0, as `bool`. Shape of `x`. PyTorch: `torch.logical_not`.
 * @example logicalNot(tensor([0, 1, 2])) // [true, false, false]
 * @forms logicalNot(), x.logicalNot(), x.logicalNot_()
 */
export const logicalNot = (x: Tensor): Tensor => {
  checkTensors("logicalNot", x);
  return compare.eq(x, 0);
};

/**
 * Integers with all bits inverted; for booleans, the logical inverse. Shape of `x`. PyTorch:
 * `torch.bitwise_not`.
 * @example bitwiseNot(tensor([0, 5], { dtype: "int32" })) // [-1, -6]
 * @forms bitwiseNot(), x.bitwiseNot(), x.bitwiseNot_()
 */
export const bitwiseNot = (x: Tensor): Tensor => {
  checkTensors("bitwiseNot", x);
  return x.dtype === "bool" ? logicalNot(x) : integer.bitwiseXor(x, x.dtype === "uint8" ? 255 : -1);
};

/**
 * The n-th derivative of digamma at x, for n >= 0; the order comes first, but the method is `x.polygamma(n)`.
 * Shape of `x`. PyTorch: `torch.polygamma`, `torch.special.polygamma`.
 * @throws ValueError for an order that is not an integer of 0 or more.
 * @forms polygamma(), special.polygamma()
 */
export function polygamma(n: number, x: Tensor): Tensor {
  checkTensors("polygamma", x);
  if (!Number.isInteger(n) || n < 0)
    throw new ValueError(`polygamma: the order, an integer >= 0, comes first: ${quoted(n)}`);
  return binary.polygamma(x, n);
}
