import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("shortcuts let two hidden neurons compute the parity of three bits; deltas by hand are autograd's", async () => {
  const { stdout } = await runExample("neuron-graph");
  const right = (graph: string) => numbersOf(stdout, `${graph}: of 8 rows right, from ten starts:`);
  const layered = right("layered");
  expect(layered).toHaveLength(10);
  expect(Math.max(...layered)).toBeLessThan(8);
  const all = right("dense");
  expect(all).toHaveLength(10);
  expect(all.filter((rows) => rows === 8).length).toBeGreaterThanOrEqual(8);
  // The graph names `out` first and `b` before `a`, which `b` reads.
  expect(stdout).toContain("in the order a, b, out\n");
  const [gap] = numbersOf(stdout, "deltas by hand and by autograd differ by at most");
  expect(gap).toBeLessThan(1e-7); // float32
}, 60_000);
