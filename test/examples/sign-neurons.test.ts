import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("AND of lines is a polygon, OR of polygons is an arrow; signs have no gradient", async () => {
  const { stdout, figures } = await runExample("sign-neurons");
  // A rectangle of 1 by 0.5, a triangle of height 0.9 and base 1.4, both less the 0.1 by 0.5 that they share.
  for (const [name, area] of [
    ["shaft", 0.5],
    ["head", 0.63],
    ["arrow", 0.5 + 0.63 - 0.05],
  ] as const) {
    const [inside, of] = numbersOf(stdout, `${name}: `);
    expect(of).toBe(100_000);
    // Four standard errors of a share of 100,000 points.
    const share = area / 4;
    expect(Math.abs(inside! / of! - share), name).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / of!));
  }
  expect(numbersOf(stdout, "sum of the absolute gradients:")).toEqual([0]);
  expect(figures).toEqual(["sign-neurons-network.svg", "sign-neurons.svg"]);
}, 60_000);
