/** A residual network for images of 32 x 32 with 6n + 2 layers (He et al., 2016): n = 3 is ResNet-20. */
import { nn, optim, randint, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

const conv = (inputs: number, outputs: number, kernel: number, stride = 1) =>
  new nn.Conv2d(inputs, outputs, kernel, { stride, padding: kernel >> 1, bias: false });

class Block extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.BatchNorm2d;
  /** Brings x to the shape of the sum, where it has another. */
  readonly shortcut: nn.Module;

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = conv(inputs, outputs, 3, stride);
    this.bn1 = new nn.BatchNorm2d(outputs);
    this.conv2 = conv(outputs, outputs, 3);
    this.bn2 = new nn.BatchNorm2d(outputs);
    this.shortcut =
      inputs === outputs
        ? new nn.Identity()
        : new nn.Sequential(conv(inputs, outputs, 1, stride), new nn.BatchNorm2d(outputs));
  }

  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    return this.bn2.forward(this.conv2.forward(inner)).add(this.shortcut.forward(x)).relu();
  }
}

function resnet20({ blocks, width }: Sizes): nn.Module {
  const layers: nn.Module[] = [conv(3, width, 3), new nn.BatchNorm2d(width), new nn.ReLU()];
  let inputs = width;
  for (const [stage, outputs] of [width, 2 * width, 4 * width].entries())
    for (let i = 0; i < blocks; i++) {
      layers.push(new Block(inputs, outputs, stage > 0 && i === 0 ? 2 : 1));
      inputs = outputs;
    }
  layers.push(new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(inputs, 10));
  return new nn.Sequential(...layers);
}

export const resnet: Network = {
  model: resnet20,
  batch: ({ batch }) => [randn([batch, 3, 32, 32]), randint(10, [batch])],
  train: supervised(
    (model: nn.Sequential, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.SGD(parameters, { lr: 0.01, momentum: 0.9, weightDecay: 1e-4 }),
  ),
};
