/** A language model over characters by causal convolutions of growing dilation (Bai et al., 2018). */
import { nn, optim, randint, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class Level extends nn.Module {
  readonly conv1: nn.Conv1d;
  readonly conv2: nn.Conv1d;

  constructor(
    width: number,
    readonly dilation: number,
  ) {
    super();
    this.conv1 = new nn.Conv1d(width, width, 3, { dilation });
    this.conv2 = new nn.Conv1d(width, width, 3, { dilation });
  }

  /** Zeros before the first step, so that no step sees a later one. */
  causal(conv: nn.Conv1d, x: Tensor): Tensor {
    return conv.forward(nn.functional.pad(x, [2 * this.dilation, 0])).relu();
  }

  forward(x: Tensor): Tensor {
    return this.causal(this.conv2, this.causal(this.conv1, x)).add(x).relu();
  }
}

class Tcn extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly levels: nn.Sequential;
  readonly head: nn.Linear;

  constructor({ vocabulary, width, levels }: Sizes) {
    super();
    this.embedding = new nn.Embedding(vocabulary, width);
    this.levels = new nn.Sequential(
      ...Array.from({ length: levels }, (_, level) => new Level(width, 2 ** level)),
    );
    this.head = new nn.Linear(width, vocabulary);
  }

  forward(tokens: Tensor): Tensor {
    const x = this.levels.forward(this.embedding.forward(tokens).transpose(1, 2));
    return this.head.forward(x.transpose(1, 2));
  }
}

export const tcn: Network = {
  model: (sizes) => new Tcn(sizes),
  batch: ({ batch, length, vocabulary }) => [
    randint(vocabulary, [batch, length]),
    randint(vocabulary, [batch, length]),
  ],
  train: supervised(
    (model: Tcn, x, y) => nn.functional.crossEntropy(model.forward(x).flatten(0, 1), y.flatten()),
    (parameters) => new optim.Adam(parameters, { lr: 1e-3 }),
  ),
};
