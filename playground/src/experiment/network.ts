/** The model and the optimizer of an experiment; code/typescript.ts writes the same calls as text. */
import { nn, noGrad, optim, type Tensor } from "simdgrad";
import type { ActivationName, InitialiserName } from "../state/choices.js";
import { type OptimizerName, optionsOf } from "../state/optimizers.js";
import type { Settings } from "../state/settings.js";

const activations: Record<ActivationName, () => nn.Module> = {
  Tanh: () => new nn.Tanh(),
  ReLU: () => new nn.ReLU(),
  Sigmoid: () => new nn.Sigmoid(),
  Identity: () => new nn.Identity(),
  LeakyReLU: () => new nn.LeakyReLU(),
  ELU: () => new nn.ELU(),
  SiLU: () => new nn.SiLU(),
  Softplus: () => new nn.Softplus(),
};

const initialise: Record<InitialiserName, ((w: Tensor) => unknown) | undefined> = {
  default: undefined,
  xavierUniform: (w) => nn.init.xavierUniform_(w),
  xavierNormal: (w) => nn.init.xavierNormal_(w),
  kaimingUniform: (w) => nn.init.kaimingUniform_(w, { nonlinearity: "relu" }),
  kaimingNormal: (w) => nn.init.kaimingNormal_(w, { nonlinearity: "relu" }),
  normal: (w) => nn.init.normal_(w),
  small: (w) => nn.init.uniform_(w, -0.05, 0.05),
  zeros: (w) => nn.init.zeros_(w),
};

const constructors: Record<OptimizerName, new (params: nn.Parameter[], options: object) => optim.Optimizer> =
  {
    ...{ SGD: optim.SGD, Adam: optim.Adam, AdamW: optim.AdamW, RMSprop: optim.RMSprop },
    ...{ Adagrad: optim.Adagrad, Adadelta: optim.Adadelta, Adamax: optim.Adamax, NAdam: optim.NAdam },
    ...{ RAdam: optim.RAdam, Rprop: optim.Rprop },
  } as never;

/** Layers of `inputs`, the hidden sizes and `outputs`: Linear, activation and Dropout by turns. */
export function makeModel(settings: Settings, inputs: number, outputs: number): nn.Sequential {
  const { hidden, activation, dropout, init } = settings;
  const sizes = [inputs, ...hidden, outputs];
  const layers: nn.Module[] = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    layers.push(new nn.Linear(sizes[i]!, sizes[i + 1]!));
    if (i === hidden.length) break;
    layers.push(activations[activation]());
    if (dropout > 0) layers.push(new nn.Dropout(dropout));
  }
  const model = new nn.Sequential(...layers);
  const set = initialise[init];
  if (set !== undefined)
    for (const w of model.parameters())
      if (w.ndim === 2) set(w);
      else nn.init.zeros_(w);
  return model;
}

export function makeOptimizer(settings: Settings, model: nn.Module): optim.Optimizer {
  const options = { lr: settings.lr, ...optionsOf(settings.optimizer, settings.options) };
  return new constructors[settings.optimizer](model.parameters(), options);
}

/** The penalty on the weights that is added to the loss: rate · Σ|w|, or rate / 2 · Σw². */
export function makePenalty({ penalty, rate }: Settings, model: nn.Module): (() => Tensor) | undefined {
  if (penalty === "none" || rate === 0) return undefined;
  const weights = model.parameters().filter((w) => w.ndim === 2);
  const size = penalty === "l1" ? (w: Tensor) => w.abs().sum() : (w: Tensor) => w.square().sum();
  const factor = penalty === "l1" ? rate : rate / 2;
  return () =>
    weights
      .map(size)
      .reduce((a, b) => a.add(b))
      .mul(factor);
}

/** Sets one element of a parameter. */
export function setElement(parameter: Tensor, index: number, value: number): void {
  noGrad(() => parameter.view(-1).narrow(0, index, 1).fill_(value));
}
