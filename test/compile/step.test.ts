import { describe, expect, test } from "vitest";
import { compile, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";

/** A network, its optimizer and a training step, made anew from one seed. */
function setup(seed: number, dropout: number) {
  manualSeed(seed);
  const model = new nn.Sequential(
    new nn.Linear(5, 7),
    new nn.ReLU(),
    new nn.Dropout(dropout),
    new nn.Linear(7, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const lossFn = new nn.CrossEntropyLoss();
  const step = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, optimizer, step };
}

const batch = (n: number) =>
  [randn([n, 5]), tensor(Int32Array.from({ length: n }, (_, i) => i % 3))] as const;
const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

describe("a compiled training step", () => {
  test("gives the bits of the eager one, with dropout, a last smaller batch and a changing learning rate", () => {
    const [eager, compiled] = [setup(3, 0.3), setup(3, 0.3)];
    const step = compile(compiled.step);
    let calls = 0;
    const counted = compile((x: Tensor, y: Tensor) => {
      calls++;
      return compiled.step(x, y);
    });
    manualSeed(11);
    const batches = [8, 8, 3, 8].map(batch);
    const run = (fn: (x: Tensor, y: Tensor) => Tensor, { optimizer }: typeof eager) => {
      manualSeed(5);
      return batches.map(([x, y], i) => {
        optimizer.paramGroups[0].lr = 0.05 / (i + 1);
        return fn(x, y);
      });
    };
    const losses = run(eager.step, eager);
    const replayed = run(step, compiled);
    expect(replayed.map(bits)).toEqual(losses.map(bits));
    expect(compiled.model.parameters().map(bits)).toEqual(eager.model.parameters().map(bits));
    expect(compiled.model.parameters().map((p) => bits(p.grad!))).toEqual(
      eager.model.parameters().map((p) => bits(p.grad!)),
    );
    expect(step.recordings).toBeLessThanOrEqual(4);
    for (const [x, y] of [...batches, ...batches]) counted(x, y);
    expect(calls).toBe(2 * counted.recordings);
  });
});
