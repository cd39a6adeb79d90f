// Logistic regression by hand and by descent, with labels 0 and 1 or -1 and 1; other losses; one output for
// each class.
import { cat, manualSeed, nn, ones, optim, randn, type Tensor, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

const F = nn.functional;
const float64 = { dtype: "float64" } as const;

// Two overlapping clouds. A column of ones is appended to the points, so that the last weight is the bias.
manualSeed(0);
const points = cat([randn([60, 2], float64).add(1), randn([60, 2], float64).sub(1)]);
const x = cat([points, ones([120, 1], float64)], 1);
const yes = cat([ones([60], float64), zeros([60], float64)]); // 1 and 0
const sign = yes.mul(2).sub(1); // 1 and -1

/** Gradient descent until the length of the gradient is at most epsilon. */
function minimum(loss: (h: Tensor) => Tensor, { lr = 1, epsilon = 1e-8, limit = 20000 } = {}) {
  const w = zeros([3], { ...float64, requiresGrad: true });
  const optimizer = new optim.SGD([w], { lr });
  for (let step = 1; step <= limit; step++) {
    optimizer.zeroGrad();
    loss(x.matmul(w)).backward();
    if (w.grad!.square().sum().sqrt().item() <= epsilon) break;
    optimizer.step();
  }
  return w.detach();
}

// By hand: the gradient of the mean log-loss is Xᵀ(a - y) / n.
const byHand = zeros([3], float64);
for (let step = 0; step < 2000; step++) {
  const delta = x.matmul(byHand).sigmoid().sub(yes);
  byHand.sub_(x.T.matmul(delta).div(120));
}
const found = {
  "labels 0, 1: binary cross-entropy": minimum((h) => F.binaryCrossEntropyWithLogits(h, yes)),
  "labels -1, 1: log(1 + exp(-y h))": minimum((h) => h.mul(sign).neg().softplus().mean()),
  "by hand": byHand,
  "hinge: max(0, 1 - y h)": minimum((h) => h.mul(sign).neg().add(1).relu().mean(), { lr: 0.01 }),
  "quadratic: (1 - y h)²": minimum((h) => h.mul(sign).neg().add(1).square().mean(), { lr: 0.2 }),
};
for (const [name, w] of Object.entries(found)) {
  const right = x.matmul(w).mul(sign).gt(0).sum().item();
  console.log(name.padEnd(36), Array.from(w.data, (v) => v.toFixed(6)).join(" "), `${right} of 120 right`);
}
// The same as a model with one output for each class: softmax regression.
const model = new nn.Linear(2, 2);
const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
for (let step = 0; step < 2000; step++) {
  optimizer.zeroGrad();
  F.crossEntropy(model.forward(points.float()), yes.int()).backward();
  optimizer.step();
}
const difference = model.weight.select(0, 1).sub(model.weight.select(0, 0));
console.log(
  "softmax: w₁ - w₀ =",
  difference
    .toArray()
    .map((v: number) => v.toFixed(4))
    .join(" "),
);
const says = (p: Tensor) =>
  cat([p, ones([p.shape[0], 1])], 1)
    .matmul(byHand.float())
    .sigmoid();
await plot.decisionBoundary("logistic-regression.svg", says, points, yes, {
  title: "Logistic regression",
});
