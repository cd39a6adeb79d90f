import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("labels 0, 1 and -1, 1 have one optimum, which is also found by hand and by softmax", async () => {
  const { stdout, figures } = await runExample("logistic-regression");
  const optimum = numbersOf(stdout, "labels 0, 1: binary cross-entropy");
  expect(numbersOf(stdout, "labels -1, 1: log(1 + exp(-y h))")).toEqual(optimum);
  const byHand = numbersOf(stdout, "by hand");
  const softmax = numbersOf(stdout, "softmax: w₁ - w₀ =");
  for (const d of [0, 1]) {
    expect(byHand[d]).toBeCloseTo(optimum[d]!, 5);
    expect(softmax[d]).toBeCloseTo(optimum[d]!, 3);
  }
  // Other losses, other weights; about as many right.
  for (const name of [
    "labels 0, 1: binary cross-entropy",
    "hinge: max(0, 1 - y h)",
    "quadratic: (1 - y h)²",
  ]) {
    const [right, of] = numbersOf(stdout, name).slice(-2);
    expect(of).toBe(120);
    expect(right, name).toBeGreaterThanOrEqual(110);
  }
  expect(figures).toEqual(["logistic-regression.svg"]);
}, 60_000);
