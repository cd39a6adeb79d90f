import { expect } from "vitest";

export interface Tolerance {
  rtol: number;
  atol: number;
}

/**
 * For results that take float64 a few operations: an error of 2^-52 each, a sum of some ten terms, and
 * functions that two libraries compute to within an ULP. The absolute part is for differences of numbers near
 * 1.
 */
export const float64: Tolerance = { rtol: 1e-12, atol: 1e-13 };

/** The same in float32: 2^-23 each, functions within 2 ULP, some ten terms of size up to 4. */
export const float32: Tolerance = { rtol: 1e-5, atol: 4e-6 };

export const tolerances = { float32, float64 };

/**
 * Fails unless every |actual - expected| <= atol + rtol |expected|; NaN equals NaN, infinities must be the
 * same.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol }: Tolerance,
  what = "",
): void {
  expect(actual.length, `${what}: number of elements`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i], expected[i]];
    if (Object.is(a, e) || a === e || Math.abs(a - e) <= atol + rtol * Math.abs(e)) continue;
    expect.fail(`${what} [${i}]: ${a}, expected ${e} within ${atol} + ${rtol} relative`);
  }
}
