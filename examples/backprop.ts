// Backpropagation by hand: every gradient of a small network, worked out by hand and compared with autograd.
import { manualSeed, nn, rand, type Tensor, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const F = nn.functional;
const leaf = (values: number | number[]) => tensor(values, { dtype: "float64", requiresGrad: true });
const worst = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();

// 1. Two sigmoid neurons A and B, a linear one C, squared error, one sample.
const x = tensor([-2, 5], { dtype: "float64" });
const y = 15;
const [wA, bA, wB, bB] = [leaf([1, -0.2]), leaf(5), leaf([10, -2]), leaf(-12)];
const [wC, bC] = [leaf([40, -10]), leaf(-15.2)];
const zA = wA.mul(x).sum().add(bA);
const zB = wB.mul(x).sum().add(bB);
const [aA, aB] = [zA.sigmoid(), zB.sigmoid()];
const out = wC.select(0, 0).mul(aA).add(wC.select(0, 1).mul(aB)).add(bC);
out.sub(y).square().backward();
console.log(`z = ${zA.item()}, ${zB.item()}  output ${out.item().toFixed(4)}  wanted ${y}`);

const [a, b] = [aA.item(), aB.item()];
const deltaC = 2 * (out.item() - y);
const deltaA = deltaC * 40 * a * (1 - a);
const deltaB = deltaC * -10 * b * (1 - b);
const pencil: [string, Tensor, number[]][] = [
  ["dL/dw_C", wC, [deltaC * a, deltaC * b]],
  ["dL/db_C", bC, [deltaC]],
  ["dL/dw_A", wA, [deltaA * -2, deltaA * 5]],
  ["dL/db_A", bA, [deltaA]],
  ["dL/dw_B", wB, [deltaB * -2, deltaB * 5]],
  ["dL/db_B", bB, [deltaB]],
];
for (const [name, parameter, byHand] of pencil)
  console.log(name, "by hand", byHand.join(" "), " autograd", Array.from(parameter.grad!.data).join(" "));

// 2. Matching losses and output activations: the delta of the output is exactly a - y.
const target = tensor([[0, 1, 0]], { dtype: "float64" });
const pairs: Record<string, [(z: Tensor) => Tensor, (z: Tensor) => Tensor]> = {
  "squared error / 2, linear": [(z) => z, (z) => z.sub(target).square().sum().mul(0.5)],
  "binary cross-entropy, sigmoid": [
    (z) => z.sigmoid(),
    (z) => F.binaryCrossEntropyWithLogits(z, target, { reduction: "sum" }),
  ],
  "cross-entropy, softmax": [(z) => z.softmax(1), (z) => F.crossEntropy(z, target, { reduction: "sum" })],
};
for (const [name, [activation, loss]] of Object.entries(pairs)) {
  const z = tensor([[0.5, -1, 2]], { dtype: "float64", requiresGrad: true });
  loss(z).backward();
  console.log(
    `${name}: delta - (a - y) is at most`,
    worst(z.grad!, activation(z).sub(target)).toExponential(1),
  );
}

// 3. Many units: the recursion unit by unit, the same in matrices, and autograd.
manualSeed(0);
const model = new nn.Sequential(new nn.Linear(4, 5), new nn.Sigmoid(), new nn.Linear(5, 3));
const [first, , last] = [...model] as [nn.Linear, nn.Module, nn.Linear];
const input = rand([1, 4]);
const classes = tensor([[0, 0, 1]]);
F.crossEntropy(model.forward(input), classes).backward();

const hidden = first.forward(input).sigmoid().detach();
const deltaOut = last.forward(hidden).softmax(1).sub(classes).detach();
const [h, d, w] = [hidden.toArray()[0], deltaOut.toArray()[0], last.weight.toArray()];
const perUnit = h.map((hj: number, j: number) => {
  const blame = d.reduce((sum: number, dk: number, k: number) => sum + w[k][j] * dk, 0);
  return hj * (1 - hj) * blame;
});
const matrices = deltaOut.matmul(last.weight.detach()).mul(hidden.mul(hidden.neg().add(1)));
console.log(
  "delta error per unit and by matrices differ by",
  worst(tensor([perUnit]), matrices).toExponential(1),
);
console.log(
  "weights: matrices and autograd",
  worst(matrices.T.matmul(input), first.weight.grad!).toExponential(1),
);
await plot.gradientFlow("backprop.svg", model, { title: "Gradients of a 4-5-3 network" });
