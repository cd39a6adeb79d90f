/**
 * Rows of cases.ts for elementwise functions that are no rows, for statistics, and for what fills tensors.
 */
import * as sg from "../../src/index.js";
import { tensor } from "../../src/index.js";
import type { Case, Cases } from "./cases.js";

type Fn = Case["fn"];

/** Several functions of inputs of these shapes. */
const each = (shapes: number[][], ...fns: Fn[]): Case[] => fns.map((fn) => ({ fn, shapes }));
const one = (...fns: Fn[]) => each([[2, 3]], ...fns);
const pair = (...fns: Fn[]) => each([[2, 3], [3]], ...fns);

const numbers: Cases = {
  frexp: one((x) => x.frexp().mantissa),
  angle: one((x) => x.angle().add(x.angle())),
  real: one((x) => x.real().square()),
  conj: one((x) => x.conj().square()),
  positive: one((x) => x.positive().square()),
  clampMin: [...one((x) => x.clampMin(0.3)), ...pair((x, low) => x.clampMin(low))],
  clampMax: [...one((x) => x.clampMax(0.3)), ...pair((x, high) => x.clampMax(high))],
  mvlgamma: [1, 3].map((p) => ({ fn: (x) => sg.mvlgamma(x, p), shapes: [[2, 3]], values: [1.5, 4] })),
};
const { conj } = numbers;

const fillings: Cases = {
  fill: [...one((x) => x.square().fill(2)), ...each([[2, 3], []], (x, value) => x.fill(value).mul(x))],
};

const q = tensor(Float64Array.of(0.15, 0.5, 0.85));
const quantiles = (
  fn: (x: sg.Tensor, q: number | sg.Tensor, dim: number, options?: object) => sg.Tensor,
): Case[] =>
  each(
    [[3, 4]],
    (x) => fn(x, 0.3, 1),
    (x) => fn(x, q, 0),
    (x) => fn(x.T, 0.5, 0, { interpolation: "midpoint", keepdim: true }),
    (x) => fn(x, 0.4, 1, { interpolation: "nearest" }),
  );

const statistics: Cases = {
  quantile: [
    ...quantiles(sg.quantile),
    { fn: (p) => sg.quantile(q, p), shapes: [[2]], values: [0.55, 0.95] },
  ],
  nanquantile: quantiles(sg.nanquantile),
  gradient: each(
    [[3, 4]],
    (x) => sg.gradient(x, { edgeOrder: 2 })[1],
    (x) => sg.gradient(x, { spacing: [q, 2] })[0],
  ),
  trapz: each([[3, 4]], (x) => sg.trapz(x, { dx: 0.5, dim: 0 })),
};

export const numericCases: Cases = {
  ...statistics,
  ...numbers,
  ...fillings,
  ...{ conjPhysical: conj, resolveConj: conj, resolveNeg: conj },
};

/** Functions of integers or into them. */
export const withoutGradientOfNumbers = [
  ...["isreal", "concat", "concatenate", "long", "byte", "typeAs", "isFloatingPoint", "resultType"],
  ...["promoteTypes", "canCast", "logspace", "fullLike", "newFull", "newZeros", "newOnes", "scalarTensor"],
  ...["asTensor", "empty", "emptyLike", "newEmpty", "newTensor"],
  ...["trilIndices", "triuIndices", "histc", "histogram", "histogramdd", "bincount", "isin"],
];
