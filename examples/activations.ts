// Activation functions and their derivatives, which autograd computes.
import { linspace, type Tensor, tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const activations: Record<string, (z: Tensor) => Tensor> = {
  sigmoid: (z) => z.sigmoid(),
  tanh: (z) => z.tanh(),
  ReLU: (z) => z.relu(),
  "leaky ReLU": (z) => z.leakyRelu({ negativeSlope: 0.1 }),
  ELU: (z) => z.elu(),
  softplus: (z) => z.softplus(),
  SiLU: (z) => z.silu(),
  GELU: (z) => z.gelu(),
};

/** f(z) and f'(z) for each z: the gradient of the sum has one derivative for each element. */
function valuesAndSlopes(f: (z: Tensor) => Tensor, at: Tensor): [values: Tensor, slopes: Tensor] {
  const z = at.clone().requiresGrad_();
  const values = f(z);
  values.sum().backward();
  return [values.detach(), z.grad!];
}

const row = (name: string, cells: string[]) =>
  console.log(name.padEnd(11), ...cells.map((cell) => cell.padStart(9)));
const digits = (numbers: Tensor) => Array.from(numbers.data, (v) => Number(v).toFixed(4));

const few = tensor([-3, -1, 0, 1, 3]);
row("f(z)", ["-3", "-1", "0", "1", "3"]);
for (const [name, f] of Object.entries(activations)) row(name, digits(valuesAndSlopes(f, few)[0]));
row("f'(z)", ["-3", "-1", "0", "1", "3"]);
for (const [name, f] of Object.entries(activations)) row(name, digits(valuesAndSlopes(f, few)[1]));

// How much of a gradient is left behind twenty layers, if every slope is the steepest of its function.
const z = linspace(-6, 6, 241);
const values: Record<string, plot.Curve> = {};
const slopes: Record<string, plot.Curve> = {};
for (const [name, f] of Object.entries(activations)) {
  const [value, slope] = valuesAndSlopes(f, z);
  const steepest = slope.max().item();
  console.log(
    `steepest slope of ${name}: ${steepest.toFixed(4)}, twenty times: ${(steepest ** 20).toPrecision(2)}`,
  );
  values[name] = { x: z, y: value };
  slopes[name] = { x: z, y: slope };
}
const size = { xLabel: "z", width: 1200, height: 760 };
await plot.curves("activations.svg", values, {
  ...{ title: "Activation functions", yLabel: "f(z)", xRange: [-4, 4], yRange: [-1.5, 4], ...size },
});
await plot.curves("activations-slopes.svg", slopes, {
  ...{ title: "Their derivatives", yLabel: "f'(z)", xRange: [-4, 4], yRange: [-0.2, 1.2], ...size },
});
