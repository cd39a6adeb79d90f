// Linear regression twice: solved directly, and by gradient descent. Both give the same coefficients.
import {
  cat,
  linalg,
  linspace,
  manualSeed,
  nn,
  ones,
  optim,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import * as plot from "simdgrad/plot";

/**
 * Mean over samples and outputs. Halving the loss removes a factor 2 from the gradient and does not move the
 * minimum.
 */
const lossOf = (x: Tensor, y: Tensor, w: Tensor, half = false) =>
  nn.functional.mseLoss(x.matmul(w), y, { half });

/** Gradient descent from zero, until the gradient is close to zero. */
function descend(x: Tensor, y: Tensor, { lr, half = false }: { lr: number; half?: boolean }) {
  const w = zeros([x.shape[1], y.shape[1]], { dtype: "float64", requiresGrad: true });
  const optimizer = new optim.SGD([w], { lr });
  const path: number[][] = [];
  do {
    path.push(Array.from(w.data));
    optimizer.zeroGrad();
    lossOf(x, y, w, half).backward();
    optimizer.step();
  } while (w.grad!.square().sum().sqrt().item() > 1e-9);
  return { w: w.detach(), path };
}

manualSeed(0);
const withOnes = (x: Tensor) => cat([x, ones([x.shape[0], 1], { dtype: "float64" })], 1);
const noise = (shape: number[]) => randn(shape, { dtype: "float64" }).mul(0.1);

const x = linspace(0, 4, 40, { dtype: "float64" }).unsqueeze(1);
const y = x
  .mul(0.8)
  .sub(1)
  .add(noise([40, 1])); // y = 0.8 x - 1
const exact = linalg.lstsq(withOnes(x), y).solution; // the normal equations, by QR
const { w, path } = descend(withOnes(x), y, { lr: 0.1 });
console.log("solved    ", exact.T.toArray()[0].join(" "));
console.log("descended ", w.T.toArray()[0].join(" "), `in ${path.length} steps`);
await plot.lossSurface(
  "linear-regression.svg",
  (a, b) => lossOf(withOnes(x), y, tensor([[a], [b]], { dtype: "float64" })),
  {
    ...{ title: "Squared error of a line: one valley, one way down", xLabel: "slope", yLabel: "intercept" },
    ...{ xRange: [-0.2, 1.4], yRange: [-2, 1], descent: path, log: true },
  },
);
const curves = { samples: { x, y, points: true }, fit: { x, y: withOnes(x).matmul(exact) } };
await plot.curves("linear-regression-fit.svg", curves, { xLabel: "x", yLabel: "y" });

// Two outputs of three inputs: every output has a column of coefficients of its own.
const inputs = withOnes(randn([60, 3], { dtype: "float64" }));
const outputs = inputs.matmul(randn([4, 2], { dtype: "float64" })).add(noise([60, 2]));
const solved = linalg.lstsq(inputs, outputs).solution;
for (const half of [false, true]) {
  const { w, path } = descend(inputs, outputs, { lr: 0.4, half });
  const gap = w.sub(solved).abs().max().item().toExponential(0);
  console.log(`two outputs${half ? ", half the loss" : ""}: ${path.length} steps, differ by ${gap}`);
}
