// Descent on a surface with six minima: which of them it reaches depends on the start and on the optimizer.
import { linspace, meshgrid, nn, optim, stack, type Tensor, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

/** The six-hump camel function of points [n, 2]: [n] (Dixon and Szegő, 1978). */
function camel(points: Tensor): Tensor {
  const [x, y] = points.unbind(1);
  const [xx, yy] = [x.square(), y.square()];
  const alongX = xx.square().div(3).sub(xx.mul(2.1)).add(4).mul(xx);
  return alongX.add(x.mul(y)).add(yy.sub(1).mul(4).mul(yy));
}

const optimizers = {
  SGD: (weights: nn.Parameter[]) => new optim.SGD(weights, { lr: 0.05 }),
  momentum: (weights: nn.Parameter[]) => new optim.SGD(weights, { lr: 0.01, momentum: 0.9 }),
  RMSprop: (weights: nn.Parameter[]) => new optim.RMSprop(weights, { lr: 0.02 }),
  Adam: (weights: nn.Parameter[]) => new optim.Adam(weights, { lr: 0.3 }),
};

/** Every row is a point on its own way down: these optimizers treat each number by itself. */
function descend(starts: Tensor, make: (weights: nn.Parameter[]) => optim.Optimizer<any>, steps = 300) {
  const points = new nn.Parameter(starts.clone());
  const optimizer = make([points]);
  const path = [starts];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    camel(points).sum().backward();
    optimizer.step();
    path.push(points.detach().clone());
  }
  return stack(path, 1); // [n, steps + 1, 2]
}
const end = (paths: Tensor) => paths.select(1, -1);

// 1. Four starts.
const starts = tensor([
  [-1.9, 0.2],
  [-1, -1],
  [1.2, 0.9],
  [1.9, 1],
]);
const fromLast: Record<string, Tensor> = {};
for (const [name, make] of Object.entries(optimizers)) {
  const paths = descend(starts, make);
  fromLast[name] = paths.select(0, 3).narrow(0, 0, 60);
  const reached = end(paths);
  const heights = camel(reached).toArray() as number[];
  const cells = (reached.toArray() as number[][]).map(
    ([x, y], i) => `(${x.toFixed(2)}, ${y.toFixed(2)}) ${heights[i].toFixed(3)}`,
  );
  console.log(name.padEnd(9), cells.join("   "));
}
const range = { xRange: [-2, 2], yRange: [-1.1, 1.1], zRange: [-1.1, 5] } as const;
await plot.surface("starts.svg", camel, {
  ...{ title: "Four optimizers from (1.9, 1)", xLabel: "x", yLabel: "y", zLabel: "f(x, y)" },
  ...{ ...range, paths: fromLast, steps: 40, azimuth: -95, elevation: 48, width: 1000, height: 760 },
});

// 2. 1600 starts on a grid: how many reach the two lowest of the six minima.
const [xs, ys] = meshgrid([linspace(-2, 2, 40), linspace(-1.1, 1.1, 40)]);
const grid = stack([xs.flatten(), ys.flatten()], 1);
for (const [name, make] of Object.entries(optimizers)) {
  const heights = camel(end(descend(grid, make)));
  const near = (height: number) => heights.sub(height).abs().lt(0.02).sum().item();
  console.log(
    `${name}: of 1600 starts, lowest ${near(-1.0316)}, middle ${near(-0.2155)}, highest ${near(2.1043)}`,
  );
}
