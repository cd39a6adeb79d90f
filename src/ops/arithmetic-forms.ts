/** Elementwise operations that are no rows and have an in-place form. */
import { aliasMethods } from "./aliases.js";
import { binary } from "./elementwise.js";
import { numberMethods } from "./numbers.js";
import { pointwiseMethods } from "./pointwise.js";

const { clampMin, clampMax, conjPhysical, mvlgamma } = numberMethods;
const { pow, gcd, lcm } = pointwiseMethods;

/** @internal */
export const arithmeticForms = {
  ...aliasMethods,
  ...{ pow, gcd, lcm, trueDivide: binary.div, clampMin, clampMax, conjPhysical, mvlgamma },
};
