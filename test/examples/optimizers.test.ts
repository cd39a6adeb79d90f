import { expect, test } from "vitest";
import { load } from "../fixtures/pytorch/read.js";
import { numbersOf, runExample } from "./run.js";

test("the losses of ten optimizers are PyTorch's", async () => {
  const { runs } = load<{ runs: { name: string; losses: number[] }[] }>("optimizers");
  const { stdout, figures } = await runExample("optimizers");
  for (const { name, losses } of runs) {
    const printed = numbersOf(stdout, `${name} `); // SGD is no beginning of another, Adam is
    for (const [i, step] of [0, 1, 9, 49, 99].entries())
      expect(Math.abs(printed[i] - losses[step]), `${name}, step ${step}`).toBeLessThan(0.00007);
  }
  expect(figures).toEqual(["optimizers.svg"]);
}, 120_000);
