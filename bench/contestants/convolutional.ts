/** A small convolutional network of simdgrad. */
import { nn, ones, type Tensor, zeros } from "simdgrad";

/** Batch normalization of images, composed of elementwise operations and sums; without running statistics. */
class BatchNorm extends nn.Module {
  readonly weight: nn.Parameter;
  readonly bias: nn.Parameter;
  constructor(channels: number) {
    super();
    this.weight = new nn.Parameter(ones([channels, 1, 1]));
    this.bias = new nn.Parameter(zeros([channels, 1, 1]));
  }
  forward(x: Tensor): Tensor {
    const dims = [0, 2, 3];
    const centred = x.sub(x.mean(dims, { keepdim: true }));
    const variance = centred.square().mean(dims, { keepdim: true });
    return centred.mul(variance.add(1e-5).rsqrt().mul(this.weight)).add(this.bias);
  }
}

/** 3x3 convolutions, each with batch normalization, ReLU and halving, then a linear layer. */
export function convolutional(channels: readonly number[], size: number, classes: number): nn.Module {
  const layers: nn.Module[] = [];
  for (let i = 0; i + 1 < channels.length; i++) {
    const [inputs, outputs] = [channels[i], channels[i + 1]];
    layers.push(new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }), new BatchNorm(outputs));
    layers.push(new nn.ReLU(), new nn.MaxPool2d(2));
  }
  const left = size >> (channels.length - 1);
  const features = channels[channels.length - 1] * left * left;
  return new nn.Sequential(...layers, new nn.Flatten(), new nn.Linear(features, classes));
}
