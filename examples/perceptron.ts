// Rosenblatt's perceptron: a threshold unit that learns from its mistakes, until it makes none or its weights
// repeat.
import { cat, manualSeed, randn, type Tensor, tensor, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

function perceptron(x: Tensor, y: Tensor) {
  const w = zeros([x.shape[1]]);
  const b = zeros([]);
  const says = (x: Tensor) => x.matmul(w).add(b).gt(0).float();
  const mistakes: number[] = [];
  const seen = new Map<string, number>();
  for (let epoch = 1; epoch <= 1000; epoch++) {
    mistakes.push(0);
    for (let i = 0; i < x.shape[0]; i++) {
      const error = y.select(0, i).sub(says(x.select(0, i)));
      w.add_(x.select(0, i).mul(error));
      b.add_(error);
      mistakes[epoch - 1] += Math.abs(error.item());
    }
    if (mistakes[epoch - 1] === 0)
      return { says, mistakes, verdict: `converges: epoch ${epoch} has no mistake` };
    // The weights occurred before: from here on everything repeats.
    const state = `${w} ${b}`;
    const before = seen.get(state);
    if (before !== undefined)
      return {
        says,
        mistakes,
        verdict: `cycles: the weights of epoch ${epoch} are those of epoch ${before}`,
      };
    seen.set(state, epoch);
  }
  return { says, mistakes, verdict: "is still learning after 1000 epochs" };
}

const corners = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const gates = { AND: [0, 0, 0, 1], OR: [0, 1, 1, 1], XOR: [0, 1, 1, 0] };
const curves: Record<string, number[]> = {};
for (const [name, table] of Object.entries(gates)) {
  const { says, mistakes, verdict } = perceptron(corners, tensor(table));
  console.log(`${name} ${verdict}; says`, String(says(corners).int()));
  curves[name] = mistakes;
}

manualSeed(0);
const clouds = cat([randn([50, 2]).add(tensor([-2.5, 1.5])), randn([50, 2]).add(tensor([2.5, -1.5]))]);
const sides = cat([zeros([50]), zeros([50]).add(1)]);
const { says, mistakes, verdict } = perceptron(clouds, sides);
console.log(`two clouds: ${verdict}; right for ${says(clouds).eq(sides).sum().item()} of 100`);
curves["two clouds"] = mistakes;

await plot.decisionBoundary("perceptron.svg", says, clouds, sides, {
  title: "A perceptron that has converged",
});
await plot.curves("perceptron-mistakes.svg", curves, {
  ...{ title: "Mistakes of a perceptron", xLabel: "epoch", yLabel: "mistakes in the epoch", start: 1 },
});
