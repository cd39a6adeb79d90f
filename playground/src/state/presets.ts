/** Experiments to begin with; the lessons of the course open them, too (docs/course). */
import { type Change, changed, initial, type Settings } from "./settings.js";

export interface Preset {
  readonly title: string;
  readonly about: string;
  readonly settings: Settings;
}

/** Settings with these differences, in the order in which they depend on each other. */
function withThese(differences: Partial<Settings>): Settings {
  const { data = initial.data, ...rest } = differences;
  return { ...changed(initial, "data", data), ...rest };
}

/** Weights and biases set by hand, layer by layer: a row for each unit, its bias last. */
function byHand(layers: readonly (readonly (readonly number[])[])[]): Change[] {
  return layers.flatMap((units, layer) =>
    units.flatMap((numbers, unit) =>
      numbers.map((value, i): Change => {
        const weights = numbers.length - 1;
        const [kind, index] = i < weights ? ["weight", unit * weights + i] : ["bias", unit];
        return { epoch: 0, name: `${2 * layer}.${kind}`, index: index as number, value };
      }),
    ),
  );
}

const sigmoid = { activation: "Sigmoid", batch: 4 } as const;
const adam = { optimizer: "Adam", lr: 0.01 } as const;
const course = { ...adam, noise: 0.1, batch: 30 } as const;

export const presets: Record<string, Preset> = {
  circle: {
    ...{ title: "Circle, 4 + 2 units", about: "The state that the page begins with.", settings: initial },
  },
  logistic: {
    title: "Logistic regression",
    about: "No hidden layer: the network draws a line, which is enough for two clouds.",
    settings: withThese({ data: "gaussian", hidden: [], noise: 0.1 }),
  },
  one: {
    title: "One neuron on sliders",
    about: "Larger weights make it steeper, at the same line.",
    settings: withThese({ data: "or", hidden: [], ...sigmoid, changes: byHand([[[1, 1, -0.5]]]) }),
  },
  and: {
    title: "AND by hand",
    about: "w = (7, 7), b = −9: one neuron.",
    settings: withThese({ data: "and", hidden: [], ...sigmoid, changes: byHand([[[7, 7, -9]]]) }),
  },
  or: {
    title: "OR by hand",
    about: "The same weights, b = −5: the line moves.",
    settings: withThese({ data: "or", hidden: [], ...sigmoid, changes: byHand([[[7, 7, -5]]]) }),
  },
  xor: {
    title: "XOR by hand",
    about: "Two lines, and a neuron that combines them: OR of (−7, 7) and (7, −7).",
    settings: withThese({
      ...{ data: "corners", hidden: [2], ...sigmoid },
      changes: byHand([
        [
          [-7, 7, -3],
          [7, -7, -3],
        ],
        [[7, 7, -5]],
      ]),
    }),
  },
  versicolor: {
    title: "Versicolor by hand",
    about: "Two lines cut versicolor out between the other irises; AND combines them: 145 of 150 are right.",
    settings: withThese({
      ...{ data: "versicolor", hidden: [2], activation: "Sigmoid", optimizer: "Adam", lr: 0.003, batch: 15 },
      changes: byHand([
        [
          [-7, -5, 41],
          [4, -5, -8],
        ],
        [[7, 7, -9]],
      ]),
    }),
  },
  twenty: {
    title: "20 + 1 on a circle",
    about: "One layer of twenty units fits every boundary here.",
    settings: withThese({ data: "circle", hidden: [20], ...course }),
  },
  deep: {
    title: "20 + 20 + 20 + 1 on a spiral",
    about: "Three layers draw the spiral smoothly.",
    settings: withThese({ data: "spiral", hidden: [20, 20, 20], ...course }),
  },
  hills: {
    title: "Hills and hollows",
    about: "Regression: a line cannot represent six hills; three layers can.",
    settings: withThese({ data: "multiGaussian", hidden: [20, 20, 20], ...course, noise: 0 }),
  },
  overfit: {
    title: "Overfitting",
    about: "A hundred points whose labels are noisy, and two layers of 32 units: watch the test loss.",
    settings: withThese({
      ...{ data: "xor", noise: 0.4, points: 200, hidden: [32, 32], activation: "ReLU", ...adam },
    }),
  },
  vanishing: {
    title: "Vanishing gradients",
    about: "Six layers of sigmoid units: the first layers' gradients are tiny.",
    settings: withThese({
      ...{ data: "circle", hidden: [8, 8, 8, 8, 8, 8], activation: "Sigmoid", optimizer: "SGD", lr: 0.1 },
    }),
  },
  iris: {
    title: "Iris, three species",
    about: "Four measures, eight hidden units, softmax over three classes.",
    settings: withThese({ data: "iris", hidden: [8], share: 70, batch: 15, ...adam }),
  },
};

/** Four optimizers on one problem, side by side. */
export const optimizersSideBySide: readonly Settings[] = (
  [
    { optimizer: "SGD", lr: 0.03 },
    { optimizer: "SGD", lr: 0.03, options: { momentum: 0.9 } },
    { optimizer: "RMSprop", lr: 0.01 },
    { optimizer: "Adam", lr: 0.01 },
  ] as const
).map((own) => withThese({ data: "spiral", hidden: [8, 8], noise: 0.05, ...own }));
