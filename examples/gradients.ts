// Vanishing and exploding gradients: what is left of the error signal after twenty layers, by activation and by first weights.
import { manualSeed, nn, noGrad, optim, randint, randn, type Tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const [depth, width, samples] = [20, 64, 128];
const { init } = nn;
const activations = {
  sigmoid: (x: Tensor) => x.sigmoid(),
  tanh: (x: Tensor) => x.tanh(),
  ReLU: (x: Tensor) => x.relu(),
  ELU: (x: Tensor) => nn.functional.elu(x),
};
const starts: Record<string, (weight: nn.Parameter) => void> = {
  "normal, deviation 1": (weight) => init.normal(weight),
  "uniform, ±0.05": (weight) => init.uniform(weight, -0.05, 0.05),
  Xavier: (weight) => init.xavierNormal(weight),
  Kaiming: (weight) => init.kaimingNormal(weight, { nonlinearity: "relu" }),
};
type Activation = (x: Tensor) => Tensor;

class Deep extends nn.Module {
  layers = Array.from({ length: depth }, () => new nn.Linear(width, width));
  last = new nn.Linear(width, 10);
  /** Of the last forward: what goes into each activation, and what comes out. */
  #before: Tensor[] = [];
  #after: Tensor[] = [];

  constructor(readonly activation: Activation) {
    super();
    for (const { bias } of this.layers) init.zeros(bias!);
  }

  forward(x: Tensor): Tensor {
    [this.#before, this.#after] = [[], []];
    for (const layer of this.layers) {
      this.#before.push(layer.forward(x));
      x = this.activation(this.#before.at(-1)!);
      this.#after.push(x);
    }
    return this.last.forward(x);
  }

  /** The norm of the delta, the gradient of what goes into the activation, of every layer. */
  deltas(x: Tensor, y: Tensor): number[] {
    const output = this.forward(x);
    const norms = this.#before.map(() => 0);
    this.#before.forEach((h, i) => {
      h.registerHook((delta) => {
        norms[i] = delta.square().sum().sqrt().item();
      });
    });
    nn.functional.crossEntropy(output, y).backward();
    return norms;
  }

  /** Units that say nothing but 0, whatever the sample is: no gradient reaches their weights any more. */
  dead(x: Tensor): number {
    noGrad(() => this.forward(x));
    return this.#after.reduce((sum, a) => sum + a.abs().sum(0).eq(0).sum().item(), 0);
  }
}
