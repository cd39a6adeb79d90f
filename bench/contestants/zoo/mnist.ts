/** The network of PyTorch's MNIST example: two convolutions, dropout, two linear layers, Adadelta. */
import { nn, optim, randint, randn } from "simdgrad";
import { type Network, supervised } from "./network.js";

const model = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 32, 3),
    new nn.ReLU(),
    new nn.Conv2d(32, 64, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Dropout(0.25),
    new nn.Flatten(),
    new nn.Linear(64 * 12 * 12, 128),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(128, 10),
    new nn.LogSoftmax(1),
  );

export const mnist: Network = {
  model,
  batch: ({ batch }) => [randn([batch, 1, 28, 28]), randint(10, [batch])],
  train: supervised(
    (model: nn.Sequential, x, y) => nn.functional.nllLoss(model.forward(x), y),
    (parameters) => new optim.Adadelta(parameters, { lr: 1 }),
  ),
};
