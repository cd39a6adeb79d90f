/** Rows of cases.ts for elementwise functions that are no rows, for statistics, and for what fills tensors. */
import * as sg from "../../src/index.js";
import { aliasMethods } from "../../src/ops/aliases.js";
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

export const numericCases: Cases = {
  ...numbers,
  ...fillings,
  ...{ conjPhysical: conj, resolveConj: conj, resolveNeg: conj },
};

/** Second names of rows, and functions of integers or into them. */
export const withoutGradientOfNumbers = [
  ...Object.keys(aliasMethods),
  ...["isreal", "concat", "concatenate", "long", "byte", "typeAs", "isFloatingPoint", "resultType"],
  ...["promoteTypes", "canCast", "logspace", "fullLike", "newFull", "newZeros", "newOnes", "scalarTensor"],
  ...["trilIndices", "triuIndices"],
];
