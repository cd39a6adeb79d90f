/** PyTorch's second names of elementwise operations, as functions and as methods. */
import { binary, compare, unary } from "../elementwise/elementwise.js";
import { pointwiseMethods } from "../elementwise/pointwise.js";
import { cat } from "../shape/join.js";

const { neg, abs, asin, acos, atan, asinh, acosh, atanh, trunc } = unary;
const { sub, div } = pointwiseMethods;

/** @internal */
export const aliasMethods = {
  ...{ absolute: abs, negative: neg, fix: trunc },
  ...{ arcsin: asin, arccos: acos, arctan: atan, arcsinh: asinh, arccosh: acosh, arctanh: atanh },
  ...{ arctan2: binary.atan2, multiply: binary.mul, subtract: sub, divide: div },
  ...{ greater: compare.gt, greaterEqual: compare.ge, less: compare.lt, lessEqual: compare.le },
  notEqual: compare.ne,
};

export const {
  absolute,
  negative,
  fix,
  arcsin,
  arccos,
  arctan,
  arcsinh,
  arccosh,
  arctanh,
  arctan2,
  multiply,
  subtract,
  divide,
  greater,
  greaterEqual,
  less,
  lessEqual,
  notEqual,
} = aliasMethods;
export { cat as concat, cat as concatenate };
