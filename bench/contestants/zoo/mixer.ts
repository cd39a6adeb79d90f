/** An MLP-Mixer (Tolstikhin et al., 2021) for small images: perceptrons over patches and over channels. */
import { nn, optim, randint, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

const perceptron = (width: number, hidden: number) =>
  new nn.Sequential(new nn.Linear(width, hidden), new nn.GELU(), new nn.Linear(hidden, width));

class Block extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly tokens: nn.Sequential;
  readonly norm2: nn.LayerNorm;
  readonly channels: nn.Sequential;

  constructor(patches: number, { width, tokens, channels }: Sizes) {
    super();
    this.norm1 = new nn.LayerNorm(width);
    this.tokens = perceptron(patches, tokens);
    this.norm2 = new nn.LayerNorm(width);
    this.channels = perceptron(width, channels);
  }

  forward(given: Tensor): Tensor {
    const mixed = this.tokens.forward(this.norm1.forward(given).transpose(1, 2)).transpose(1, 2);
    const x = given.add(mixed);
    return x.add(this.channels.forward(this.norm2.forward(x)));
  }
}

class Mixer extends nn.Module {
  readonly patches: nn.Conv2d;
  readonly blocks: nn.Sequential;
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear;

  constructor(sizes: Sizes) {
    super();
    const { layers, width, patch, size } = sizes;
    this.patches = new nn.Conv2d(3, width, patch, { stride: patch });
    const count = (size / patch) ** 2;
    this.blocks = new nn.Sequential(...Array.from({ length: layers }, () => new Block(count, sizes)));
    this.norm = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, 10);
  }

  forward(images: Tensor): Tensor {
    const x = this.patches.forward(images).flatten(2).transpose(1, 2);
    return this.head.forward(this.norm.forward(this.blocks.forward(x)).mean(1));
  }
}

export const mixer: Network = {
  model: (sizes) => new Mixer(sizes),
  batch: ({ batch, size }) => [randn([batch, 3, size, size]), randint(10, [batch])],
  train: supervised(
    (model: Mixer, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.AdamW(parameters, { lr: 1e-3, weightDecay: 0.1 }),
  ),
};
