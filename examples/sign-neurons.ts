// Networks of sign neurons with weights set by hand: lines make convex polygons, polygons make any shape.
import { manualSeed, nn, noGrad, rand, type Tensor, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

/** 1 above zero, -1 below. */
class Sign extends nn.Module {
  forward(x: Tensor): Tensor {
    return x.sign();
  }
}

/** One row per neuron: its weights, then its bias. */
function neurons(rows: number[][]): [nn.Linear, Sign] {
  const layer = new nn.Linear(rows[0].length - 1, rows.length);
  noGrad(() => {
    layer.weight.copy_(tensor(rows.map((row) => row.slice(0, -1))));
    layer.bias!.copy_(tensor(rows.map((row) => row.at(-1)!)));
  });
  return [layer, new Sign()];
}

/** The line from each corner to the next: 1 on its left. */
const sides = (corners: number[][]) =>
  corners.map(([x, y], i) => {
    const [toX, toY] = corners[(i + 1) % corners.length];
    const [wx, wy] = [y - toY, toX - x];
    return [wx, wy, -(wx * x + wy * y)];
  });
// A sum of n signs is n if all are 1, and at most n - 2 otherwise; it is -n if all are -1.
const and = (n: number) => [...Array(n).fill(1), 1 - n];
const or = (n: number) => [...Array(n).fill(1), n - 1];

// Corners counterclockwise. The polygons are convex; the arrow that they make together is not.
const shaft = [
  [-0.9, -0.25],
  [0.1, -0.25],
  [0.1, 0.25],
  [-0.9, 0.25],
];
const head = [
  [0, -0.7],
  [0.9, 0],
  [0, 0.7],
];
const polygon = (corners: number[][]) =>
  new nn.Sequential(...neurons(sides(corners)), ...neurons([and(corners.length)]));
const none = (n: number) => Array<number>(n).fill(0);
const arrow = new nn.Sequential(
  ...neurons([...sides(shaft), ...sides(head)]),
  ...neurons([
    [...and(4).slice(0, 4), ...none(3), -3],
    [...none(4), ...and(3)],
  ]),
  ...neurons([or(2)]),
);

manualSeed(0);
const points = rand([100_000, 2]).mul(2).sub(1);
const shapes = { shaft: polygon(shaft), head: polygon(head), arrow };
for (const [name, network] of Object.entries(shapes)) {
  const inside = noGrad(() => network.forward(points).gt(0).sum().item());
  const area = (4 * inside) / 100_000;
  console.log(`${name}: ${inside} of 100000 points are inside, an area of ${area.toFixed(2)}`);
}
arrow.forward(points).square().mean().backward();
const gradient = arrow.parameters().reduce((sum, { grad }) => sum + grad!.abs().sum().item(), 0);
console.log(`sum of the absolute gradients: ${gradient}`);

await plot.decisionBoundary("sign-neurons.svg", shapes, null, null, {
  ...{ title: "AND of lines, OR of polygons", level: 0, xRange: [-1, 1], yRange: [-1, 1] },
  ...{ resolution: 240, equalAspect: true, width: 800, height: 860 },
});
await plot.network("sign-neurons-network.svg", arrow, {
  ...{ title: "The arrow: seven lines, two polygons, one shape", inputShape: [2], height: 520 },
});
