import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("linear layers collapse, shortcuts carry the gradient", async () => {
  const { stdout, figures } = await runExample("shortcuts");
  expect(numbersOf(stdout, "they differ by")[0]).toBeLessThan(1e-6); // float32
  expect(numbersOf(stdout, "with tanh between them by")[0]).toBeGreaterThan(0.1);
  expect(numbersOf(stdout, "without shortcuts: gradient of the first layer / of the last")[0]).toBeLessThan(
    1e-12,
  );
  const carried = numbersOf(stdout, "with shortcuts: gradient of the first layer / of the last")[0];
  expect(carried).toBeGreaterThan(0.1);
  expect(carried).toBeLessThan(10);
  expect(figures).toEqual(["shortcuts-with.svg", "shortcuts-without.svg"]);
}, 60_000);
