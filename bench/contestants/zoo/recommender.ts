/** Click prediction: a table for each categorical feature, then a perceptron over the rows side by side. */
import { cat, nn, optim, rand, randint, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class Recommender extends nn.Module {
  readonly tables: nn.ModuleList;
  readonly mlp: nn.Sequential;

  constructor({ features, rows, width, hidden }: Sizes) {
    super();
    this.tables = new nn.ModuleList(Array.from({ length: features }, () => new nn.Embedding(rows, width)));
    this.mlp = new nn.Sequential(
      new nn.Linear(features * width, hidden),
      new nn.ReLU(),
      new nn.Linear(hidden, 1),
    );
  }

  /** x: [batch, features], a row of each table. */
  forward(x: Tensor): Tensor {
    const found = [...this.tables].map((table, i) => (table as nn.Embedding).forward(x.select(1, i)));
    return this.mlp.forward(cat(found, 1)).squeeze(1);
  }
}

export const recommender: Network = {
  model: (sizes) => new Recommender(sizes),
  batch: ({ batch, features, rows }) => [
    randint(rows, [batch, features]),
    rand([batch]).lt(0.3).to("float32"),
  ],
  train: supervised(
    (model: Recommender, x, y) => nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y),
    (parameters) => new optim.SGD(parameters, { lr: 0.1 }),
  ),
};
