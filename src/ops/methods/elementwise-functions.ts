/** More operations that are methods of Tensor, as functions. */
import { binary, integer } from "../elementwise/elementwise.js";

export {
  angle,
  clampMax,
  clampMin,
  conj,
  conj as conjPhysical,
  conj as resolveConj,
  conj as resolveNeg,
  frexp,
  isreal,
  mvlgamma,
  positive,
  real,
} from "../elementwise/numbers.js";
export {
  absolute,
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctan2,
  arctanh,
  concat,
  concatenate,
  divide,
  fix,
  greater,
  greaterEqual,
  less,
  lessEqual,
  multiply,
  negative,
  notEqual,
  subtract,
} from "./aliases.js";
export const { igamma, igammac, nextafter } = binary;
export const { gcd, lcm } = integer;
