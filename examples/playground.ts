// The data sets of TensorFlow Playground, learned by a line, by one hidden layer and by three hidden layers.
import { data, manualSeed, nn, optim, type Tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const F = nn.functional;

/** Layers of these sizes with `bend` between them: [2, 20, 1] is 20 hidden units and one output. */
function network(sizes: number[], bend = () => new nn.Tanh() as nn.Module) {
  const layers = sizes.slice(1).map((outputs, i) => new nn.Linear(sizes[i], outputs));
  return new nn.Sequential(...layers.flatMap((layer, i) => (i === 0 ? [layer] : [bend(), layer])));
}
const networks = {
  "a line": () => network([2, 1]),
  "20 + 1": () => network([2, 20, 1]),
  "20 + 20 + 20 + 1": () => network([2, 20, 20, 20, 1]),
  "the same with ReLU": () => network([2, 20, 20, 20, 1], () => new nn.ReLU()),
};
type Trained = Record<string, nn.Module>;

/** Each network after 500 steps of Adam on the same points. */
function trained({ x, y }: data.playground.PlaygroundData, loss: typeof F.mseLoss): Trained {
  const models = Object.entries(networks).map(([name, make]) => {
    manualSeed(0);
    const model = make();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    for (let step = 0; step < 500; step++) {
      optimizer.zeroGrad();
      loss(model.forward(x), y).backward();
      optimizer.step();
    }
    return [name, model] as const;
  });
  return Object.fromEntries(models);
}
const row = (title: string, cells: string[]) =>
  console.log(title.padEnd(14), ...cells.map((cell) => cell.padStart(18)));

row("right, of 500", Object.keys(networks));
const { gaussian, circle, xor, spiral, plane, multiGaussian } = data.playground;
const classification = { gaussian, circle, xor, spiral };
for (const [name, make] of Object.entries(classification)) {
  const seen = make({ n: 300, noise: 0.1, seed: 1 });
  const unseen = make({ n: 500, noise: 0.1, seed: 2 });
  const labels = { x: seen.x, y: seen.y.float().unsqueeze(1) };
  const models = trained(labels, F.binaryCrossEntropyWithLogits);
  const right = ([, model]: [string, nn.Module]) =>
    String(model.forward(unseen.x).squeeze(1).gt(0).eq(unseen.y.bool()).sum().item());
  row(name, Object.entries(models).map(right));
  const probability = ([title, model]: [string, nn.Module]) =>
    [title, (points: Tensor) => model.forward(points).sigmoid()] as const;
  const panels = Object.fromEntries(Object.entries(models).map(probability));
  await plot.decisionBoundary(`playground-${name}.svg`, panels, seen.x, seen.y, {
    ...{ title: `Playground: ${name}`, equalAspect: true, width: 800, height: 860 },
  });
}

row("mean error²", Object.keys(networks));
for (const [name, make] of Object.entries({ plane, multiGaussian })) {
  const seen = make({ n: 600, noise: 0, seed: 1 });
  const unseen = make({ n: 500, noise: 0, seed: 2 });
  const models = trained(seen, F.mseLoss);
  const error = ([, model]: [string, nn.Module]) =>
    F.mseLoss(model.forward(unseen.x), unseen.y).item().toFixed(6);
  row(name, Object.entries(models).map(error));
  if (name === "multiGaussian")
    await plot.decisionBoundary("playground-multi-gaussian.svg", models, null, null, {
      ...{ level: 0, title: "Hills and hollows, as each network sees them", equalAspect: true },
      ...{ xRange: [-6, 6], yRange: [-6, 6], width: 800, height: 860 },
    });
}
// Noise moves points across the border: no model can classify all of them.
for (const noise of [0, 0.25, 0.5]) {
  const { x, y } = xor({ n: 10000, noise, seed: 3 });
  const rule = x.select(1, 0).mul(x.select(1, 1)).gt(0);
  console.log(`xor, noise ${noise}: the true rule is right about ${rule.eq(y.bool()).sum().item()} of 10000`);
}
