// Neurons with weights set by hand: functions of one sigmoid neuron, and functions that need two layers.
import { data, stack, type Tensor, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

/** One sigmoid neuron: a line divides the plane. */
const neuron = (w: number[], b: number) => (x: Tensor) => x.matmul(tensor(w)).add(b).sigmoid();
type Neuron = ReturnType<typeof neuron>;

/** Neurons side by side get the same input; the next layer gets their outputs. */
const layer =
  (...neurons: Neuron[]) =>
  (x: Tensor) =>
    stack(
      neurons.map((n) => n(x)),
      1,
    );

const and = neuron([7, 7], -9);
const or = neuron([7, 7], -5);
const oneOfTwo = layer(neuron([-7, 7], -3), neuron([7, -7], -3));
const xor = (x: Tensor) => or(oneOfTwo(x));

const corners = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const gates = { and, or, xor };
const tables: Record<string, Tensor> = {};
for (const [name, gate] of Object.entries(gates)) {
  tables[name] = gate(corners).round().int();
  console.log(name, String(tables[name]));
}
await plot.decisionBoundary("neurons-gates.svg", gates, corners, tables, {
  ...{ title: "AND, OR and XOR of two inputs", classNames: ["0", "1"], equalAspect: true },
  ...{ xRange: [-0.5, 1.5], yRange: [-0.5, 1.5], width: 800, height: 860 },
});

// Larger weights, the same line: only their direction and b / |w| determine it.
const neurons = {
  "w = (10, 5), b = -1": neuron([10, 5], -1),
  "w = (10, 5), b = 15": neuron([10, 5], 15),
  "w = (-7, 5), b = 15": neuron([-7, 5], 15),
  "w = (-70, 50), b = 150": neuron([-70, 50], 150),
};
const beside = tensor([[1, -1.5]]); // 1/2 below the line 5 y = 7 x - 15
for (const [name, one] of Object.entries(neurons)) console.log(name, "says", one(beside).item().toFixed(4));
await plot.decisionBoundary("neurons-steep.svg", neurons, null, null, {
  ...{ title: "One neuron: steeper weights, the same line", equalAspect: true },
  ...{ xRange: [-5, 5], yRange: [-5, 5], width: 800, height: 860 },
});

// Two lines cut versicolor out between the other irises, by length and width of the petals in cm.
const { x, y, classes } = data.iris();
const petals = x.narrow(1, 2, 2);
const isVersicolor = y.eq(classes.indexOf("versicolor"));
const between = (b1: number, b2: number) => layer(neuron([-7, -5], b1), neuron([4, -5], b2));
const judges: Record<string, (x: Tensor) => Tensor> = {
  "b = 60 and -5, AND": (x) => and(between(60, -5)(x)),
  "b = 60 and -5, OR": (x) => or(between(60, -5)(x)),
  "b = 41 and -8, AND": (x) => and(between(41, -8)(x)),
};
for (const [name, judge] of Object.entries(judges)) {
  const right = judge(petals).round().bool().eq(isVersicolor).sum().item();
  console.log(`versicolor, ${name}: ${right} of 150 right`);
}
await plot.decisionBoundary("neurons-iris.svg", judges, petals, isVersicolor.int(), {
  title: "Two lines and a neuron that joins them",
  xLabel: "petal length (cm)",
  yLabel: "petal width (cm)",
  classNames: ["other irises", "versicolor"],
});
