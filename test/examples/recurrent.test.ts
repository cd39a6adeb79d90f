import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("networks with a memory learn to carry: they add numbers longer than those that they saw", async () => {
  const { stdout, figures } = await runExample("recurrent");
  const [guessed, none] = numbersOf(stdout, "no memory:");
  expect(Math.abs(guessed! - 50)).toBeLessThan(3);
  expect(none).toBe(0);
  for (const kind of ["RNN", "GRU", "LSTM"]) {
    const [digits, whole, of, length] = numbersOf(stdout, `${kind}: `);
    expect([of, length]).toEqual([200, 100]);
    expect(digits, kind).toBeGreaterThan(99.5);
    expect(whole, kind).toBeGreaterThanOrEqual(180);
  }
  expect(Math.abs(numbersOf(stdout, "unit ")[1]!)).toBeGreaterThan(0.95);
  expect(figures).toEqual(["recurrent.svg"]);
}, 120_000);
