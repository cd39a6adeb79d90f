import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("backpropagation by hand", async () => {
  const { stdout, figures } = await runExample("backprop");
  const a = 1 / (1 + Math.exp(-2));
  const b = 1 / (1 + Math.exp(42));
  const delta = 2 * (40 * a - 10 * b - 15.2 - 15);
  const [deltaA, deltaB] = [delta * 40 * a * (1 - a), delta * -10 * b * (1 - b)];
  const [zA, zB, output, wanted] = numbersOf(stdout, "z =");
  expect([zA, zB, wanted]).toEqual([2, -42, 15]);
  expect(output).toBeCloseTo(20.03, 2);
  expect(delta).toBeCloseTo(10.06, 2);
  const golden: [string, number[]][] = [
    ["dL/dw_C", [delta * a, delta * b]],
    ["dL/db_C", [delta]],
    ["dL/dw_A", [-2 * deltaA, 5 * deltaA]],
    ["dL/db_A", [deltaA]],
    ["dL/dw_B", [-2 * deltaB, 5 * deltaB]],
    ["dL/db_B", [deltaB]],
  ];
  for (const [name, expected] of golden) {
    const found = numbersOf(stdout, name);
    expect(found, name).toHaveLength(2 * expected.length);
    // Relative, since those of B are as small as 1e-17.
    [...expected, ...expected].forEach((value, i) => {
      expect(Math.abs(found[i]! / value - 1), `${name} ${i}`).toBeLessThan(1e-6);
    });
  }
  for (const name of ["squared error / 2, linear", "binary cross-entropy, sigmoid", "cross-entropy, softmax"])
    expect(numbersOf(stdout, `${name}: delta - (a - y) is at most`)[0]).toBeLessThan(1e-15);
  // float32
  expect(numbersOf(stdout, "delta error per unit and by matrices differ by")[0]).toBeLessThan(1e-7);
  expect(numbersOf(stdout, "weights: matrices and autograd")[0]).toBeLessThan(1e-7);
  expect(figures).toEqual(["backprop.svg"]);
}, 60_000);
