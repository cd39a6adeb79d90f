import { expect, test } from "vitest";
import { runExample } from "./run.js";

test("Rosenblatt's perceptron converges, or cycles, and says which", async () => {
  const { stdout, figures } = await runExample("perceptron");
  expect(stdout).toMatch(/^AND converges: .*; says tensor\(\[0, 0, 0, 1\], dtype=int32\)$/m);
  expect(stdout).toMatch(/^OR converges: .*; says tensor\(\[0, 1, 1, 1\], dtype=int32\)$/m);
  expect(stdout).toMatch(/^XOR cycles: the weights of epoch \d+ are those of epoch \d+/m);
  expect(stdout).toMatch(/^two clouds: converges: .*; right for 100 of 100$/m);
  expect(figures).toEqual(["perceptron-mistakes.svg", "perceptron.svg"]);
}, 60_000);
