/** Keywords from raw audio by convolutions over time: the network M5 of Dai et al., 2017. */
import { nn, optim, randint, randn } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

const stage = (inputs: number, outputs: number, kernel: number, stride = 1) => [
  new nn.Conv1d(inputs, outputs, kernel, { stride }),
  new nn.BatchNorm1d(outputs),
  new nn.ReLU(),
  new nn.MaxPool1d(4),
];

const model = ({ width, classes }: Sizes) =>
  new nn.Sequential(
    ...stage(1, width, 80, 16),
    ...stage(width, width, 3),
    ...stage(width, 2 * width, 3),
    ...stage(2 * width, 2 * width, 3),
    new nn.AdaptiveAvgPool1d(1),
    new nn.Flatten(),
    new nn.Linear(2 * width, classes),
    new nn.LogSoftmax(1),
  );

export const m5: Network = {
  model,
  batch: ({ batch, samples, classes }) => [randn([batch, 1, samples]), randint(classes, [batch])],
  train: supervised(
    (model: nn.Sequential, x, y) => nn.functional.nllLoss(model.forward(x), y),
    (parameters) => new optim.Adam(parameters, { lr: 1e-3, weightDecay: 1e-4 }),
  ),
};
