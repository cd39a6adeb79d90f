import { expect, test } from "vitest";
import { compile, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";

function setup() {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Conv2d(2, 6, 3, { padding: 1, paddingMode: "circular" }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(6, 4, 3, { padding: "same", groups: 2 }),
    new nn.AvgPool2d(3, { stride: 2, padding: 1 }),
    new nn.ConvTranspose2d(4, 3, 2, { stride: 2 }),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
  );
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const lossFn = new nn.CrossEntropyLoss();
  const step = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

test("a compiled step of a convolutional network gives the bits of the eager one", () => {
  const [eager, replayed] = [setup(), setup()];
  const step = compile(replayed.step);
  for (const n of [4, 4, 4, 2, 4]) {
    const x = randn([n, 2, 8, 6]);
    const y = tensor(Int32Array.from({ length: n }, (_, i) => i % 3));
    expect(bits(step(x, y))).toEqual(bits(eager.step(x, y)));
  }
  expect(replayed.model.parameters().map(bits)).toEqual(eager.model.parameters().map(bits));
  expect(step.recordings).toBeLessThanOrEqual(2);
});
