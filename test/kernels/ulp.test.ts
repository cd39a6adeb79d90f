/**
 * The elementary functions against their stated bounds, on a sample of all floats. test/native/ulp.cc
 * measures every float, once per release: cmake --build <dir> --target ulp_avx512, then run it.
 */
import { expect, test } from "vitest";
import { erf } from "../../src/elementary.js";
import { backend, k } from "../../src/kernels/backend.js";
import { ulpBounds } from "./ulp.js";

const logistic = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** In double precision; where it is good to a small part of an ULP of a float32. */
const exact: Record<string, { f: (x: number) => number; low?: number }> = {
  exp: { f: Math.exp },
  expm1: { f: Math.expm1 },
  log: { f: Math.log },
  log1p: { f: Math.log1p },
  sin: { f: Math.sin },
  cos: { f: Math.cos },
  tanh: { f: Math.tanh },
  sigmoid: { f: logistic },
  erf: { f: erf },
  silu: { f: (x) => x * logistic(x) },
  softplus: { f: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))) },
  logSigmoid: { f: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))) },
  // 1 + erf loses digits to the left of these.
  gelu: { f: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)), low: -3 },
  geluTanh: { f: (x) => x * logistic(2 * 0.7978845608028654 * (x + 0.044715 * x * x * x)), low: -20 },
};

/** Floats evenly over all bit patterns, and as many again in ±110, where most of what can go wrong is. */
const count = 200_000;
const inputs = new Float32Array(2 * count);
for (let i = 0; i < count; i++) {
  new Uint32Array(inputs.buffer)[i] = Math.floor((i / count) * 2 ** 32) + (i % 1000);
  inputs[count + i] = ((i / count) * 2 - 1) * 110;
}

/** Spacing of float32 at x; never below that of the subnormals. */
const spacing = (x: number) =>
  2 ** (Math.max(-126, Math.floor(Math.log2(Math.min(Math.abs(x), 3.4e38)))) - 23);

test.each(Object.entries(exact))("%s", (op, { f, low = -Infinity }) => {
  backend.use("native");
  const bound = ulpBounds[op];
  const y = new Float32Array(inputs.length);
  const [p, q] = op === "softplus" ? [1, 20] : [0, 0];
  k.unary(op as "exp", p, q, [inputs.length], inputs, 0, [1], y, 0);
  let worst = 0;
  let at = 0;
  inputs.forEach((x, i) => {
    if (x < low) return;
    const wanted = f(x);
    const got = y[i];
    if (Number.isNaN(wanted) || Number.isNaN(got)) {
      if (Number.isNaN(wanted) !== Number.isNaN(got)) throw new Error(`${op}(${x}) = ${got}, not ${wanted}`);
      return;
    }
    // An overflow counts as 2^128, the number behind the largest.
    const clip = (v: number) => Math.sign(v) * Math.min(Math.abs(v), 2 ** 128);
    const error = wanted === 0 && got === 0 ? 0 : Math.abs(clip(got) - clip(wanted)) / spacing(wanted);
    if (error > worst) [worst, at] = [error, x];
  });
  expect(worst, `${op}(${at})`).toBeLessThanOrEqual(bound);
});
