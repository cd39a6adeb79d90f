import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("the variance of a batch's gradient is that of one sample divided by B", async () => {
  const { stdout, figures } = await runExample("descent");
  const [one] = numbersOf(stdout, "variance of the gradient of one sample:");
  expect(one).toBeCloseTo(2.351, 3);
  for (const size of [1, 2, 4, 8, 16, 32, 64, 128]) {
    const [, , times] = numbersOf(stdout, `batches of ${size}:`);
    expect(Math.abs(times! / one! - 1), `B = ${size}`).toBeLessThan(0.06);
  }
  const losses = [1, 15, 150].map((size) => numbersOf(stdout, `B = ${size}:`));
  expect(losses.map(([steps]) => steps)).toEqual([1500, 100, 10]);
  for (const [i, loss] of [0.0694, 0.2201, 0.455].entries()) expect(losses[i][1]).toBeCloseTo(loss, 2);
  expect(figures).toEqual(["descent-batches.svg", "descent-variance.svg"]);
}, 120_000);
