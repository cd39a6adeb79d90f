/** A classifier of texts by the library's own transformer encoder, with its dropout. */
import { nn, noGrad, optim, randint, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class Classifier extends nn.Module {
  readonly tokens: nn.Embedding;
  readonly positions: nn.Parameter;
  readonly encoder: nn.TransformerEncoder;
  readonly head: nn.Linear;

  constructor({ vocabulary, layers, heads, width, hidden, length, classes }: Sizes) {
    super();
    this.tokens = new nn.Embedding(vocabulary, width);
    this.positions = new nn.Parameter(noGrad(() => randn([length, width]).mul(0.02)));
    const layer = new nn.TransformerEncoderLayer(width, heads, { dimFeedforward: hidden, batchFirst: true });
    this.encoder = new nn.TransformerEncoder(layer, layers);
    this.head = new nn.Linear(width, classes);
  }

  forward(x: Tensor): Tensor {
    const encoded = this.encoder.forward(this.tokens.forward(x).add(this.positions));
    return this.head.forward(encoded.mean(1));
  }
}

export const encoder: Network = {
  model: (sizes) => new Classifier(sizes),
  batch: ({ batch, length, vocabulary, classes }) => [
    randint(vocabulary, [batch, length]),
    randint(classes, [batch]),
  ],
  train: supervised(
    (model: Classifier, x, y) => nn.functional.crossEntropy(model.forward(x), y),
    (parameters) => new optim.Adam(parameters, { lr: 1e-3 }),
  ),
};
