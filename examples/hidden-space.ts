// What a hidden layer does to the space: four clouds that no line divides, in the coordinates of two hidden
// units, before and after training.
import { cat, manualSeed, nn, noGrad, optim, randn, type Tensor, tensor, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

const loss = nn.functional.binaryCrossEntropyWithLogits;

// Fifty points around each corner of XOR.
manualSeed(0);
const corners = [
  [0, 0],
  [1, 1],
  [0, 1],
  [1, 0],
];
const x = cat(corners.map((corner) => randn([50, 2]).mul(0.12).add(tensor(corner))));
const y = cat([zeros([100, 1]), zeros([100, 1]).add(1)]);

function fit(model: nn.Module, input: Tensor, steps = 1000) {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.03 });
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    loss(model.forward(input), y).backward();
    optimizer.step();
  }
  return model.forward(input).gt(0).eq(y.bool()).sum().item();
}
/** How many of the points a line gets right in these coordinates. */
const byLine = (points: Tensor) => fit(new nn.Linear(2, 1), points);
const network = () => new nn.Sequential(new nn.Linear(2, 2), new nn.Tanh(), new nn.Linear(2, 1));
const hidden = (model: nn.Sequential) => noGrad(() => [...model][0].forward(x).tanh());
const centres = (points: Tensor) =>
  points
    .reshape(4, 50, 2)
    .mean(1)
    .toArray()
    .map((c: number[]) => `(${c.map((v) => v.toFixed(2)).join(", ")})`)
    .join(" ");

console.log(`a line between the points: ${byLine(x)} of 200 right`);
manualSeed(0);
const model = network();
console.log(`between the hidden units, before training: ${byLine(hidden(model))} of 200 right`);
console.log("clouds before:", centres(hidden(model)));
const right = fit(model, x, 500);
console.log(
  `after 500 steps: ${right} of 200 right; a line between the hidden units: ${byLine(hidden(model))}`,
);
console.log("clouds after:", centres(hidden(model)));

const others = Array.from({ length: 10 }, (_, seed) => {
  manualSeed(seed);
  return fit(network(), x, 500);
});
console.log("ten starts:", others.join(" "));

const clouds = (points: Tensor, when: string) =>
  Object.fromEntries(
    points.split(50).map((cloud, i) => {
      const [x, y] = cloud.unbind(1);
      return [`(${corners[i].join(", ")}) ${when}`, { x, y, points: true }];
    }),
  );
await plot.curves("docs/figures/hidden-space.svg", clouds(hidden(model), "after"), {
  ...{ title: "Four clouds in the hidden layer", xLabel: "hidden unit 1", yLabel: "hidden unit 2" },
});
