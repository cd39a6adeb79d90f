/** What a training run is made of: its data, and modules that connect layers in any way. */
import { nn, type optim, randint, randn, type Tensor } from "../../src/index.js";

/** One training run: `loss(model(x), y)` over batches of `batch` samples, minimized by `optimizer`. */
export interface Network {
  name: string;
  /** Inputs and targets of `samples` samples. */
  data(samples: number): [x: Tensor, y: Tensor];
  model(): nn.Module;
  optimizer(parameters: nn.Parameter[]): optim.Optimizer<any>;
  loss(output: Tensor, target: Tensor, model: nn.Module): Tensor;
  batch: number;
}

/** A module of some layers; `forward` says how they are connected. */
export class Wired<Layers extends Record<string, nn.Module>> extends nn.Module {
  constructor(
    readonly layers: Layers,
    readonly wiring: (layers: Layers, x: Tensor) => Tensor,
  ) {
    super();
    Object.assign(this, layers);
  }
  forward(x: Tensor): Tensor {
    return this.wiring(this.layers, x);
  }
}
export const wired = <Layers extends Record<string, nn.Module>>(
  layers: Layers,
  forward: (layers: Layers, x: Tensor) => Tensor,
) => new Wired(layers, forward);
export const sequence = (...layers: nn.Module[]) => new nn.Sequential(...layers);

export const classes = (count: number) => (samples: number) => randint(0, count, [samples]);
export const numbers =
  (...shape: number[]) =>
  (samples: number) =>
    randn([samples, ...shape]);
export const words =
  (vocabulary: number, length: number) =>
  (samples: number): Tensor =>
    randint(0, vocabulary, [samples, length]);
export const pairs =
  (x: (samples: number) => Tensor, y: (samples: number) => Tensor) =>
  (samples: number): [Tensor, Tensor] => [x(samples), y(samples)];
