// Ten optimizers on the same problem: three species of iris, features as they were measured, no randomness.
import { data, nn, optim } from "simdgrad";
import * as plot from "simdgrad/plot";

const { x, y } = data.iris();
type Weights = nn.Parameter[];
const optimizers: Record<string, (weights: Weights) => optim.Optimizer<any>> = {
  SGD: (weights) => new optim.SGD(weights, { lr: 0.05 }),
  momentum: (weights) => new optim.SGD(weights, { lr: 0.05, momentum: 0.9 }),
  Nesterov: (weights) => new optim.SGD(weights, { lr: 0.05, momentum: 0.9, nesterov: true }),
  Adagrad: (weights) => new optim.Adagrad(weights, { lr: 0.3 }),
  RMSprop: (weights) => new optim.RMSprop(weights, { lr: 0.02 }),
  Adadelta: (weights) => new optim.Adadelta(weights, { lr: 10 }),
  Adam: (weights) => new optim.Adam(weights, { lr: 0.1 }),
  AdamW: (weights) => new optim.AdamW(weights, { lr: 0.1, weightDecay: 0.1 }),
  Adamax: (weights) => new optim.Adamax(weights, { lr: 0.1 }),
  NAdam: (weights) => new optim.NAdam(weights, { lr: 0.1 }),
};

// No bias: with classes of the same size its gradient is zero at the start, and optimizers that divide each
// gradient by its size would take a full step along rounding errors.
const curves: Record<string, number[]> = {};
for (const [name, make] of Object.entries(optimizers)) {
  const model = new nn.Linear(4, 3, { bias: false });
  nn.init.zeros(model.weight);
  const optimizer = make(model.parameters());
  const losses: number[] = [];
  for (let step = 0; step < 100; step++) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model.forward(x), y);
    losses.push(loss.item());
    loss.backward();
    optimizer.step();
  }
  curves[name] = losses;
  const after = [0, 1, 9, 49, 99].map((step) => losses[step].toFixed(4));
  console.log(name.padEnd(10), ...after);
}
await plot.curves("optimizers.svg", curves, {
  ...{ title: "Ten optimizers on iris", xLabel: "step", yLabel: "cross-entropy", yRange: [0.1, 1.6] },
  ...{ logY: true, width: 1200, height: 760 },
});
