import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("neurons by hand", async () => {
  const { stdout, figures } = await runExample("neurons");
  expect(stdout).toContain("and tensor([0, 0, 0, 1], dtype=int32)");
  expect(stdout).toContain("or tensor([0, 1, 1, 1], dtype=int32)");
  expect(stdout).toContain("xor tensor([0, 1, 1, 0], dtype=int32)");
  // At (1, -1.5): 10 - 7.5 - 1 = 1.5, and -7 - 7.5 + 15 = 0.5, ten times steeper 5.
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  expect(numbersOf(stdout, "w = (10, 5), b = -1 says")[0]).toBeCloseTo(sigmoid(1.5), 4);
  expect(numbersOf(stdout, "w = (10, 5), b = 15 says")[0]).toBeCloseTo(1, 4);
  expect(numbersOf(stdout, "w = (-7, 5), b = 15 says")[0]).toBeCloseTo(sigmoid(0.5), 4);
  expect(numbersOf(stdout, "w = (-70, 50), b = 150 says")[0]).toBeCloseTo(sigmoid(5), 4);
  expect(numbersOf(stdout, "versicolor, b = 60 and -5, AND:")).toEqual([61, 150]);
  expect(numbersOf(stdout, "versicolor, b = 60 and -5, OR:")).toEqual([50, 150]);
  expect(numbersOf(stdout, "versicolor, b = 41 and -8, AND:")).toEqual([145, 150]);
  expect(figures).toEqual(["neurons-gates.svg", "neurons-iris.svg", "neurons-steep.svg"]);
}, 60_000);
