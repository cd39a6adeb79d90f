/**
 * Rows of cases.ts for linear algebra. Matrices are made symmetric or positive where an operation reads one
 * triangle of such; singular vectors and eigenvectors, whose signs are arbitrary, are squared.
 */
import * as sg from "../../src/index.js";
import { linalg, type Tensor, tensor } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import type { Case, Cases } from "./cases.js";

type Fn = Case["fn"];
const each = (shapes: number[][], ...fns: Fn[]): Case[] => fns.map((fn) => ({ fn, shapes }));
const square = (...fns: Fn[]) => [...each([[3, 3]], ...fns), ...each([[2, 2, 2]], ...fns)];
const tall = (...fns: Fn[]) => each([[2, 4, 3]], ...fns);
const wide = (...fns: Fn[]) => each([[3, 4]], ...fns);
const anyShape = (...fns: Fn[]) => [...square(...fns), ...tall(...fns), ...wide(...fns)];
const pair = [
  [3, 3],
  [3, 2],
];

const mT = (x: Tensor) => x.transpose(-1, -2);
const symmetric = (x: Tensor) => x.add(mT(x));
const positive = (x: Tensor) => x.matmul(mT(x)).add(sg.eye(x.shape[x.ndim - 1], { dtype: "float64" }));
/** Results of one call, as one tensor: their gradients meet. */
const both = (a: Tensor, b: Tensor) => sg.cat([a.reshape(-1), b.reshape(-1).mul(2)]);
/** The gradient of all of L, in PyTorch's way, is that of its triangle when only that is given. */
const lower = (L: Tensor) => L.tril();
const pivots = tensor([2, 3, 3], { dtype: "int32" });
const singular = tensor([1, 2, 3, 2, 4, 6, 0, 1, 1], { shape: [3, 3], dtype: "float64" });
const generator = () => new Generator(3);

const triangles: Cases = {
  cholesky: square(
    (x) => sg.cholesky(positive(x)),
    (x) => sg.cholesky(positive(x), { upper: true }),
  ),
  choleskySolve: each(
    pair,
    (L, b) => b.choleskySolve(lower(L)),
    (L, b) => b.choleskySolve(mT(lower(L)), { upper: true }),
  ),
  choleskyInverse: each([[3, 3]], (L) => lower(L).choleskyInverse()),
  triangularSolve: each(
    pair,
    (a, b) => b.triangularSolve(a).solution,
    (a, b) => b.triangularSolve(a, { transpose: true, unitriangular: true }).solution,
  ),
  "linalg.solveTriangular": each(
    pair,
    (a, b) => linalg.solveTriangular(a, b, { upper: true }),
    (a, b) => linalg.solveTriangular(a, mT(b), { upper: false, left: false, unitriangular: true }),
  ),
  "linalg.cholesky": square((x) => linalg.cholesky(positive(x))),
  "linalg.choleskyEx": square((x) => linalg.choleskyEx(positive(x)).L),
};

const eliminations: Cases = {
  det: [...square((x) => x.det()), ...each([[3, 3]], (x) => x.mul(0).add(singular).det().add(x.sum()))],
  logdet: square((x) => positive(x).logdet()),
  slogdet: square((x) => x.slogdet().logabsdet),
  inverse: square((x) => x.inverse()),
  lu: anyShape((x) => x.lu().LU),
  luUnpack: anyShape((x) => {
    const { LU, pivots } = linalg.luFactor(x);
    const { L, U } = sg.luUnpack(LU, pivots);
    return both(L, U);
  }),
  luSolve: each(pair, (LU, b) => b.luSolve(LU, pivots)),
  "linalg.lu": anyShape((x) => {
    const { L, U } = linalg.lu(x);
    return both(L, U);
  }),
  "linalg.luFactor": square((x) => linalg.luFactor(x).LU),
  "linalg.luFactorEx": square((x) => linalg.luFactorEx(x).LU),
  "linalg.luSolve": each(
    pair,
    (LU, b) => linalg.luSolve(LU, pivots, b, { adjoint: true }),
    (LU, b) => linalg.luSolve(LU, pivots, mT(b), { left: false }),
  ),
  "linalg.solve": each(pair, (a, b) => linalg.solve(a, b)),
  "linalg.solveEx": each(pair, (a, b) => linalg.solveEx(a, mT(b), { left: false }).result),
  "linalg.inv": square((x) => linalg.inv(x)),
  "linalg.invEx": square((x) => linalg.invEx(x).inverse),
  "linalg.det": square((x) => linalg.det(x)),
  "linalg.slogdet": square((x) => linalg.slogdet(x).logabsdet),
  "linalg.tensorinv": each([[2, 2, 4]], (x) => linalg.tensorinv(x)),
  "linalg.tensorsolve": each(
    [
      [2, 4, 2],
      [2, 2],
    ],
    (a, b) => linalg.tensorsolve(a, b, { dims: [1] }),
  ),
};

const qrOfBoth = (x: Tensor) => {
  const { Q, R } = linalg.qr(x);
  return both(Q, R);
};
const svdOfAll = (x: Tensor) => {
  const { U, S, Vh } = linalg.svd(x, { fullMatrices: false });
  return both(both(U.square(), S), Vh.square());
};

const reflections: Cases = {
  qr: anyShape((x) => x.qr().R),
  orgqr: each(
    [
      [2, 4, 3],
      [2, 3],
    ],
    (a, tau) => a.orgqr(tau),
  ),
  ormqr: each(
    [[4, 3], [2], [4, 2]],
    (a, tau, c) => a.ormqr(tau, c),
    (a, tau, c) => a.ormqr(tau, mT(c), { left: false, transpose: true }),
  ),
  "linalg.qr": anyShape(qrOfBoth),
  "linalg.householderProduct": each([[4, 3], [2]], (a, tau) => linalg.householderProduct(a, tau)),
};

const spectra: Cases = {
  svd: anyShape((x) => {
    const { U, S, V } = x.svd();
    return both(both(U.square(), S), V.square());
  }),
  pinverse: anyShape((x) => x.pinverse()),
  "linalg.svd": [...anyShape(svdOfAll), ...wide((x) => linalg.svd(x).S)],
  "linalg.svdvals": anyShape((x) => linalg.svdvals(x)),
  "linalg.eigh": square((x) => {
    const { eigenvalues, eigenvectors } = linalg.eigh(symmetric(x));
    return both(eigenvalues, eigenvectors.square());
  }),
  "linalg.eigvalsh": square((x) => linalg.eigvalsh(symmetric(x), { UPLO: "U" })),
  "linalg.pinv": [
    ...anyShape((x) => linalg.pinv(x)),
    ...square((x) => linalg.pinv(symmetric(x), { hermitian: true })),
    // A constant rank below both sizes.
    ...each(
      [
        [4, 2],
        [2, 3],
      ],
      (a, b) => linalg.pinv(a.matmul(b), { rtol: 1e-9 }),
    ),
  ],
  "linalg.lstsq": [
    ...each(
      [
        [4, 3],
        [4, 2],
      ],
      (a, b) => {
        const { solution, residuals } = linalg.lstsq(a, b);
        return both(solution, residuals);
      },
    ),
    ...each([[2, 3], [2]], (a, b) => linalg.lstsq(a, b).solution),
  ],
  svdLowrank: each([[4, 3]], (x) => sg.svdLowrank(x, { q: 3, generator: generator() }).S),
  pcaLowrank: each([[4, 3]], (x) => sg.pcaLowrank(x, { q: 3, generator: generator() }).S),
};

const orders = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity] as const;

const sizes: Cases = {
  renorm: each(
    [[2, 3, 2]],
    (x) => x.renorm(2, 1, 1.5),
    (x) => x.renorm(3, -1, 0.5),
  ),
  "linalg.matrixNorm": wide(
    ...orders.map(
      (ord): Fn =>
        (x) =>
          linalg.matrixNorm(x, ord, [1, 0]),
    ),
  ),
  "linalg.norm": [
    ...wide(
      (x) => linalg.norm(x),
      ...orders.map(
        (ord): Fn =>
          (x) =>
            linalg.norm(x, { ord }),
      ),
    ),
    ...each([[3]], (x) => linalg.norm(x, 3)),
  ],
  "linalg.cond": [
    ...square(
      ...orders.map(
        (p): Fn =>
          (x) =>
            linalg.cond(x, p),
      ),
    ),
    ...tall((x) => linalg.cond(x)),
  ],
};

const powers: Cases = {
  matrixExp: square((x) => x.matrixExp()),
  matrixPower: square(
    ...[-2, 0, 1, 3].map(
      (n): Fn =>
        (x) =>
          x.matrixPower(n),
    ),
  ),
  chainMatmul: each(
    [
      [2, 3],
      [3, 1],
      [1, 2],
    ],
    (a, b, c) => sg.chainMatmul(a, b, c),
  ),
  vander: each(
    [[3]],
    (x) => sg.vander(x),
    (x) => sg.vander(x, 2, { increasing: true }),
  ),
  vdot: each([[3], [3]], (a, b) => a.vdot(b)),
  cov: [
    ...each(
      [[3, 4]],
      (x) => x.cov(),
      (x) => x.cov({ correction: 0, fweights: tensor([1, 0, 2, 3], { dtype: "int32" }) }),
    ),
    ...each([[3, 4], [4]], (x, w) => x.cov({ aweights: w.square() })),
  ],
  corrcoef: each([[3, 4]], (x) => x.corrcoef().tril(-1)), // the diagonal is 1, give or take a rounding
  "linalg.matrixExp": each([[3, 3]], (x) => linalg.matrixExp(x.mul(5)).log1p().tanh()),
  "linalg.matrixPower": square((x) => linalg.matrixPower(x, 2)),
  "linalg.multiDot": each([[3], [3, 2], [2]], (a, b, c) => linalg.multiDot([a, b, c])),
  "linalg.vander": each([[3]], (x) => linalg.vander(x, { N: 4 })),
  "linalg.vecdot": each([[2, 3], [3]], (x, y) => linalg.vecdot(x, y)),
  "linalg.cross": each(
    [
      [2, 3],
      [1, 3],
    ],
    (x, y) => linalg.cross(x, y),
  ),
  "linalg.diagonal": each([[2, 3, 3]], (x) => linalg.diagonal(x, { offset: 1 })),
  "linalg.matmul": each(pair, (a, b) => linalg.matmul(a, b)),
  "linalg.vectorNorm": each([[2, 3]], (x) => linalg.vectorNorm(x, { ord: 3, dim: 0 })),
};

export const linearCases: Cases = {
  ...triangles,
  ...eliminations,
  ...reflections,
  ...spectra,
  ...sizes,
  ...powers,
};
