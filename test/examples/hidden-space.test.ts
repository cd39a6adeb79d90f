import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("a trained hidden layer folds four clouds so that a line divides them", async () => {
  const { stdout, figures } = await runExample("hidden-space");
  for (const before of ["a line between the points:", "between the hidden units, before training:"])
    expect(numbersOf(stdout, before)[0], before).toBeLessThan(155); // three of four clouds, at best
  const [steps, right, of, byLine] = numbersOf(stdout, "after ");
  expect([steps, right, of, byLine]).toEqual([500, 200, 200, 200]);

  /** How far (0, 0) is from (1, 1), as a share of the distance between (0, 1) and (1, 0): centres of clouds. */
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
  expect(figures).toEqual(["hidden-space.svg"]);
}, 60_000);
