import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("what a guess costs", async () => {
  const { stdout, figures } = await runExample("classification-losses");
  expect(numbersOf(stdout, "-ln 0.2 =")).toEqual([1.61]);
  expect(numbersOf(stdout, "-ln 0.8 =")).toEqual([0.22]);
  expect(numbersOf(stdout, "softmax(2.6, 1.5, 0.2, 0.6) =")).toEqual([0.64, 0.21, 0.06, 0.09]);
  expect(figures).toEqual(["classification-losses.svg"]);
}, 60_000);
