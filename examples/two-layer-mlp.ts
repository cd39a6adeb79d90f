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

/** Trains for 500 steps and reports the first, each 100th and the last. */
function train(model: nn.Module, report = (_step: number) => {}) {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  for (let step = 0; step < 500; step++) {
    if (step % 100 === 0) report(step);
    optimizer.zeroGrad();
    loss(model.forward(seen.x), labels).backward();
    optimizer.step();
  }
  report(500);
}
const right = (model: nn.Module) => model.forward(unseen.x).squeeze(1).gt(0).eq(unseen.y.bool()).sum().item();
const probability = (model: nn.Module) => (x: Tensor) => model.forward(x).sigmoid();

manualSeed(0);
const line = new nn.Linear(2, 1);
train(line);
console.log(`no hidden layer, right of 500: ${right(line)}`);

const panels: Record<string, (x: Tensor) => Tensor> = {};
for (const units of [1, 2, 3, 4, 8]) {
  manualSeed(0);
  const model = new MyTwoLayerMLP(2, units, 1);
  train(model);
  const size = model.parameters().reduce((sum, { numel }) => sum + numel, 0);
  console.log(`hidden units: ${units}, parameters: ${size}, right of 500: ${right(model)}`);
  panels[units === 1 ? "1 hidden unit" : `${units} hidden units`] = probability(model);
}
await plot.decisionBoundary("docs/figures/two-layer-mlp.svg", panels, seen.x, seen.y, {
  ...{ title: "Exclusive or, with more and more hidden units", xLabel: "x₁", yLabel: "x₂" },
  ...{ width: 1100, height: 860 },
});
