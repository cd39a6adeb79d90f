/**
 * The run of examples/optimizers.ts, over 100 steps, against PyTorch in float32: no step is further away than
 * 1e-5.
 */
import { expect, it } from "vitest";
import { data, nn, optim, type Tensor } from "../../src/index.js";
import { expectClose } from "../close.js";
import { load } from "../fixtures/pytorch/read.js";

interface Run {
  name: string;
  optimizer: "SGD" | "Adam";
  options: object;
  losses: number[];
  /** After every tenth step. */
  weights: number[][];
}
type Make = new (params: Iterable<Tensor>, options: object) => optim.Optimizer<any>;

const { runs } = load<{ runs: Run[] }>("optimizers");
const { x, y } = data.iris();
const near = { rtol: 1e-5, atol: 1e-5 };

it.each(runs)("$name", ({ optimizer: kind, options, losses, weights }) => {
  const model = new nn.Linear(4, 3, { bias: false });
  nn.init.zeros(model.weight);
  const optimizer = new (optim[kind] as Make)(model.parameters(), options);
  const found: number[] = [];
  for (let step = 0; step < 100; step++) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model.forward(x), y);
    found.push(loss.item());
    loss.backward();
    optimizer.step();
    const after = weights[(step - 9) / 10];
    if (after !== undefined)
      expectClose(Array.from(model.weight.data), after, near, `weights after step ${step + 1}`);
  }
  expectClose(found, losses, near, "losses");
});

it("has all ten, each with a run of its own", () => {
  expect(new Set(runs.map(({ losses }) => losses[99])).size).toBe(10);
});
