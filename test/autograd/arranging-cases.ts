/** Rows of cases.ts for operations that rearrange, order, reduce and combine. */
import * as sg from "../../src/index.js";
import { type Tensor, tensor } from "../../src/index.js";
import type { Case, Cases } from "./cases.js";

const int = (values: number[]) => tensor(values, { dtype: "int32" });
type Fn = Case["fn"];

/** Several functions of inputs of these shapes. */
const each = (shapes: number[][], ...fns: Fn[]): Case[] => fns.map((fn) => ({ fn, shapes }));
const one = (...fns: Fn[]) => each([[2, 3]], ...fns);
const cube = (...fns: Fn[]) => each([[2, 3, 2]], ...fns);
const pair = (...fns: Fn[]) => each([[2, 3], [3]], ...fns);
const withZeros = [[0, 2, 3, 0, 0, 4, 1, 2, -3]];

const scans: Cases = {
  cumsum: cube(
    (x) => x.cumsum(1),
    (x) => x.transpose(0, 2).cumsum(-1),
  ),
  cumprod: [
    ...cube(
      (x) => x.cumprod(1),
      (x) => x.cumprod(0),
    ),
    { fn: (x) => x.cumprod(1), shapes: [[3, 3]], values: withZeros },
    { fn: (x) => x.cumprod(0), shapes: [[3, 3]], values: withZeros },
  ],
  logcumsumexp: cube(
    (x) => x.logcumsumexp(1),
    (x) => x.mul(4).logcumsumexp(-1),
  ),
  cummax: cube((x) => x.cummax(1).values),
  cummin: cube((x) => x.cummin(0).values),
};

const orders: Cases = {
  sort: cube(
    (x) => x.sort(1, { descending: true }).values,
    (x) => x.sort().values,
  ),
  msort: cube((x) => x.msort()),
  topk: cube((x) => x.topk(2, 1).values),
  kthvalue: cube((x) => x.kthvalue(2, 1).values),
  median: cube(
    (x) => x.median(1).values,
    (x) => x.median(),
  ),
  nanmedian: cube(
    (x) => x.nanmedian(1).values,
    (x) => x.nanmedian(),
  ),
  mode: cube((x) => x.mode(1).values),
};

const arrangements: Cases = {
  tril: cube((x) => x.tril(-1)),
  triu: cube((x) => x.triu(1)),
  diag: [...one((x) => x.diag(1)), ...each([[3]], (x) => x.diag(-1))],
  diagonal: cube((x) => x.diagonal(-1, 1, 2).mul(x.diagonal(1, 0, 1).sum())),
  diagEmbed: one((x) => x.diagEmbed(1, 0, -1)),
  diagflat: one((x) => x.diagflat()),
  trace: one((x) => x.trace()),
  flip: cube((x) => x.flip(0, -1)),
  fliplr: one((x) => x.fliplr()),
  flipud: one((x) => x.flipud()),
  roll: cube(
    (x) => x.roll(5),
    (x) => x.roll([1, -1], [0, 1]),
  ),
  rot90: one(
    (x) => x.rot90(),
    (x) => x.rot90(-1),
  ),
  movedim: cube((x) => x.movedim([0, 1], [-1, 0])),
  moveaxis: cube((x) => x.moveaxis(0, 1)),
  swapaxes: one((x) => x.swapaxes(0, 1)),
  swapdims: one((x) => x.swapdims(0, 1)),
  unflatten: one((x) => x.unflatten(1, [3, -1])),
  unfold: each([[2, 5]], (x) => x.unfold(1, 3, 1)),
  tensorSplit: each([[2, 5]], (x) => x.tensorSplit(2, 1)[0].mul(x.tensorSplit([1], 1)[1].sum())),
  ravel: one((x) => x.T.ravel()),
  t: one((x) => x.t()),
  view: one((x) => x.view(3, 2)),
  viewAs: one((x) => x.viewAs(sg.zeros([6]))),
  reshapeAs: one((x) => x.T.reshapeAs(sg.zeros([6]))),
  expandAs: each([[2, 1]], (x) => x.expandAs(sg.zeros([2, 3]))),
  broadcastTo: each([[2, 1]], (x) => x.broadcastTo(2, 2, 3)),
  broadcastTensors: pair((x, y) => {
    const [a, b] = sg.broadcastTensors(x, y);
    return a.mul(b);
  }),
  meshgrid: each([[2], [3]], (x, y) => {
    const [a, b] = sg.meshgrid([x, y], { indexing: "xy" });
    return a.mul(b);
  }),
  repeat: one((x) => x.repeat(2, 1, 2)),
  tile: one((x) => x.tile(2)),
  repeatInterleave: one(
    (x) => x.repeatInterleave(2, 0),
    (x) => x.repeatInterleave(int([2, 0, 1]), 1),
  ),
  take: one((x) => x.take(int([0, -1, 0]))),
  takeAlongDim: one((x) => x.takeAlongDim(int([0, -1, 0]).reshape(1, 3), 0)),
};

const matrices = [
  [2, 3],
  [3, 2],
];
const batches = [
  [2, 2, 3],
  [2, 3, 2],
];
const plus = (name: "addmm" | "baddbmm" | "addbmm" | "addmv" | "addr", ...shapes: number[][]): Case[] =>
  each(shapes, (x, a, b) => x[name](a, b, { beta: 0.5, alpha: 2 }));

const products: Cases = {
  bmm: each(batches, (a, b) => a.bmm(b)),
  mv: pair((a, b) => a.mv(b)),
  dot: each([[3], [3]], (a, b) => a.dot(b)),
  outer: each([[3], [2]], (a, b) => a.outer(b)),
  ger: each([[3], [2]], (a, b) => a.ger(b)),
  inner: pair((a, b) => a.inner(b)),
  addmm: plus("addmm", [2], ...matrices),
  baddbmm: plus("baddbmm", [2, 1], ...batches),
  addbmm: plus("addbmm", [], ...batches),
  addmv: plus("addmv", [2], [2, 3], [3]),
  addr: plus("addr", [3], [2], [3]),
  kron: pair((a, b) => a.kron(b)),
  cross: pair((a, b) => a.cross(b.expandAs(a))),
  tensordot: each(batches, (a, b) =>
    sg.tensordot(a, b, [
      [2, 0],
      [1, 0],
    ]),
  ),
  einsum: [
    ...each(batches, (a, b) => sg.einsum("bij,bjk->ki", a, b)),
    ...each([[3, 3], [3]], (a, b) => sg.einsum("ii,i->i", a, b)),
    ...each([[2, 3], [1, 2, 3], [3]], (a, b, c) => sg.einsum("...j,i...j,j", a, b, c)),
  ],
};

type NormOfOrder = (x: Tensor, p: number, dim?: number[], options?: sg.NormOptions) => Tensor;
const orderOf = (p: number, norm: NormOfOrder = sg.vectorNorm): Fn[] => [
  (x) => norm(x, p),
  (x) => norm(x, p, [0, -1], { keepdim: true }),
];
const norms: Cases = {
  vectorNorm: cube(...[1, 1.5, 2, 3, -1, Infinity, -Infinity, 0.5].flatMap((p) => orderOf(p))),
  norm: cube(...orderOf(2, sg.norm), (x) => x.norm("fro", 1)),
  dist: pair((a, b) => a.dist(b, 3)),
  cdist: each(
    [
      [2, 3],
      [4, 3],
    ],
    (a, b) => sg.cdist(a, b),
    (a, b) => sg.cdist(a, b, 1),
  ),
  cosineSimilarity: pair((a, b) => sg.cosineSimilarity(a, b, -1)),
};

const statistics: Cases = {
  max: [
    ...cube(
      (x) => x.max(),
      (x) => x.max(1).values,
      (x) => x.max(-1, { keepdim: true }).values,
    ),
    ...pair((a, b) => a.max(b)),
  ],
  min: [...cube((x) => x.min(1).values), ...pair((a, b) => a.min(b))],
  aminmax: cube((x) => {
    const { min, max } = x.aminmax({ dim: 1 });
    return max.mul(min);
  }),
  nansum: cube((x) => x.nansum(1)),
  nanmean: cube((x) => x.nanmean([0, 1])),
  varMean: cube((x) => {
    const [variance, mean] = sg.varMean(x, 1);
    return variance.mul(mean);
  }),
  stdMean: cube((x) => {
    const [std, mean] = sg.stdMean(x, 1);
    return std.mul(mean);
  }),
  diff: [
    ...cube((x) => x.diff(2, 1)),
    ...pair((x, y) => x.diff(1, -1, { append: y.reshape(1, 3).expand(2, 3) })),
  ],
  trapezoid: pair(
    (y, x) => sg.trapezoid(y, x),
    (y) => sg.trapezoid(y, undefined, { dx: 0.5, dim: 0 }),
  ),
  cumulativeTrapezoid: pair((y, x) => sg.cumulativeTrapezoid(y, x)),
};

const three = (...fns: Fn[]) => each([[2, 3], [3], [2, 1]], ...fns);
const blends: Cases = {
  clip: three((x, min, max) => x.clip({ min, max })),
  lerp: three(
    (a, b, w) => a.lerp(b, w),
    (a, b) => a.lerp(b, 0.25),
  ),
  addcmul: three((x, a, b) => x.addcmul(a, b, { value: 2 })),
  addcdiv: [{ fn: (x, a, b) => x.addcdiv(a, b), shapes: [[2, 3], [3], [2, 1]], values: [0.5, 2] }],
  hypot: pair((a, b) => a.hypot(b)),
};

export const arrangingCases: Cases = {
  ...scans,
  ...orders,
  ...arrangements,
  ...products,
  ...norms,
  ...statistics,
  ...blends,
};
