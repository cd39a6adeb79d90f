/** LeNet-5 (LeCun et al., 1998), with full connections between its feature maps and cross-entropy. */
import { nn, optim, randint, randn } from "simdgrad";
import { type Network, supervised } from "./network.js";

const model = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 6, 5, { padding: 2 }),
    new nn.Tanh(),
    new nn.AvgPool2d(2),
    new nn.Conv2d(6, 16, 5),
    new nn.Tanh(),
    new nn.AvgPool2d(2),
    new nn.Flatten(),
    new nn.Linear(16 * 5 * 5, 120),
    new nn.Tanh(),
    new nn.Linear(120, 84),
    new nn.Tanh(),
    new nn.Linear(84, 10),
  );

export const lenet: Network = {
  model,
  batch: ({ batch }) => [randn([batch, 1, 28, 28]), randint(10, [batch])],
  train: supervised(
    (model: nn.Sequential, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.SGD(parameters, { lr: 0.01, momentum: 0.9 }),
  ),
};
