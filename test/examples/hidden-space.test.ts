import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("a trained hidden layer folds four clouds so that a line divides them", async () => {
  const { stdout, figures } = await runExample("hidden-space");
  for (const before of ["a line between the points:", "a line between the hidden units, before:"])
    expect(numbersOf(stdout, before)[0], before).toBeLessThan(155); // three of four clouds, at best
  expect(numbersOf(stdout, "after ")).toEqual([500, 200, 200]);
  expect(numbersOf(stdout, "a line between the hidden units, after:")).toEqual([200, 200]);

  /** How far (0, 0) is from (1, 1), as a share of how far (0, 1) is from (1, 0): centres of clouds. */
  const opposite = (when: string) => {
    const [ax, ay, bx, by, cx, cy, dx, dy] = numbersOf(stdout, `clouds ${when}:`) as number[];
    return Math.hypot(ax - bx, ay - by) / Math.hypot(cx - dx, cy - dy);
  };
  expect(opposite("before")).toBeGreaterThan(0.5);
  expect(opposite("after")).toBeLessThan(0.1);

  const starts = numbersOf(stdout, "ten starts:");
  expect(starts).toHaveLength(10);
  const solved = starts.filter((each) => each >= 198).length;
  expect(solved).toBeGreaterThanOrEqual(5);
  expect(solved).toBeLessThan(10);
  expect(figures).toEqual(["hidden-space-after.svg", "hidden-space-before.svg", "hidden-space.svg"]);
}, 60_000);
