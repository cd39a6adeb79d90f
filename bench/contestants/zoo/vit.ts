/** A vision transformer (Dosovitskiy et al., 2021) for small images: patches, a class token, blocks. */
import { cat, nn, noGrad, optim, randint, randn, type Tensor, zeros } from "simdgrad";
import { Block } from "./block.js";
import { type Network, type Sizes, supervised } from "./network.js";

class Vit extends nn.Module {
  readonly patches: nn.Conv2d;
  readonly token: nn.Parameter;
  readonly positions: nn.Parameter;
  readonly blocks: nn.Sequential;
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear;

  constructor({ layers, heads, width, patch, size }: Sizes) {
    super();
    this.patches = new nn.Conv2d(3, width, patch, { stride: patch });
    this.token = new nn.Parameter(zeros([1, 1, width]));
    this.positions = new nn.Parameter(noGrad(() => randn([1, (size / patch) ** 2 + 1, width]).mul(0.02)));
    const options = { causal: false, bias: true };
    this.blocks = new nn.Sequential(
      ...Array.from({ length: layers }, () => new Block(width, heads, options)),
    );
    this.norm = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, 10);
  }

  forward(images: Tensor): Tensor {
    const patches = this.patches.forward(images).flatten(2).transpose(1, 2);
    const [batch, , width] = patches.shape;
    const x = cat([this.token.expand(batch, 1, width), patches], 1).add(this.positions);
    return this.head.forward(this.norm.forward(this.blocks.forward(x).select(1, 0)));
  }
}

export const vit: Network = {
  model: (sizes) => new Vit(sizes),
  batch: ({ batch, size }) => [randn([batch, 3, size, size]), randint(10, [batch])],
  train: supervised(
    (model: Vit, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.AdamW(parameters, { lr: 1e-3, weightDecay: 0.05 }),
  ),
};
