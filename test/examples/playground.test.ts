import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("a line divides the two clouds and nothing else; hidden layers divide all four", async () => {
  const { stdout, figures } = await runExample("playground");
  for (const set of ["gaussian", "circle", "xor", "spiral"]) {
    const [line, ...networks] = numbersOf(stdout, set);
    if (set === "gaussian") expect(line).toBeGreaterThanOrEqual(490);
    else expect(line, set).toBeLessThan(330);
    for (const right of networks) expect(right, set).toBeGreaterThanOrEqual(475);
  }
  const [line, one, three, relu] = numbersOf(stdout, "multiGaussian");
  expect(line).toBeCloseTo(0.072, 3);
  expect(one).toBeLessThan(0.02);
  for (const error of [three, relu]) expect(error).toBeLessThan(0.009);
  for (const error of numbersOf(stdout, "plane")) expect(error).toBeLessThan(0.0002);
  // Of 10,000 points, drawn without any training.
  for (const [noise, right] of [
    [0, 10000],
    [0.25, 9351],
    [0.5, 8252],
  ])
    expect(numbersOf(stdout, `xor, noise ${noise}: the true rule is right about`)).toEqual([right, 10000]);
  expect(figures).toEqual([
    ...["playground-circle.svg", "playground-gaussian.svg", "playground-multi-gaussian.svg"],
    ...["playground-spiral.svg", "playground-xor.svg"],
  ]);
}, 120_000);
