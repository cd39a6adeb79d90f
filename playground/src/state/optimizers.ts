/** The optimizers, their settings and the defaults of the library (PyTorch's), for the controls and the code. */

export interface OptimizerSetting {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** The setting is true or false, kept as 1 or 0. */
  readonly flag?: boolean;
  /** The option is one of a pair: its name, and the position in it. */
  readonly pair?: readonly [name: string, position: 0 | 1];
}

const decay = { initial: 0, min: 0, max: 1 };
const share = (initial: number): OptimizerSetting => ({ initial, min: 0, max: 0.9999 });
const eps = (initial: number): OptimizerSetting => ({ initial, min: 0, max: 1 });
const flag: OptimizerSetting = { initial: 0, min: 0, max: 1, flag: true };
const betas = {
  beta1: { ...share(0.9), pair: ["betas", 0] },
  beta2: { ...share(0.999), pair: ["betas", 1] },
} as const;

export const optimizers = {
  SGD: { momentum: share(0), dampening: share(0), nesterov: flag, weightDecay: decay },
  Adam: { ...betas, eps: eps(1e-8), weightDecay: decay, amsgrad: flag },
  AdamW: { ...betas, eps: eps(1e-8), weightDecay: { ...decay, initial: 0.01 }, amsgrad: flag },
  RMSprop: {
    ...{ alpha: share(0.99), momentum: share(0), eps: eps(1e-8), centered: flag, weightDecay: decay },
  },
  Adagrad: {
    lrDecay: { initial: 0, min: 0, max: 1 },
    initialAccumulatorValue: { initial: 0, min: 0, max: 10 },
    ...{ eps: eps(1e-10), weightDecay: decay },
  },
  Adadelta: { rho: share(0.9), eps: eps(1e-6), weightDecay: decay },
  Adamax: { ...betas, eps: eps(1e-8), weightDecay: decay },
  NAdam: {
    ...{ ...betas, eps: eps(1e-8), momentumDecay: { initial: 4e-3, min: 0, max: 1 }, weightDecay: decay },
  },
  RAdam: { ...betas, eps: eps(1e-8), weightDecay: decay },
  Rprop: {
    etaMinus: { initial: 0.5, min: 0.01, max: 0.99, pair: ["etas", 0] },
    etaPlus: { initial: 1.2, min: 1.01, max: 10, pair: ["etas", 1] },
  },
} as const satisfies Record<string, Record<string, OptimizerSetting>>;

export type OptimizerName = keyof typeof optimizers;

/** The settings of an optimizer by name. */
export const settingsOf = (name: OptimizerName): Readonly<Record<string, OptimizerSetting>> =>
  optimizers[name];

/** Whether these values go together: Nesterov's momentum needs momentum, and no dampening. */
function together(name: string, values: Readonly<Record<string, number>>): boolean {
  return name !== "nesterov" || ((values["momentum"] ?? 0) > 0 && (values["dampening"] ?? 0) === 0);
}

/**
 * The options that the library's constructor gets beside `lr`: those that differ from its defaults. Pairs are
 * arrays, flags booleans.
 */
export function optionsOf(
  name: OptimizerName,
  values: Readonly<Record<string, number>>,
): Record<string, number | boolean | [number, number]> {
  const options: Record<string, number | boolean | [number, number]> = {};
  const all = settingsOf(name);
  for (const [key, setting] of Object.entries(all)) {
    const value = values[key] ?? setting.initial;
    if (value === setting.initial || !together(key, values)) continue;
    if (setting.pair === undefined) {
      options[key] = setting.flag ? value === 1 : value;
      continue;
    }
    const [pair, position] = setting.pair;
    options[pair] ??= Object.values(all)
      .filter((other) => other.pair?.[0] === pair)
      .map((other) => other.initial) as [number, number];
    (options[pair] as [number, number])[position] = value;
  }
  return options;
}
