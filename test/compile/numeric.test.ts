/** Functions made of many kernels, replayed on other values: nothing of the first ones may have been kept. */
import { describe, expect, test } from "vitest";
import * as sg from "../../src/index.js";
import { compile, manualSeed, type Tensor, tensor } from "../../src/index.js";

const q = tensor([0.2, 0.7]);
const functions: Record<string, (x: Tensor) => Tensor> = {
  quantile: (x) => sg.quantile(x, 0.3, 1),
  "quantile at places of a tensor": (x) => sg.quantile(x, q, 1),
  nanquantile: (x) => sg.nanquantile(x, 0.5),
  histc: (x) => sg.histc(x, 5),
  histogram: (x) => sg.histogram(x, 4).hist,
  "edges of histogram": (x) => sg.histogram(x, 4).binEdges,
  histogramdd: (x) => sg.histogramdd(x, [2, 2, 2]).hist,
  isin: (x) => sg.isin(x, q),
  gradient: (x) => sg.gradient(x)[0]!,
  frexp: (x) => x.frexp().mantissa,
  angle: (x) => x.angle(),
  "fill with a tensor": (x) => x.fill(x.sum()),
  logspace: (x) => x.add(sg.logspace(0, 1, 3)),
  randperm: () => sg.randperm(3, { dtype: "float32" }),
  nextafter: (x) => x.nextafter(9),
  zeta: (x) => sg.special.zeta(x.abs().add(1.5), 2),
  legendrePolynomialP: (x) => sg.special.legendrePolynomialP(x, 3),
};

describe("a replay gives what the function gives", () => {
  const inputs = [
    [1, 2, 3, 4, -5, 6.5],
    [3, 1, 2, 0.5, 2, -3],
    [2, 2, 2, 2, 2, 2],
  ].map((values) => tensor(values, { shape: [2, 3] }));

  test.each(Object.entries(functions))("%s", (_, fn) => {
    const replayed = compile(fn);
    for (const x of inputs) {
      const [expected, actual] = [fn, replayed].map((f) => {
        manualSeed(3);
        return f(x).toArray();
      });
      expect(actual).toEqual(expected);
    }
  });
});
