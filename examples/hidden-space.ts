// What a hidden layer does to the space: four clouds that no line divides, in the coordinates of two hidden
// units, before and after training.
import { cat, manualSeed, nn, noGrad, optim, randn, type Tensor, tensor, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

const loss = nn.functional.binaryCrossEntropyWithLogits;

// Fifty points around each corner of XOR.
manualSeed(0);
const corners = ["00", "11", "01", "10"].map((bits) => Array.from(bits, Number));
const x = cat(corners.map((corner) => randn([50, 2]).mul(0.12).add(tensor(corner))));
const y = cat([zeros([100, 1]), zeros([100, 1]).add(1)]);

const adam = (model: nn.Module) => new optim.Adam(model.parameters(), { lr: 0.03 });
/** Trains, and counts the points that are right then. */
function fit(model: nn.Module, input: Tensor, steps: number, optimizer = adam(model)): number {
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    loss(model.forward(input), y).backward();
    optimizer.step();
  }
  return model.forward(input).gt(0).eq(y.bool()).sum().item();
}
const byLine = (points: Tensor) => fit(new nn.Linear(2, 1), points, 1000);

class Network extends nn.Module {
  hidden = new nn.Linear(2, 2);
  out = new nn.Linear(2, 1);

  space(x: Tensor): Tensor {
    return this.hidden.forward(x).tanh();
  }

  forward(x: Tensor): Tensor {
    return this.out.forward(this.space(x));
  }
}
function starting(seed: number): Network {
  manualSeed(seed);
  return new Network();
}

console.log(`a line between the points: ${byLine(x)} of 200 right`);
const ten = Array.from({ length: 10 }, (_, seed) => fit(starting(seed), x, 500));
console.log("ten starts:", ten.join(" "));

const model = starting(0);
const places = () => noGrad(() => model.space(x));
const square = { xRange: [-1.1, 1.1], yRange: [-1.1, 1.1], width: 640, height: 640 } as const;
const axes = { xLabel: "hidden unit 1", yLabel: "hidden unit 2", ...square };
async function look(when: string): Promise<void> {
  const centres = places().reshape(4, 50, 2).mean(1).toArray() as number[][];
  const shown = centres.map((centre) => `(${centre.map((v) => v.toFixed(2)).join(", ")})`);
  console.log(`clouds ${when}:`, shown.join(" "));
  console.log(`a line between the hidden units, ${when}: ${byLine(places())} of 200 right`);
  const clouds = Object.fromEntries(
    places()
      .split(50)
      .map((c, i) => [`(${corners[i].join(", ")})`, c]),
  );
  const title = `The hidden layer ${when} training`;
  await plot.scatter(`hidden-space-${when}.svg`, clouds, null, { title, equalAspect: true, ...axes });
}

await look("before");
const optimizer = adam(model);
let [done, right] = [0, 0];
const frames = [...Array(15).keys()].map((i) => Math.round(500 * (i / 14) ** 2.5));
await plot.animation("hidden-space.svg", frames, async (path, step) => {
  right = fit(model, x, step - done, optimizer);
  done = step;
  const line = (h: Tensor) => model.out.forward(h).sigmoid();
  const title = `step ${step}: ${right} of 200 right`;
  await plot.decisionBoundary(path, line, places(), y, { title, resolution: 40, equalAspect: true, ...axes });
});
console.log(`after 500 steps: ${right} of 200 right`);
await look("after");
