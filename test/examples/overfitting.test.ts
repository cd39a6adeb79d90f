import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("without a remedy all noise is learned; each remedy is better at points that were not seen", async () => {
  const { stdout, figures } = await runExample("overfitting");
  for (const noise of ["0.25", "0.5"]) {
    const part = stdout.slice(stdout.indexOf(`noise ${noise}`));
    const [seen, others, loss] = numbersOf(part, "nothing");
    expect(seen).toBeGreaterThanOrEqual(99);
    for (const remedy of ["L2", "L1", "dropout", "early stopping"]) {
      const [, right, smaller] = numbersOf(part, remedy);
      expect(smaller, `${remedy}, noise ${noise}`).toBeLessThan(0.5 * loss!);
      expect(right, `${remedy}, noise ${noise}`).toBeGreaterThanOrEqual(others!);
    }
    if (noise === "0.5") {
      expect(others).toBeLessThan(78); // the true rule has 82.5 %
      expect(loss).toBeGreaterThan(1.5);
    }
  }
  expect(numbersOf(stdout, "stopped after")).toEqual([50, 20]);
  expect(figures).toEqual(["overfitting-remedies.svg", "overfitting.svg"]);
}, 120_000);
