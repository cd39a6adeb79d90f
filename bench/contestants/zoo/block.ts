import { nn, type Tensor } from "simdgrad";

const { scaledDotProductAttention } = nn.functional;

export interface BlockOptions {
  causal: boolean;
  bias: boolean;
}

/**
 * A transformer's block with the normalization first: attention, then a hidden layer of four times the width.
 */
export class Block extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly qkv: nn.Linear;
  readonly proj: nn.Linear;
  readonly norm2: nn.LayerNorm;
  readonly up: nn.Linear;
  readonly down: nn.Linear;

  constructor(
    readonly width: number,
    readonly heads: number,
    readonly options: BlockOptions,
  ) {
    super();
    const { bias } = options;
    this.norm1 = new nn.LayerNorm(width, { bias });
    this.qkv = new nn.Linear(width, 3 * width, { bias });
    this.proj = new nn.Linear(width, width, { bias });
    this.norm2 = new nn.LayerNorm(width, { bias });
    this.up = new nn.Linear(width, 4 * width, { bias });
    this.down = new nn.Linear(4 * width, width, { bias });
  }

  attention(x: Tensor): Tensor {
    const [batch, length] = x.shape;
    const [q, k, v] = this.qkv
      .forward(x)
      .chunk(3, 2)
      .map((part) => part.reshape(batch, length, this.heads, this.width / this.heads).transpose(1, 2));
    const y = scaledDotProductAttention(q, k, v, { isCausal: this.options.causal });
    return this.proj.forward(y.transpose(1, 2).reshape(batch, length, this.width));
  }

  forward(given: Tensor): Tensor {
    const x = given.add(this.attention(this.norm1.forward(given)));
    return x.add(this.down.forward(nn.functional.gelu(this.up.forward(this.norm2.forward(x)))));
  }
}
