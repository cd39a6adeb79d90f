// Batch, mini-batch and stochastic descent: how much a step depends on which samples are in the batch.
import { data, manualSeed, nn, optim, randint, randperm, type Tensor, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

manualSeed(0);
const { x: flowers, y } = data.iris();
const x = new data.StandardScaler().fitTransform(flowers);
const model = new nn.Linear(4, 3);

/** Gradient of the mean loss of these samples, as one row of numbers. */
function gradient(samples: Tensor): Tensor {
  model.zeroGrad();
  const output = model.forward(x.indexSelect(0, samples));
  nn.functional.crossEntropy(output, y.indexSelect(0, samples)).backward();
  return model.weight.grad!.flatten();
}
const everything = gradient(randperm(150));
/** Squared distance from the gradient of all samples, in the mean of many batches. */
function variance(size: number, batches = 1000) {
  let sum = 0;
  for (let i = 0; i < batches; i++)
    sum += gradient(randint(0, 150, [size]))
      .sub(everything)
      .square()
      .sum()
      .item();
  return sum / batches;
}

// 1. The variance falls as 1 / B: a batch of four has half the deviation of a single sample, and costs four
//    times as much.
const one = [...Array(150).keys()]
  .map((i) =>
    gradient(zeros([1], { dtype: "int32" }).add(i))
      .sub(everything)
      .square()
      .sum()
      .item(),
  )
  .reduce((a, b) => a + b / 150, 0);
console.log(`variance of the gradient of one sample: ${one.toFixed(4)}`);
const sizes = [1, 2, 4, 8, 16, 32, 64, 128];
const measured = sizes.map((size) => variance(size));
for (const [i, size] of sizes.entries())
  console.log(
    `batches of ${size}: ${measured[i].toFixed(5)}, times ${size}: ${(measured[i] * size).toFixed(4)}`,
  );
const falling = {
  "variance of one sample / B": { x: [1, 150], y: [one, one / 150] },
  "1000 batches": { x: sizes, y: measured, points: true },
};
await plot.curves("descent-variance.svg", falling, {
  ...{ title: "How far the gradient of a batch is from that of all samples", logX: true, logY: true },
  ...{ xLabel: "samples in the batch, B", yLabel: "mean squared distance" },
});

// 2. For the same number of samples, small batches make many rough steps and large ones few good ones.
const curves: Record<string, plot.Curve> = {};
for (const size of [1, 15, 150]) {
  manualSeed(1);
  nn.init.zeros(model.weight);
  nn.init.zeros(model.bias!);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.3 });
  const loss = () => nn.functional.crossEntropy(model.forward(x), y).item();
  const [seen, losses] = [[0], [loss()]];
  for (let epoch = 0; epoch < 10; epoch++)
    for (const samples of randperm(150).split(size)) {
      gradient(samples);
      optimizer.step();
      seen.push(seen.at(-1)! + size / 150);
      losses.push(loss());
    }
  curves[`B = ${size}`] = { x: seen, y: losses };
  console.log(`B = ${size}: ${losses.length - 1} steps to a loss of ${losses.at(-1)!.toFixed(4)}`);
}
await plot.curves("descent-batches.svg", curves, {
  ...{ title: "Ten epochs of iris", xLabel: "epoch", yLabel: "cross-entropy of all samples" },
});
