/** Elementwise operations that are no rows and have an in-place form. */

import { binary } from "../elementwise/elementwise.js";
import { numberMethods } from "../elementwise/numbers.js";
import { pointwiseMethods } from "../elementwise/pointwise.js";
import { aliasMethods } from "./aliases.js";

const { clampMin, clampMax, conjPhysical, mvlgamma } = numberMethods;
const { pow, gcd, lcm } = pointwiseMethods;

/** @internal */
export const arithmeticForms = {
  ...aliasMethods,
  ...{ pow, gcd, lcm, trueDivide: binary.div, clampMin, clampMax, conjPhysical, mvlgamma },
};
