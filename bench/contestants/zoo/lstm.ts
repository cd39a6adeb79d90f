/** A language model over characters: an embedding, an LSTM, and the next character at every step. */
import { nn, optim, randint, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class CharacterModel extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly lstm: nn.LSTM;
  readonly head: nn.Linear;

  constructor({ vocabulary, width, hidden }: Sizes) {
    super();
    this.embedding = new nn.Embedding(vocabulary, width);
    this.lstm = new nn.LSTM(width, hidden, { batchFirst: true });
    this.head = new nn.Linear(hidden, vocabulary);
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.lstm.forward(this.embedding.forward(x))[0]);
  }
}

export const lstm: Network = {
  model: (sizes) => new CharacterModel(sizes),
  batch: ({ batch, length, vocabulary }) => [
    randint(vocabulary, [batch, length]),
    randint(vocabulary, [batch, length]),
  ],
  train: supervised(
    (model: CharacterModel, x, y) => nn.functional.crossEntropy(model.forward(x).flatten(0, 1), y.flatten()),
    (parameters) => new optim.Adam(parameters, { lr: 2e-3 }),
  ),
};
