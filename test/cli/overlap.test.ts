import { expect, test } from "vitest";
import { stepTime } from "../../src/cli/overlap.js";
import { exchangeTime } from "../../src/cli/plan.js";

// Backward finishes three buckets at 4, 6 and 9 ms; an update of 2 ms follows.
const timeline = { final: [4, 6, 9], waits: 10, whole: 12 };

test.each([
  ["exchanges that take no time", [0, 0, 0], 12],
  ["exchanges that end during backward", [2, 3, 1], 12],
  ["a last exchange that ends after backward", [2, 3, 4], 9 + 4 + 2],
  ["a first exchange that delays the others", [10, 1, 1], 4 + 12 + 2],
  ["a second exchange that delays the last", [1, 10, 1], 6 + 11 + 2],
])("%s", (_, exchanges, step) => {
  expect(stepTime(timeline, exchanges)).toBe(step);
});

test("one rank exchanges nothing", () => {
  expect(stepTime({ final: [], waits: 12, whole: 12 }, [])).toBe(12);
});

test("an exchange sends all bytes but a rank's own part, twice, and 2(n - 1) messages", () => {
  expect(exchangeTime(1e6, 4, 1e9, 1e-3)).toBeCloseTo(12 + 6, 9);
  expect(exchangeTime(1e6, 1, 1e9, 1e-3)).toBe(0);
});
