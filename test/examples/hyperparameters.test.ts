import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("what hyperparameters do on MNIST", async () => {
  const { stdout, figures } = await runExample("hyperparameters");
  const accuracy = (what: string) => numbersOf(stdout, `${what}: `).at(-1)!;
  const usual = accuracy("usual");
  expect(usual).toBeGreaterThan(90);
  expect(accuracy("width 8")).toBeLessThan(usual - 2);
  expect(accuracy("width 256")).toBeGreaterThan(usual);
  expect(accuracy("lr 0.00002")).toBeLessThan(usual - 15);
  expect(accuracy("lr 0.2")).toBeLessThan(30);
  expect(accuracy("batch 512")).toBeLessThan(usual - 2);
  expect(accuracy("optimizer SGD")).toBeLessThan(usual - 10);
  expect(stdout).toContain("best: width 256: ");
  expect(figures).toEqual([
    "hyperparameters-confusion.svg",
    "hyperparameters-wrong.svg",
    "hyperparameters.svg",
  ]);
}, 120_000);
