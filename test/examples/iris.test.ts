import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("iris", async () => {
  const { stdout, figures } = await runExample("iris");
  expect(numbersOf(stdout, "versicolor or not, logistic regression:")[0]).toBeLessThan(115);
  expect(numbersOf(stdout, "versicolor or not, 8 hidden units:")[1]).toBe(150);
  expect(numbersOf(stdout, "versicolor or not, 8 hidden units:")[0]).toBeGreaterThanOrEqual(142);
  expect(numbersOf(stdout, "three classes, ten folds: accuracy")[0]).toBeGreaterThanOrEqual(0.96);
  expect(figures).toEqual(["iris-confusion.svg", "iris-versicolor.svg"]);
}, 60_000);
