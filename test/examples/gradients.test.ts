import { expect, test } from "vitest";
import { numbersOf, runExample } from "./run.js";

test("signals vanish or explode but from the start that fits the activation; large steps kill ReLUs", async () => {
  const { stdout, figures } = await runExample("gradients");
  // Of the first layer to the last: sigmoid, tanh, ReLU, ELU, as powers of ten.
  const golden: [start: string, powers: number[]][] = [
    ["normal, deviation 1", [-1, 6.4, 14.2, 14.1]],
    ["uniform, ±0.05", [-23.7, -12.3, -15.2, -12.3]],
    ["Xavier", [-12.1, -0.8, -3.1, -0.9]],
    ["Kaiming", [-9.6, 0.2, -0.2, 0.6]],
  ];
  for (const [start, powers] of golden) {
    // Saturated units make roundings large on the way through twenty layers: the JavaScript core and C++
    // differ by a factor of two.
    const roundings = start.startsWith("normal") ? 0.4 : 0.1;
    numbersOf(stdout, start).forEach((ratio, i) => {
      expect(Math.abs(Math.log10(ratio) - powers[i]), `${start}, ${i}`).toBeLessThan(roundings);
    });
  }
  const dead = (lr: number) => numbersOf(stdout, `learning rate ${lr}: dead of 512 units, every ten steps:`);
  expect(dead(0.01)[0]).toBe(54);
  expect(dead(0.01).at(-1)).toBeLessThan(65);
  expect(dead(1).at(-1)).toBeGreaterThan(450);
  expect(figures).toEqual(["elu", "relu", "sigmoid", "tanh"].map((name) => `gradients-${name}.svg`));
}, 120_000);
