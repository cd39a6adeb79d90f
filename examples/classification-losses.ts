// The losses of classifiers, as functions of the prediction.
import { nn, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

/** The loss of a prediction of 0.2 or 0.8 if the label is 1. */
for (const p of [0.2, 0.8]) {
  const cost = nn.functional.binaryCrossEntropy(tensor([p]), tensor([1])).item();
  console.log(`-ln ${p} = ${cost.toFixed(2)}`);
}
const [scores] = tensor([[2.6, 1.5, 0.2, 0.6]])
  .softmax(1)
  .toArray();
console.log("softmax(2.6, 1.5, 0.2, 0.6) =", scores.map((p: number) => p.toFixed(2)).join(" "));

const margins = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
const lossOf = (f: (yh: number) => number) => ({ x: margins, y: margins.map(f) });
await plot.curves(
  "classification-losses.svg",
  {
    "log(1 + exp(-y h))": lossOf((m) => Math.log1p(Math.exp(-m))),
    hinge: lossOf((m) => Math.max(0, 1 - m)),
    quadratic: lossOf((m) => (1 - m) ** 2),
  },
  { title: "What an output h costs when the label is y", xLabel: "y h", yLabel: "loss", yRange: [0, 6] },
);
