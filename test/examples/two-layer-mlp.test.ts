import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("a class of two layers learns exclusive or with four hidden units, and not with one", async () => {
  const { stdout, figures } = await runExample("two-layer-mlp");
  expect(numbersOf(stdout, "no hidden layer, right of 500:")[0]).toBeLessThan(330);
  for (const [units, least, most] of [
    [1, 300, 400],
    [2, 300, 470],
    [3, 400, 480],
    [4, 460, 500],
    [8, 480, 500],
  ] as const) {
    const [parameters, of, right] = numbersOf(stdout, `hidden units: ${units}, parameters:`);
    expect([parameters, of]).toEqual([2 * units + units + units + 1, 500]);
    expect(right, `${units} units`).toBeGreaterThanOrEqual(least);
    expect(right, `${units} units`).toBeLessThanOrEqual(most);
  }
  expect(figures).toEqual([
    ...["two-layer-mlp-after.svg", "two-layer-mlp-before.svg"],
    ...["two-layer-mlp-steps.svg", "two-layer-mlp.svg"],
  ]);
}, 60_000);
