/** A decoder that predicts the next token (Radford et al., 2019): the head shares the table of the tokens. */
import { arange, nn, noGrad, optim, randint, type Tensor } from "simdgrad";
import { Block } from "./block.js";
import { type Network, supervised } from "./network.js";

export interface GptSizes {
  [name: string]: number;
  layers: number;
  heads: number;
  width: number;
  length: number;
  /** Positions that there are; as many as `length` or more. */
  context: number;
  batch: number;
  vocabulary: number;
  /** 1 if linear layers and normalizations have biases. */
  bias: number;
}

export class Gpt extends nn.Module {
  readonly tokens: nn.Embedding;
  readonly positions: nn.Embedding;
  readonly blocks: nn.ModuleList;
  readonly norm: nn.LayerNorm;

  constructor({ layers, heads, width, context, vocabulary, bias }: GptSizes) {
    super();
    this.tokens = new nn.Embedding(vocabulary, width);
    this.positions = new nn.Embedding(context, width);
    const options = { causal: true, bias: bias === 1 };
    this.blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block(width, heads, options)));
    this.norm = new nn.LayerNorm(width, { bias: bias === 1 });
    noGrad(() => {
      for (const table of [this.tokens, this.positions]) table.weight.mul_(0.02);
    });
  }

  forward(tokens: Tensor): Tensor {
    const positions = this.positions.forward(arange(tokens.shape[1], { dtype: "int32" }));
    let x = this.tokens.forward(tokens).add(positions);
    for (const block of this.blocks) x = (block as Block).forward(x);
    return nn.functional.linear(this.norm.forward(x), this.tokens.weight);
  }
}

export const gpt: Network<GptSizes> = {
  model: (sizes) => new Gpt(sizes),
  batch: ({ batch, length, vocabulary }) => [
    randint(vocabulary, [batch, length]),
    randint(vocabulary, [batch, length]),
  ],
  train: supervised(
    (model: Gpt, x, y) => nn.functional.crossEntropy(model.forward(x).flatten(0, 1), y.flatten()),
    (parameters) => new optim.AdamW(parameters, { lr: 1e-3, weightDecay: 0.1 }),
  ),
};
