/** What the controls choose from, with the words that the page shows. Nothing here loads the library. */

export interface DataChoice {
  readonly title: string;
  readonly task: "classification" | "regression";
  /** `plane`: points of a plane, with derived features. `table`: rows of named columns. */
  readonly kind: "plane" | "table";
  readonly columns: readonly string[];
  readonly classes: readonly string[];
  /** What the plane shows: from `low` to `high` in both directions. A table shows what its rows need. */
  readonly low: number;
  readonly high: number;
  /** Whether noise and the number of points can be chosen. */
  readonly generated: boolean;
  /** Whether columns are scaled to mean 0 and deviation 1. */
  readonly scaled: boolean;
}

const points = {
  kind: "plane",
  columns: ["x₁", "x₂"],
  low: -6,
  high: 6,
  generated: true,
  scaled: false,
} as const;
const binary = { ...points, task: "classification", classes: ["orange", "blue"] } as const;
const corners = { ...binary, low: -0.5, high: 1.5, generated: false, classes: ["false", "true"] } as const;
const flowers = { kind: "table", task: "classification", low: -3, high: 3, generated: false } as const;

export const dataChoices = {
  circle: { ...binary, title: "Circle" },
  xor: { ...binary, title: "Exclusive or" },
  gaussian: { ...binary, title: "Two clouds" },
  spiral: { ...binary, title: "Spiral" },
  plane: { ...points, title: "Plane", task: "regression", classes: [] },
  multiGaussian: { ...points, title: "Hills and hollows", task: "regression", classes: [] },
  iris: {
    ...flowers,
    title: "Iris",
    columns: ["sepal length", "sepal width", "petal length", "petal width"],
    classes: ["setosa", "versicolor", "virginica"],
    scaled: true,
  },
  versicolor: {
    ...{ ...flowers, title: "Versicolor?", columns: ["petal length", "petal width"], scaled: false },
    ...{ classes: ["other irises", "versicolor"], low: 0, high: 7 },
  },
  and: { ...corners, title: "AND" },
  or: { ...corners, title: "OR" },
  corners: { ...corners, title: "XOR of bits" },
  file: { ...flowers, title: "Your CSV file", columns: [], classes: [], scaled: true },
} as const satisfies Record<string, DataChoice>;

export type DataName = keyof typeof dataChoices;

/** Features of a plane: the label, how TypeScript and PyTorch write them from `x1` and `x2`. */
export const planeFeatures = {
  x: { label: "x₁", code: "x1", python: "x1" },
  y: { label: "x₂", code: "x2", python: "x2" },
  xx: { label: "x₁²", code: "x1.square()", python: "x1**2" },
  yy: { label: "x₂²", code: "x2.square()", python: "x2**2" },
  xy: { label: "x₁x₂", code: "x1.mul(x2)", python: "x1 * x2" },
  sinx: { label: "sin x₁", code: "x1.sin()", python: "x1.sin()" },
  siny: { label: "sin x₂", code: "x2.sin()", python: "x2.sin()" },
} as const;

export type PlaneFeature = keyof typeof planeFeatures;

/** Activations by the name of their class, which TypeScript and PyTorch share, and as functions for drawing. */
export const activations: Record<ActivationName, (z: number) => number> = {
  Tanh: Math.tanh,
  ReLU: (z) => Math.max(0, z),
  Sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  Identity: (z) => z,
  LeakyReLU: (z) => (z > 0 ? z : 0.01 * z),
  ELU: (z) => (z > 0 ? z : Math.expm1(z)),
  SiLU: (z) => z / (1 + Math.exp(-z)),
  Softplus: (z) => Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))),
};
export const activationNames = [
  ...(["Tanh", "ReLU", "Sigmoid", "Identity", "LeakyReLU", "ELU", "SiLU", "Softplus"] as const),
];
export type ActivationName = (typeof activationNames)[number];

/** How weights begin: the words, and the call in `nn.init` (none: what nn.Linear does itself). */
export const initialisers = {
  default: { title: "as nn.Linear", call: "" },
  xavierUniform: { title: "Xavier uniform", call: "xavierUniform_(w)" },
  xavierNormal: { title: "Xavier normal", call: "xavierNormal_(w)" },
  kaimingUniform: { title: "Kaiming uniform", call: 'kaimingUniform_(w, { nonlinearity: "relu" })' },
  kaimingNormal: { title: "Kaiming normal", call: 'kaimingNormal_(w, { nonlinearity: "relu" })' },
  normal: { title: "normal, deviation 1", call: "normal_(w)" },
  small: { title: "uniform, ±0.05", call: "uniform_(w, -0.05, 0.05)" },
  zeros: { title: "zero", call: "zeros_(w)" },
} as const;
export type InitialiserName = keyof typeof initialisers;

export const regularizations = { none: "None", l1: "L1", l2: "L2" } as const;
export type Regularization = keyof typeof regularizations;
