// A network as a class of its own: two layers, trained step by step, with one to eight hidden units.
import { data, manualSeed, nn, optim, type Tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const loss = nn.functional.binaryCrossEntropyWithLogits;

class MyTwoLayerMLP extends nn.Module {
  hidden: nn.Linear;
  out: nn.Linear;

  constructor(inputs: number, units: number, outputs: number) {
    super();
    this.hidden = new nn.Linear(inputs, units);
    this.out = new nn.Linear(units, outputs);
  }

  forward(x: Tensor): Tensor {
    return this.out.forward(this.hidden.forward(x).tanh());
  }
}

const points = (n: number, seed: number) => data.playground.xor({ n, noise: 0.1, seed });
const [seen, unseen] = [points(300, 1), points(500, 2)];
const labels = seen.y.float().unsqueeze(1);

const adam = (model: nn.Module) => new optim.Adam(model.parameters(), { lr: 0.02 });
function train(model: nn.Module, steps: number, optimizer = adam(model)) {
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    loss(model.forward(seen.x), labels).backward();
    optimizer.step();
  }
}
const right = (model: nn.Module) => model.forward(unseen.x).squeeze(1).gt(0).eq(unseen.y.bool()).sum().item();
const probability = (model: nn.Module) => (x: Tensor) => model.forward(x).sigmoid();

manualSeed(0);
const line = new nn.Linear(2, 1);
train(line, 500);
console.log(`no hidden layer, right of 500: ${right(line)}`);

const axes = { xLabel: "x₁", yLabel: "x₂" };
const wide = { inputShape: [2], height: 360 };
const panels: Record<string, (x: Tensor) => Tensor> = {};
for (const units of [1, 2, 3, 4, 8]) {
  manualSeed(0);
  const model = new MyTwoLayerMLP(2, units, 1);
  if (units === 4)
    await plot.network("two-layer-mlp-before.svg", model, { title: "Before training", ...wide });
  train(model, 500);
  if (units === 4)
    await plot.network("two-layer-mlp-after.svg", model, { title: "After 500 steps", ...wide });
  const size = model.parameters().reduce((sum, { numel }) => sum + numel, 0);
  console.log(`hidden units: ${units}, parameters: ${size}, right of 500: ${right(model)}`);
  panels[units === 1 ? "1 hidden unit" : `${units} hidden units`] = probability(model);
}
const together = {
  title: "Exclusive or, with more and more hidden units",
  width: 1100,
  height: 860,
  ...axes,
};
await plot.decisionBoundary("two-layer-mlp.svg", panels, seen.x, seen.y, together);

// Four units once more, slowly.
manualSeed(0);
const model = new MyTwoLayerMLP(2, 4, 1);
const optimizer = adam(model);
let done = 0;
const frames = [0, 5, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 400, 500];
await plot.animation("two-layer-mlp-steps.svg", frames, async (path, step) => {
  train(model, step - done, optimizer);
  done = step;
  const title = `step ${step}: ${right(model)} of 500 right`;
  const size = { resolution: 50, equalAspect: true, width: 640, height: 640 };
  await plot.decisionBoundary(path, probability(model), seen.x, seen.y, { title, ...axes, ...size });
});
