/** The settings of an experiment: everything that its numbers follow from. */
import {
  type ActivationName,
  activationNames,
  type DataName,
  dataChoices,
  type InitialiserName,
  initialisers,
  planeFeatures,
  type Regularization,
  regularizations,
} from "./choices.js";
import { type OptimizerName, optimizers, settingsOf } from "./optimizers.js";

/** A number set by hand: from `epoch` on, element `index` of a parameter (or the learning rate) is `value`. */
export interface Change {
  readonly epoch: number;
  /** `0.weight`, `2.bias`, or `lr`. */
  readonly name: string;
  readonly index: number;
  readonly value: number;
}

export interface Settings {
  readonly data: DataName;
  readonly points: number;
  readonly noise: number;
  /** Percent of the points that train the network; the others test it. */
  readonly share: number;
  readonly dataSeed: number;
  /** Keys of `planeFeatures`, or positions of columns. */
  readonly inputs: readonly string[];
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly init: InitialiserName;
  readonly dropout: number;
  readonly seed: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  readonly lr: number;
  /** Settings of the optimizer that differ from the library's defaults. */
  readonly options: Readonly<Record<string, number>>;
  readonly penalty: Regularization;
  readonly rate: number;
  /** Epochs without a better test loss after which training stops; 0: never. */
  readonly patience: number;
  readonly changes: readonly Change[];
}

export const initial: Settings = {
  ...{ data: "circle", points: 500, noise: 0, share: 50, dataSeed: 1, inputs: ["x", "y"] },
  ...{ hidden: [4, 2], activation: "Tanh", init: "default", dropout: 0, seed: 1, batch: 10 },
  ...{ optimizer: "SGD", lr: 0.03, options: {}, penalty: "none", rate: 0.003, patience: 0, changes: [] },
};

export const limits = {
  points: { min: 10, max: 2000, integer: true },
  noise: { min: 0, max: 0.5 },
  share: { min: 10, max: 90, integer: true },
  dataSeed: { min: 0, max: 999_999, integer: true },
  dropout: { min: 0, max: 0.9 },
  seed: { min: 0, max: 999_999, integer: true },
  batch: { min: 1, max: 2000, integer: true },
  lr: { min: 0.00001, max: 100 },
  rate: { min: 0, max: 10 },
  patience: { min: 0, max: 10_000, integer: true },
} as const satisfies Partial<Record<keyof Settings, { min: number; max: number; integer?: boolean }>>;
export type NumberKey = keyof typeof limits;

export const mostLayers = 6;
export const mostUnits = 32;
/** Columns of a table that can be inputs. */
export const mostColumns = 64;

export const words = {
  data: Object.keys(dataChoices),
  activation: activationNames as readonly string[],
  init: Object.keys(initialisers),
  optimizer: Object.keys(optimizers),
  penalty: Object.keys(regularizations),
} as const;
export type WordKey = keyof typeof words;

export const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

/** The nearest valid number of a setting. */
export function nearestNumber(key: NumberKey, value: number): number {
  const { min, max, integer } = limits[key] as { min: number; max: number; integer?: boolean };
  if (Number.isNaN(value)) return initial[key];
  const inside = clamp(value, min, max);
  return integer ? Math.round(inside) : inside;
}

/** The features that a data set begins with. */
export function firstInputs(data: DataName): string[] {
  const { kind, columns } = dataChoices[data];
  return kind === "plane" ? ["x", "y"] : columns.map((_, i) => String(i));
}

/** Whether a feature belongs to a data set; the columns of a file are not known here. */
export function isInput(data: DataName, input: string): boolean {
  if (dataChoices[data].kind === "plane") return Object.hasOwn(planeFeatures, input);
  const columns = data === "file" ? mostColumns : dataChoices[data].columns.length;
  return /^\d+$/.test(input) && Number(input) < columns;
}

/** The settings with a change of one of them, and with what has to follow from it. */
export function changed<Key extends keyof Settings>(
  settings: Settings,
  key: Key,
  value: Settings[Key],
): Settings {
  const next = { ...settings, [key]: value };
  if (key === "data") {
    const same = dataChoices[next.data].kind === "plane" && dataChoices[settings.data].kind === "plane";
    return { ...next, inputs: same ? settings.inputs : firstInputs(next.data), changes: [] };
  }
  // Weights set by hand belong to a network of one shape.
  if (key === "hidden" || key === "inputs" || key === "dropout") return { ...next, changes: [] };
  if (key === "optimizer") {
    const known = settingsOf(next.optimizer);
    const options = Object.entries(settings.options).filter(([name]) => Object.hasOwn(known, name));
    return { ...next, options: Object.fromEntries(options) };
  }
  return next;
}

/** The settings from which a run starts again: what was set by hand before the first epoch stays. */
export const restarted = (settings: Settings): Settings => ({
  ...settings,
  changes: settings.changes.filter(({ epoch }) => epoch === 0),
});
