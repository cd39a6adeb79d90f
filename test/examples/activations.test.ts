import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** The normal distribution function, by the trapezoidal rule. */
function phi(z: number): number {
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const [from, steps] = [-9, 20_000];
  const width = (z - from) / steps;
  let sum = (density(from) + density(z)) / 2;
  for (let i = 1; i < steps; i++) sum += density(from + i * width);
  return sum * width;
}
const functions: Record<string, (z: number) => number> = {
  sigmoid,
  tanh: Math.tanh,
  ReLU: (z) => Math.max(0, z),
  "leaky ReLU": (z) => (z > 0 ? z : 0.1 * z),
  ELU: (z) => (z > 0 ? z : Math.expm1(z)),
  softplus: (z) => Math.log1p(Math.exp(z)),
  SiLU: (z) => z * sigmoid(z),
  GELU: (z) => z * phi(z),
};

test("activations and their slopes are those of the formulas", async () => {
  const { stdout, figures } = await runExample("activations");
  const slopes = stdout.slice(stdout.indexOf("f'(z)"));
  for (const [name, f] of Object.entries(functions)) {
    const steepest = numbersOf(stdout, `steepest slope of ${name}:`);
    const difference = (z: number) => (f(z + 1e-5) - f(z - 1e-5)) / 2e-5;
    const [values, found] = [numbersOf(stdout, name.padEnd(11)), numbersOf(slopes, name.padEnd(11))];
    for (const [i, z] of [-3, -1, 0, 1, 3].entries()) {
      expect(values[i], `${name}(${z})`).toBeCloseTo(f(z), 4);
      // Corners: PyTorch takes the slope on the left at 0, and so does the library.
      const slope = z === 0 ? (f(z) - f(z - 1e-6)) / 1e-6 : difference(z);
      expect(found[i], `${name}'(${z})`).toBeCloseTo(slope, 4);
    }
    const most = Math.max(...Array.from({ length: 241 }, (_, i) => difference(-6 + i / 20 + 1e-6)));
    expect(steepest[0], name).toBeCloseTo(most, 3);
    expect(steepest[1]! / most ** 20, name).toBeGreaterThan(0.9);
    expect(steepest[1]! / most ** 20, name).toBeLessThan(1.1);
  }
  expect(figures).toEqual(["activations-slopes.svg", "activations.svg"]);
}, 60_000);
