// The effect of width, depth, learning rate, batch size, activation and optimizer on MNIST, one at a time,
// and the mistakes of the best network.
import { data, fit, manualSeed, nn, optim, stack, train } from "simdgrad";
import * as plot from "simdgrad/plot";

const usual = { width: 64, depth: 1, lr: 0.002, batch: 64, activation: "ReLU", optimizer: "Adam" };
type Choice = typeof usual;
const others = {
  width: [8, 256],
  depth: [0, 3],
  lr: [0.00002, 0.2],
  batch: [8, 512],
  activation: ["Sigmoid", "Tanh"],
  optimizer: ["SGD", "RMSprop"],
};
const { train: all, test } = await data.mnist();
const [seen] = data.randomSplit(all, [6000, all.length - 6000], { seed: 0 });

/** A network, and its accuracy on the test images after each of three epochs. */
async function learn({ width, depth, lr, batch, activation, optimizer }: Choice) {
  manualSeed(0);
  const layers: nn.Module[] = [new nn.Flatten()];
  for (let i = 0; i < depth; i++) {
    layers.push(new nn.Linear(i === 0 ? 784 : width, width));
    layers.push(new nn[activation as "ReLU"]());
  }
  const network = new nn.Sequential(...layers, new nn.Linear(depth === 0 ? 784 : width, 10));
  const rule = new optim[optimizer as "Adam"](network.parameters(), { lr });
  const accuracies: number[] = [];
  const options = { epochs: 3, batchSize: batch, seed: 0, validation: test, optimizer: rule };
  for await (const { type, validation } of fit(network, seen, options))
    if (type === "epoch") accuracies.push(validation!.accuracy!);
  return { network, accuracies };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
let best = { what: "usual", ...(await learn(usual)) };
console.log(`usual: ${Object.values(usual).join(", ")}: ${percent(best.accuracies[2])}`);
const curves: Record<string, number[]> = { usual: best.accuracies };
for (const name of Object.keys(usual) as (keyof Choice)[]) {
  for (const value of others[name]) {
    const run = { what: `${name} ${value}`, ...(await learn({ ...usual, [name]: value })) };
    console.log(`${run.what}: ${percent(run.accuracies[2])}`);
    curves[run.what] = run.accuracies;
    if (run.accuracies[2] > best.accuracies[2]) best = run;
  }
}
console.log(`best: ${best.what}: ${percent(best.accuracies[2])}`);

const worth = [
  "usual",
  "width 8",
  "width 256",
  "lr 0.00002",
  "lr 0.2",
  "activation Sigmoid",
  "optimizer SGD",
];
await plot.curves("hyperparameters.svg", Object.fromEntries(worth.map((what) => [what, curves[what]])), {
  title: "6,000 digits, three epochs",
  start: 1,
  xLabel: "epoch",
  yLabel: "accuracy on test images",
  width: 1200,
});
const classNames = [..."0123456789"];
const confusion = await train.confusionMatrix(best.network, test);
await plot.confusionMatrix("hyperparameters-confusion.svg", confusion, {
  title: `MNIST, ${best.what}`,
  classNames,
});
const wrong = await train.mostWrong(best.network, test, 12);
await plot.images("hyperparameters-wrong.svg", stack(wrong.map(({ x }) => x.reshape(28, 28))), {
  title: "The most wrong: what it is, what it was taken for",
  captions: wrong.map(({ target, predicted }) => `${target}, ${predicted}`),
});
