import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("the solved and the descended coefficients are the same", async () => {
  const { stdout, figures } = await runExample("linear-regression");
  const [slope, intercept] = numbersOf(stdout, "solved");
  const [w, b, steps] = numbersOf(stdout, "descended");
  expect(w).toBeCloseTo(slope!, 7);
  expect(b).toBeCloseTo(intercept!, 7);
  // What the samples were made with, and noise of 0.1 on 40 of them.
  expect(Math.abs(slope! - 0.8)).toBeLessThan(0.05);
  expect(Math.abs(intercept! + 1)).toBeLessThan(0.1);
  expect(steps).toBeGreaterThan(10);
  const [whole, gap] = numbersOf(stdout, "two outputs:");
  const [half, halfGap] = numbersOf(stdout, "two outputs, half the loss:");
  expect(gap).toBeLessThan(1e-8);
  expect(halfGap).toBeLessThan(1e-8);
  expect(half).toBeGreaterThan(1.8 * whole!); // half the gradient, half the stride
  expect(figures).toEqual(["linear-regression-fit.svg", "linear-regression.svg"]);
}, 60_000);
