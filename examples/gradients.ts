// Vanishing and exploding gradients: the size of the error signal after twenty layers, by activation and by
// initial weights.
import { manualSeed, nn, optim, rand, randint, randn, train } from "simdgrad";
import * as plot from "simdgrad/plot";

const [depth, width, samples] = [20, 64, 128];
const { init } = nn;
const activations = { sigmoid: nn.Sigmoid, tanh: nn.Tanh, ReLU: nn.ReLU, ELU: nn.ELU };
const starts: Record<string, (weight: nn.Parameter) => void> = {
  "normal, deviation 1": (weight) => init.normal(weight),
  "uniform, ±0.05": (weight) => init.uniform(weight, -0.05, 0.05),
  Xavier: (weight) => init.xavierNormal(weight),
  Kaiming: (weight) => init.kaimingNormal(weight, { nonlinearity: "relu" }),
};

/** Twenty layers, and one more for ten classes. */
function deep(Activation: new () => nn.Module, start: (weight: nn.Parameter) => void) {
  const linear = (outputs: number) => {
    const layer = new nn.Linear(width, outputs);
    start(layer.weight);
    init.zeros(layer.bias!);
    return layer;
  };
  const hidden = Array.from({ length: depth }, () => [linear(width), new Activation()]);
  return new nn.Sequential(...hidden.flat(), linear(10));
}
manualSeed(0);
const [x, y] = [randn([samples, width]), randint(0, 10, [samples])];
const { crossEntropy } = nn.functional;

// 1. The delta of a layer is the gradient of the input of its activation.
console.log(
  "delta of layer 1 / of layer 20".padEnd(30),
  ...Object.keys(activations).map((a) => a.padStart(9)),
);
const deltas: Record<string, Record<string, number[]>> = {};
for (const [name, start] of Object.entries(starts)) {
  const ratios = Object.entries(activations).map(([activation, Activation]) => {
    manualSeed(1);
    const model = deep(Activation, start);
    const probe = train.gradientNorms(model);
    crossEntropy(model.forward(x), y).backward();
    const norms = probe
      .read()
      .filter(({ kind }) => kind === "Linear")
      .map(({ norm }) => norm);
    deltas[activation] = { ...deltas[activation], [name]: norms.slice(0, depth) };
    return norms[0] / norms[depth - 1];
  });
  console.log(name.padEnd(30), ...ratios.map((ratio) => ratio.toExponential(1).padStart(9)));
}
for (const [activation, curves] of Object.entries(deltas))
  await plot.curves(`gradients-${activation.toLowerCase()}.svg`, curves, {
    ...{ title: `Twenty layers of ${activation}`, logY: true, start: 1 },
    ...{ xLabel: "layer, from the input to the output", yLabel: "norm of the delta" },
  });

// 2. A ReLU that outputs 0 for every sample no longer learns. Steps that are too large cause many of these.
const brightness = rand([samples, width]);
for (const lr of [0.01, 0.03, 0.1, 0.3, 1]) {
  manualSeed(1);
  const model = new nn.Sequential(
    ...[new nn.Linear(width, 256), new nn.ReLU(), new nn.Linear(256, 256), new nn.ReLU()],
    new nn.Linear(256, 10),
  );
  const probe = train.gradientNorms(model);
  const optimizer = new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
  const dead = () => probe.read().reduce((sum, layer) => sum + (layer.dead ?? 0), 0);
  const counts: string[] = [];
  for (let step = 0; step <= 50; step++) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(brightness), y);
    if (step % 10 === 0) counts.push(String(dead()));
    loss.backward();
    optimizer.step();
  }
  console.log(`learning rate ${lr}: dead of 512 units, every ten steps: ${counts.join(", ")}`);
}
