import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

/** Where the six-hump camel function is smallest nearby, and how high it is there (Dixon and Szegő, 1978). */
const minima = [
  [0.0898, -0.7126, -1.0316],
  [-0.0898, 0.7126, -1.0316],
  [1.7036, -0.7961, -0.2155],
  [-1.7036, 0.7961, -0.2155],
  [1.6071, 0.5687, 2.1043],
  [-1.6071, -0.5687, 2.1043],
];

test("descent ends in one of six minima; momentum and Adam end in high ones less often", async () => {
  const { stdout, figures } = await runExample("starts");
  const counts: Record<string, number[]> = {};
  for (const optimizer of ["SGD", "momentum", "RMSprop", "Adam"]) {
    const four = numbersOf(stdout, optimizer.padEnd(9));
    expect(four).toHaveLength(12);
    for (let i = 0; i < 4; i++) {
      const [x, y, height] = four.slice(3 * i, 3 * i + 3);
      const near = minima.filter(
        ([a, b, h]) => Math.hypot(a! - x!, b! - y!) < 0.04 && Math.abs(h! - height!) < 0.01,
      );
      expect(near, `${optimizer}, start ${i}`).toHaveLength(1);
    }
    const [of, ...reached] = numbersOf(stdout, `${optimizer}: of`);
    expect(of).toBe(1600);
    expect(reached.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(optimizer === "RMSprop" ? 1550 : 1590);
    counts[optimizer] = reached;
  }
  // From (1.9, 1), straight down or through the nearest valley.
  expect(numbersOf(stdout, "SGD".padEnd(9)).at(-1)).toBeCloseTo(2.104, 2);
  expect(numbersOf(stdout, "Adam".padEnd(9)).at(-1)).toBeCloseTo(-1.032, 2);
  expect(counts["momentum"]![2]).toBeLessThan(0.7 * counts["SGD"]![2]!);
  expect(counts["Adam"]![2]).toBeLessThan(0.4 * counts["SGD"]![2]!);
  expect(figures).toEqual(["starts.svg"]);
}, 60_000);
