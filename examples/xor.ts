// The smallest network that cannot be replaced by a straight line: exclusive or.
import { manualSeed, nn, noGrad, optim, tensor } from "simdgrad";

manualSeed(0);
const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [0]]);

const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1));
const lossFn = new nn.BCEWithLogitsLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });

for (let step = 1; step <= 200; step++) {
  optimizer.zeroGrad();
  const loss = lossFn.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  if (step % 50 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`);
}
console.log(noGrad(() => model.forward(x).sigmoid().round()));
