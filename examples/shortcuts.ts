// Why layers need activations between them, and how shortcuts around layers keep the gradient.
import { manualSeed, nn, noGrad, randn, type Tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

manualSeed(0);

// 1. Linear layers one after the other are one linear layer: W = W3 W2 W1, b = W3 (W2 b1 + b2) + b3.
const layers = [new nn.Linear(6, 20), new nn.Linear(20, 20), new nn.Linear(20, 4)];
const one = new nn.Linear(6, 4);
noGrad(() => {
  const [first, second, third] = layers;
  one.weight.copy_(third.weight.mm(second.weight).mm(first.weight));
  one.bias!.copy_(third.forward(second.forward(first.bias!)));
});
const x = randn([100, 6]);
const gap = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();
const count = (modules: nn.Module[]) =>
  modules.flatMap((module) => module.parameters()).reduce((sum, parameter) => sum + parameter.numel, 0);
console.log(`three linear layers, ${count(layers)} numbers; one, ${count([one])} numbers`);
console.log("they differ by", gap(new nn.Sequential(...layers).forward(x), one.forward(x)).toExponential(0));
const bent = new nn.Sequential(layers[0], new nn.Tanh(), layers[1], new nn.Tanh(), layers[2]);
console.log("with tanh between them by", gap(bent.forward(x), one.forward(x)).toFixed(2));

// 2. Twenty layers of sigmoids: hardly any gradient reaches the first layer without shortcuts around the
//    layers.
class Deep extends nn.Module {
  layers = Array.from({ length: 20 }, () => new nn.Linear(6, 6));

  constructor(readonly shortcuts: boolean) {
    super();
  }

  forward(x: Tensor): Tensor {
    for (const layer of this.layers) {
      const changed = layer.forward(x).sigmoid();
      x = this.shortcuts ? x.add(changed) : changed;
    }
    return x;
  }
}

for (const shortcuts of [false, true]) {
  manualSeed(0);
  const model = new Deep(shortcuts);
  model.forward(x).square().mean().backward();
  const size = (layer: nn.Linear) => layer.weight.grad!.square().sum().sqrt().item();
  const ratio = size(model.layers[0]) / size(model.layers[19]);
  const name = shortcuts ? "with" : "without";
  console.log(`${name} shortcuts: gradient of the first layer / of the last ${ratio.toExponential(1)}`);
  const weights = model.layers.map((layer, i) => [`layer ${i + 1}`, layer.weight] as const);
  await plot.gradientFlow(`shortcuts-${name}.svg`, weights, {
    title: `Twenty layers ${name} shortcuts`,
    xLabel: "weights, from input to output",
    yRange: [1e-20, 1e3], // the same for both pictures
  });
}
