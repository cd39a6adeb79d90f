/** A variational autoencoder of digits (Kingma and Welling, 2014). Its noise is drawn in training only. */
import { nn, optim, rand, randnLike, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

class Autoencoder extends nn.Module {
  readonly encoder: nn.Linear;
  readonly mean: nn.Linear;
  /** The logarithm of the variance. */
  readonly spread: nn.Linear;
  readonly decoder1: nn.Linear;
  readonly decoder2: nn.Linear;

  constructor({ inputs, hidden, latent }: Sizes) {
    super();
    this.encoder = new nn.Linear(inputs, hidden);
    this.mean = new nn.Linear(hidden, latent);
    this.spread = new nn.Linear(hidden, latent);
    this.decoder1 = new nn.Linear(latent, hidden);
    this.decoder2 = new nn.Linear(hidden, inputs);
  }

  forward(x: Tensor): [probabilities: Tensor, mean: Tensor, logVariance: Tensor] {
    const h = this.encoder.forward(x).relu();
    const [mean, logVariance] = [this.mean.forward(h), this.spread.forward(h)];
    const z = this.training ? mean.add(logVariance.mul(0.5).exp().mul(randnLike(mean))) : mean;
    const y = this.decoder2.forward(this.decoder1.forward(z).relu()).sigmoid();
    return [y, mean, logVariance];
  }
}

function loss(model: Autoencoder, x: Tensor): Tensor {
  const [y, mean, logVariance] = model.forward(x);
  const divergence = logVariance.add(1).sub(mean.square()).sub(logVariance.exp()).sum().mul(-0.5);
  return nn.functional.binaryCrossEntropy(y, x, { reduction: "sum" }).add(divergence);
}

export const vae: Network = {
  model: (sizes) => new Autoencoder(sizes),
  batch: ({ batch, inputs }) => [rand([batch, inputs])],
  train: supervised(loss, (parameters) => new optim.Adam(parameters, { lr: 1e-3 })),
};
