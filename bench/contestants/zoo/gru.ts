/** A forecaster of time series: a GRU over the past, and all values of the future from its last state. */
import { nn, optim, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class Forecaster extends nn.Module {
  readonly gru: nn.GRU;
  readonly head: nn.Linear;

  constructor({ features, hidden, layers, horizon }: Sizes) {
    super();
    this.gru = new nn.GRU(features, hidden, { numLayers: layers, batchFirst: true });
    this.head = new nn.Linear(hidden, horizon);
  }

  forward(x: Tensor): Tensor {
    const [states] = this.gru.forward(x);
    return this.head.forward(states.select(1, -1));
  }
}

export const gru: Network = {
  model: (sizes) => new Forecaster(sizes),
  batch: ({ batch, length, features, horizon }) => [
    randn([batch, length, features]),
    randn([batch, horizon]),
  ],
  train: supervised(
    (model: Forecaster, x, y) => nn.functional.mseLoss(model.forward(x), y),
    (parameters) => new optim.Adam(parameters, { lr: 1e-3 }),
  ),
};
