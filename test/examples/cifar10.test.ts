import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("a convolutional network learns stripes in the format of CIFAR-10", async () => {
  const { stdout, figures } = await runExample("cifar10");
  expect(stdout).toContain("1000 images to learn from, 500 to test with");
  const tested = [1, 2, 3].map((epoch) => numbersOf(stdout, `epoch ${epoch}: accuracy`)[1]);
  expect(tested[2]).toBeGreaterThan(0.85);
  expect(tested[0]).toBeLessThan(tested[2]);
  expect(figures).toEqual(["cifar10-confusion.svg", "cifar10-network.svg", "cifar10-wrong.svg"]);
}, 120_000);
