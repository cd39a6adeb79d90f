/**
 * Factorizations, solvers, norms and products of matrices against PyTorch, their properties at any shape, and
 * what they refuse.
 */
import { describe, expect, it } from "vitest";
import * as library from "../../../src/index.js";
import { compile, eye, linalg, randn, type Tensor, tensor, zeros } from "../../../src/index.js";
import { Generator } from "../../../src/random.js";
import { expectClose } from "../../close.js";
import {
  decode,
  elements,
  load,
  type Stored,
  type StoredCase,
  toTensor,
} from "../../fixtures/pytorch/read.js";
import fc from "../../property.js";

type Case = StoredCase & { positional?: (Stored | number[])[] };
const cases = load<Case[]>("factorizations");

/**
 * `linalg.svd.U` is that part of the result of `linalg.svd`; one that begins with | is compared by absolute
 * value.
 */
function run(c: Case, inputs: Tensor[]): Tensor {
  const path = c.op.replace("|", "").split(".");
  const home = path[0] === "linalg" ? linalg : library;
  const [name, part] = path[0] === "linalg" ? path.slice(1) : path;
  const positional = (c.positional ?? []).map((v) => (v === "inf" || v === "-inf" ? decode([v])[0] : v));
  const options = Object.keys(c.options).length > 0 ? [c.options] : [];
  const result = (home as any)[name](...inputs, ...positional, ...options);
  const y: Tensor = part === undefined ? result : result[part];
  return c.op.startsWith("|") ? y.abs() : y;
}

/** Condition numbers of up to 1000 multiply the roundings. */
const close = { rtol: 1e-8, atol: 1e-9 };

it.each(cases.map((c, i) => [i, c.op, c] as const))("#%i %s", (_, __, c) => {
  const inputs = c.inputs.map((x) => toTensor(x));
  for (const [j, x] of inputs.entries()) if (c.grads?.[j]) x.requiresGrad = true;
  const y = run(c, inputs);
  expect([y.dtype, y.shape]).toEqual(c.output.slice(0, 2));
  expectClose(elements(y.detach()), decode(c.output[2]), close);
  if (!c.grads?.some((g) => g !== null)) return;
  y.backward(toTensor(c.cotangent!));
  for (const [j, g] of c.grads.entries())
    if (g !== null) expectClose(elements(inputs[j].grad!), decode(g[2]), close, `gradient ${j}`);
});

const shapes = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), fc.integer());
const double = (shape: number[], seed: number) =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const near = { rtol: 0, atol: 1e-9 };
const expectSame = (a: Tensor, b: Tensor) => expectClose(elements(a), elements(b), near);
const identity = (n: number) => eye(n, { dtype: "float64" });

/** A of any shape and rank: the first columns of one factor times the first rows of another. */
function ofRank(m: number, n: number, rank: number, seed: number): Tensor {
  return double([m, rank], seed).matmul(double([rank, n], seed + 1));
}

describe("what every factorization is", () => {
  it("A = U S Vᵀ with orthogonal U and V, at any rank", () => {
    fc.assert(
      fc.property(shapes, fc.nat(7), ([m, n, seed], lost) => {
        const k = Math.min(m, n);
        const a = ofRank(m, n, Math.max(0, k - lost), seed);
        const { U, S, Vh } = linalg.svd(a);
        const values = elements(S);
        expect(values).toEqual([...values].sort((x, y) => y - x));
        expectSame(
          U.narrow(1, 0, k)
            .mul(S)
            .matmul(Vh.narrow(0, 0, k)),
          a,
        );
        expectSame(U.T.matmul(U), identity(m));
        expectSame(Vh.matmul(Vh.T), identity(n));
      }),
    );
  });

  it("A V = V diag(λ) with orthogonal V, also for equal eigenvalues", () => {
    fc.assert(
      fc.property(shapes, fc.nat(7), ([n, , seed], lost) => {
        const half = ofRank(n, n, Math.max(0, n - lost), seed);
        const a = half.add(half.T);
        const { eigenvalues, eigenvectors } = linalg.eigh(a);
        const values = elements(eigenvalues);
        expect(values).toEqual([...values].sort((x, y) => x - y));
        expectSame(a.matmul(eigenvectors), eigenvectors.mul(eigenvalues));
        expectSame(eigenvectors.T.matmul(eigenvectors), identity(n));
      }),
    );
  });

  it("A = P L U, and LU solves", () => {
    fc.assert(
      fc.property(shapes, ([m, n, seed]) => {
        const a = double([m, n], seed);
        const { P, L, U } = linalg.lu(a);
        expectSame(P.matmul(L).matmul(U), a);
        expect(Math.max(...elements(L.abs()))).toBeLessThanOrEqual(1);
        if (m !== n) return;
        const [x, b] = [linalg.inv(a), double([n, 2], seed + 1)];
        const { LU, pivots } = linalg.luFactor(a);
        const scale = linalg.vectorNorm(x).mul(linalg.vectorNorm(b));
        expectSame(linalg.luSolve(LU, pivots, b).div(scale), x.matmul(b).div(scale));
      }),
    );
  });

  it("the pseudoinverse has Penrose's four properties at any rank", () => {
    fc.assert(
      fc.property(shapes, fc.nat(7), ([m, n, seed], lost) => {
        const rank = Math.max(0, Math.min(m, n) - lost);
        // Orthonormal factors, so that values are 1 or 0.
        const [q, r] = [linalg.qr(double([m, m], seed)).Q, linalg.qr(double([n, n], seed + 1)).Q];
        const a = q.narrow(1, 0, rank).matmul(r.narrow(0, 0, rank));
        const p = linalg.pinv(a);
        expect(linalg.matrixRank(a).item()).toBe(rank);
        expectSame(a.matmul(p).matmul(a), a);
        expectSame(p.matmul(a).matmul(p), p);
        expectSame(a.matmul(p), a.matmul(p).T);
        expectSame(p.matmul(a), p.matmul(a).T);
      }),
    );
  });

  it("L D Lᵀ solves symmetric systems that are not positive", () => {
    fc.assert(
      fc.property(shapes, ([n, , seed]) => {
        const half = double([n, n], seed);
        const a = half.add(half.T).mul(identity(n).mul(-1).add(1)).add(identity(n).mul(1e-3));
        const b = double([n, 2], seed + 1);
        const { LD, pivots } = linalg.ldlFactor(a);
        const x = linalg.ldlSolve(LD, pivots, b);
        const scale = Math.max(1, linalg.vectorNorm(x).item());
        expectSame(a.matmul(x).div(scale), b.div(scale));
      }),
    );
  });
});

it("singular values of very large and very small matrices", () => {
  for (const scale of [1e-200, 1e200]) {
    const S = elements(linalg.svdvals(tensor([3, 0, 4, 5], { shape: [2, 2], dtype: "float64" }).mul(scale)));
    expectClose(
      S.map((s) => s / scale),
      [6.70820393249937, 2.23606797749979],
      { rtol: 1e-12, atol: 0 },
    );
    const L = elements(linalg.eigvalsh(tensor([2, 1, 1, 2], { shape: [2, 2], dtype: "float64" }).mul(scale)));
    expectClose(
      L.map((s) => s / scale),
      [1, 3],
      { rtol: 1e-12, atol: 0 },
    );
  }
});

/**
 * By row i and column j: of low rank, with equal values, with elements that nearly vanish beside others, or
 * whose squares do.
 */
const peculiar: Record<string, (i: number, j: number, n: number) => number> = {
  ones: () => 1,
  zeros: () => 0,
  identity: (i, j) => Number(i === j),
  signs: (i, j) => ((7 * i + 7 * j) % 3) - 1,
  mirrored: (i, j, n) => Number(i + j === n - 1),
  hilbert: (i, j) => 1 / (i + j + 1),
  falling: (i, j) => 10 ** -(i + j),
  rising: (i, j, n) => 10 ** (i + j - n),
  threeDiagonals: (i, j, n) => (i === j ? Math.abs(i - n / 2) : Number(Math.abs(i - j) === 1)),
  nearlyIdentity: (i, j) => (i === j ? 1 + i * 1e-15 : 1e-16),
  tiny: (i, j) => 1e-310 * (i + j),
  huge: (i, j) => 1e307 * Math.cos(i * j),
};

it.each(Object.entries(peculiar))("%s: orthogonal factors whose product it is", (_, element) => {
  for (const n of [1, 2, 3, 10, 80]) {
    const values = Float64Array.from({ length: n * n }, (_, at) => element(Math.floor(at / n), at % n, n));
    const a = tensor(values, { shape: [n, n] });
    const scale = Math.max(...values.map(Math.abs)) || 1;
    const { U, S, Vh } = linalg.svd(a);
    const { eigenvalues, eigenvectors: V } = linalg.eigh(a);
    expectSame(U.mul(S.div(scale)).matmul(Vh), a.div(scale));
    expectSame(V.mul(eigenvalues.div(scale)).matmul(V.T), a.div(scale));
    for (const q of [U, Vh, V]) expectSame(q.matmul(q.T), identity(n));
  }
});

it("equal singular values and eigenvalues have gradients where these do not depend on the vectors", () => {
  const a = identity(3).requiresGrad_();
  linalg.svdvals(a).sum().backward();
  expectSame(a.grad!, identity(3));
  a.grad = null;
  linalg.eigvalsh(a).mul(2).sum().backward();
  expectSame(a.grad!, identity(3).mul(2));
});

it("the largest components are found from random products", () => {
  const a = ofRank(30, 20, 4, 5);
  const { U, S, V } = library.svdLowrank(a, { q: 6, generator: new Generator(1) });
  expectSame(U.mul(S).matmul(V.T), a);
  expectSame(S, linalg.svdvals(a).narrow(0, 0, 6));
  const centred = a.T.sub(a.T.mean(0, { keepdim: true }));
  const components = library.pcaLowrank(a.T, { q: 5, generator: new Generator(1) });
  expectSame(components.S, linalg.svdvals(centred).narrow(0, 0, 5));
  expect(components.V.shape).toEqual([30, 5]);
});

it("a product of many matrices is the same in any order, of vectors a number", () => {
  const chain = [double([2], 1), double([2, 5], 2), double([5, 1], 3), double([1, 4], 4), double([4], 5)];
  const expected = chain.reduce((x, y) => x.matmul(y));
  expectSame(linalg.multiDot(chain), expected);
  expectSame(library.chainMatmul(...chain), expected);
});

it("what does not throw says where it failed", () => {
  const singular = tensor([1, 2, 2, 4], { shape: [2, 2] });
  const both = library.stack([eye(2), singular]);
  expect(linalg.invEx(both).info.toArray()).toEqual([0, 2]);
  expect(linalg.solveEx(both, zeros([2, 1])).info.toArray()).toEqual([0, 2]);
  expect(linalg.luFactorEx(both).info.toArray()).toEqual([0, 2]);
  expect(linalg.choleskyEx(both.neg()).info.toArray()).toEqual([1, 1]);
  expect(linalg.ldlFactorEx(zeros([2, 2])).info.item()).toBe(1);
  expect(library.slogdet(singular).sign.item()).toBe(0);
  expect(library.slogdet(singular).logabsdet.item()).toBe(-Infinity);
  expect(linalg.cond(singular, 1).item()).toBe(Infinity);
});

it("results that nothing differentiates are dense, and those of a batch that is have windows", () => {
  const a = double([2, 3, 3], 4);
  expect(linalg.svd(a).Vh.isContiguous).toBe(true);
  const { Q, R } = linalg.qr(a.clone().requiresGrad_());
  expect(Q.isContiguous).toBe(false);
  expectSame(Q.detach().matmul(R.detach()), a);
});

it("a window that was written to is no longer what backward needs", () => {
  const a = double([3, 3], 4).requiresGrad_();
  const { Q, R } = linalg.qr(a);
  library.noGrad(() => Q.mul_(2));
  expect(() => R.sum().backward()).toThrowError(expect.objectContaining({ code: "SAVED_TENSOR_CHANGED" }));
});

it.each<[string, (x: Tensor) => Tensor]>([
  ["matrixNorm", (x) => linalg.matrixNorm(x, 1)],
  ["norm", (x) => linalg.norm(x, Infinity, { keepdim: true })],
  ["multiDot", (x) => linalg.multiDot([x, x.T, x])],
  ["matrixPower", (x) => linalg.matrixPower(x.matmul(x.T), 3)],
  ["cov", (x) => x.cov({ aweights: x.square().sum(0) })],
  ["corrcoef", (x) => x.corrcoef()],
  ["renorm", (x) => x.renorm(2, 0, 1)],
  ["vander", (x) => linalg.vander(x, { N: 3 })],
  ["integers", (x) => x.int().matmul(x.int().T)],
])("%s is compiled: no value is read", (_, fn) => {
  const program = compile(fn);
  for (const seed of [1, 2]) {
    const x = double([3, 4], seed);
    expectSame(program(x), fn(x));
  }
});

it("order and dims by position or by name", () => {
  const x = double([2, 3], 9);
  const expected = linalg.vectorNorm(x, 1, 0, { keepdim: true });
  expectSame(linalg.vectorNorm(x, { ord: 1, dim: 0, keepdim: true }), expected);
  expectSame(linalg.norm(x, 1, { dim: 0, keepdim: true }), expected);
  expectSame(library.norm(x, { p: 1, dim: 0, keepdim: true }), expected);
  expectSame(library.dist(x, x.mul(2), { p: 1 }), library.norm(x, 1));
  expectSame(linalg.pinv(x, 0.5), linalg.pinv(x, { rtol: 0.5 }));
  expectSame(linalg.pinv(x, tensor(0.5).double()), linalg.pinv(x, { rcond: 0.5 }));
  expect(linalg.matrixRank(x, { tol: 1.5 }).item()).toBe(linalg.matrixRank(x, { atol: 1.5 }).item());
  expect(library.lu(x, true, true).length).toBe(3);
});

describe("what is refused", () => {
  const none = zeros([2, 2]);
  const nan = none.add(Number.NaN);
  const wide = zeros([2, 3]);
  const any = (v: unknown) => v as any;
  it.each<[string, () => unknown, string, RegExp]>([
    ["no tensor", () => linalg.svd(any([[1]])), "NOT_A_TENSOR", /^linalg.svd: a tensor is needed: \[\[1\]\]/],
    ["no tensor", () => linalg.solve(none, any(2)), "NOT_A_TENSOR", /^linalg.solve: a tensor is needed: 2/],
    ["NaN", () => linalg.svd(nan), "NOT_FINITE", /^linalg.svd: the matrix is finite: matrix 0/],
    ["NaN", () => linalg.eigh(nan), "NOT_FINITE", /^linalg.eigh: the matrix is finite/],
    ["a singular matrix", () => linalg.luFactor(none), "SINGULAR_MATRIX", /^linalg.luFactor: .*pivot 0/],
    ["a singular matrix", () => linalg.matrixPower(none, -1), "SINGULAR_MATRIX", /singular/],
    [
      "a singular matrix",
      () => linalg.invEx(none, { checkErrors: true }),
      "SINGULAR_MATRIX",
      /^linalg.invEx/,
    ],
    ["a triangle", () => linalg.eigh(none, any({ UPLO: "M" })), "INVALID_OPTION", /UPLO is "L" or "U": M/],
    ["no triangle", () => linalg.solveTriangular(none, none, any({})), "INVALID_OPTION", /upper/],
    ["a driver", () => linalg.lstsq(none, none, any({ driver: "qr" })), "INVALID_OPTION", /gelsy.*: qr/],
    [
      "an order",
      () => linalg.matrixNorm(none, 3),
      "INVALID_VALUE",
      /^linalg.matrixNorm: the order is one of/,
    ],
    ["an order", () => linalg.norm(zeros([2]), any("fro")), "INVALID_VALUE", /vectors is a number: "fro"/],
    ["no dim", () => linalg.norm(zeros([2, 2, 2]), 1), "SHAPE_MISMATCH", /vector or a matrix: \[2, 2, 2\]/],
    ["a dim twice", () => linalg.matrixNorm(none, 1, [0, -2]), "SHAPE_MISMATCH", /appears twice/],
    ["one dim", () => linalg.matrixNorm(none, 1, [0]), "INVALID_DIM", /two dims/],
    ["no elements", () => linalg.matrixNorm(zeros([0, 2]), 2), "EMPTY_REDUCTION", /order 2: \[0\]/],
    ["a name given twice", () => linalg.norm(none, 1, any({ ord: 2 })), "UNKNOWN_OPTION", /ord/],
    ["no option", () => linalg.vectorNorm(none, 1, 0, any(true)), "INVALID_OPTIONS", /options are an object/],
    ["no square", () => library.logdet(wide), "SHAPE_MISMATCH", /^logdet: the matrix is square: \[2, 3\]/],
    ["shapes", () => linalg.solveTriangular(none, wide.T, { upper: true }), "SHAPE_MISMATCH", /do not fit/],
    ["shapes", () => library.choleskySolve(wide.T, none), "SHAPE_MISMATCH", /do not fit/],
    ["shapes", () => library.ormqr(none, zeros([2]), wide.T), "SHAPE_MISMATCH", /^ormqr: Q and C/],
    ["shapes", () => linalg.householderProduct(none, zeros([3])), "SHAPE_MISMATCH", /at most 2/],
    ["shapes", () => linalg.multiDot([none, wide, none]), "SHAPE_MISMATCH", /inner dimensions differ/],
    ["shapes", () => linalg.tensorinv(none, 2), "SHAPE_MISMATCH", /as many elements/],
    ["shapes", () => linalg.tensorsolve(wide, none), "SHAPE_MISMATCH", /tensorsolve/],
    ["pivots", () => linalg.luSolve(none, zeros([2]).int(), none), "INVALID_VALUE", /rows from 1 to 2: 0/],
    ["pivots", () => linalg.ldlSolve(none, zeros([2]).int(), none), "INVALID_VALUE", /rows from 1 to 2/],
    ["two tolerances", () => linalg.pinv(none, zeros([]), any(zeros([]))), "INVALID_OPTIONS", /^linalg.pinv/],
    ["a fraction", () => library.matrixPower(none, 0.5), "INVALID_VALUE", /n is an integer: 0.5/],
    ["integers", () => linalg.matrixNorm(none.int()), "DTYPE_MISMATCH", /of floats: int32/],
    ["dtypes", () => linalg.lstsq(none, none.double()), "DTYPE_MISMATCH", /float32 and float64/],
    ["weights", () => library.cov(wide, { aweights: zeros([2]) }), "SHAPE_MISMATCH", /3 observations: \[2\]/],
    ["weights", () => library.cov(wide, { fweights: zeros([3]) }), "INVALID_VALUE", /integers: float32/],
    ["a vector", () => library.renorm(zeros([2]), 2, 0, 1), "SHAPE_MISMATCH", /^renorm: at least 2 dims/],
    ["q", () => library.svdLowrank(wide, { q: 3 }), "SHAPE_MISMATCH", /q is an integer from 0 to 2: 3/],
    ["N", () => linalg.vander(zeros([2]), { N: 1 }), "INVALID_VALUE", /N is an integer above 1: 1/],
  ])("%s", (_, call, code, message) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it("the gradient of what has none", () => {
    const tall = wide.T.clone().requiresGrad_();
    expect(() => linalg.qr(tall, { mode: "complete" }).Q.sum().backward()).toThrow(/mode complete/);
  });
});
