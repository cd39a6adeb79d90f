/** ResNet-50 (He et al., 2016), with the stride in the 3 x 3 convolutions. */
import { nn, optim, randint, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

const conv = (inputs: number, outputs: number, kernel: number, stride = 1) => [
  new nn.Conv2d(inputs, outputs, kernel, { stride, padding: kernel >> 1, bias: false }),
  new nn.BatchNorm2d(outputs),
];

/** A narrow convolution between two of 1 x 1. */
class Bottleneck extends nn.Module {
  readonly body: nn.Sequential;
  readonly shortcut: nn.Sequential;

  constructor(inputs: number, width: number, stride: number) {
    super();
    const outputs = 4 * width;
    this.body = new nn.Sequential(
      ...conv(inputs, width, 1),
      new nn.ReLU(),
      ...conv(width, width, 3, stride),
      new nn.ReLU(),
      ...conv(width, outputs, 1),
    );
    this.shortcut = new nn.Sequential(...(inputs === outputs ? [] : conv(inputs, outputs, 1, stride)));
  }

  forward(x: Tensor): Tensor {
    return this.body.forward(x).add(this.shortcut.forward(x)).relu();
  }
}

function model(): nn.Module {
  const layers: nn.Module[] = [
    ...conv(3, 64, 7, 2),
    new nn.ReLU(),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
  ];
  let inputs = 64;
  for (const [stage, blocks] of [3, 4, 6, 3].entries())
    for (let i = 0; i < blocks; i++) {
      const width = 64 << stage;
      layers.push(new Bottleneck(inputs, width, stage > 0 && i === 0 ? 2 : 1));
      inputs = 4 * width;
    }
  layers.push(new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(inputs, 1000));
  return new nn.Sequential(...layers);
}

export const resnet50: Network<Sizes> = {
  model,
  batch: ({ batch, size }) => [randn([batch, 3, size, size]), randint(1000, [batch])],
  train: supervised(
    (model: nn.Sequential, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.SGD(parameters, { lr: 0.01, momentum: 0.9, weightDecay: 1e-4 }),
  ),
};
