import { checkTensors } from "../../arguments.js";
import { AutogradError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { add, mul, sub } from "../elementwise/elementwise.js";
import { cat } from "../shape/join.js";
import { tril, triu } from "../shape/triangle.js";
import { narrow, squeeze, unsqueeze } from "../shape/views.js";
import { matrix, orthogonalFactor, reflect, triangularFactor } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, jointly, matricesOf, mT, together } from "./matrices.js";
import { solveTriangular } from "./triangular.js";

/** The sizes of the factors of `linalg.qr`. */
export type QrMode = "reduced" | "complete" | "r";

/**
 * Q and R with A = Q R, where Q is orthogonal and R upper triangular, computed by Householder reflections
 * with LAPACK's signs.
 * Shapes: A [..., m, n] and k = min(m, n): Q [..., m, k] and R [..., k, n]; for `complete` [..., m, m] and
 * [..., m, n], without a gradient where m > n; for `r` Q is empty. PyTorch: `torch.linalg.qr`.
 * @throws ValueError for another `mode`; AutogradError for a gradient of Q of the mode `complete` where A is
 * taller than wide.
 * @forms linalg.qr()
 */
export function qr(a: Tensor, options?: { mode?: QrMode }): Named<"Q" | "R", Tensor> {
  checkTensors("linalg.qr", a);
  checkOptions("linalg.qr", options, ["mode"]);
  return factored("linalg.qr", a, options?.mode ?? "reduced");
}

function factored(op: string, a: Tensor, mode: QrMode): Named<"Q" | "R", Tensor> {
  checkMatrices(op, a);
  if (!["reduced", "complete", "r"].includes(mode))
    throw new ValueError(`${op}: mode is reduced, complete or r: ${String(mode)}`);
  const [m, n] = a.shape.slice(-2);
  const k = mode === "complete" ? m : Math.min(m, n);
  const parts = matricesOf(a).map((one) => reflect(one));
  const { Q, R } = jointly(
    "qr",
    a,
    {
      Q: { shape: [m, k], list: parts.map((one) => orthogonalFactor(one, k).data) },
      R: { shape: [k, n], list: parts.map((one) => triangularFactor(one, k).data) },
    },
    (g, out) => {
      if (k > n)
        throw new AutogradError(
          `${op}: Q of mode complete has a gradient where A is not taller than wide: ${formatShape(a.shape)}`,
        );
      return qrGradient(a, out, g);
    },
  );
  return named({ Q: mode === "r" ? empty([0], a.dtype) : Q, R });
}

type Factors = { Q: Tensor; R: Tensor };

/** Columns of A after the square block are Q times those of R; the rest is the gradient of the block. */
function qrGradient(a: Tensor, { Q, R }: Factors, g: Factors): Tensor {
  const [m, n] = a.shape.slice(-2);
  if (m >= n) return squareGradient({ Q, R }, g);
  const [left, right] = [(x: Tensor) => narrow(x, -1, 0, m), (x: Tensor) => narrow(x, -1, m, n - m)];
  const through = add(g.Q, matmul(right(a), mT(right(g.R))));
  return cat([squareGradient({ Q, R: left(R) }, { Q: through, R: left(g.R) }), matmul(Q, right(g.R))], -1);
}

function squareGradient({ Q, R }: Factors, g: Factors): Tensor {
  const inner = sub(matmul(R, mT(g.R)), matmul(mT(g.Q), Q));
  const symmetric = add(tril(inner), mT(tril(inner, -1)));
  const outer = add(g.Q, matmul(Q, symmetric));
  return solveTriangular(mT(R), outer, { upper: false, left: false });
}

/**
 * Q and R as `linalg.qr` computes them; `some: false` is its mode `complete`.
 * Shapes: A [..., m, n] → Q [..., m, k], R [..., k, n], with k = min(m, n). PyTorch: `torch.qr`.
 * @example qr(eye(2)).R.abs() // [[1, 0], [0, 1]]
 * @throws ShapeError for less than 2 dims; DTypeError for integers.
 * @forms qr(), x.qr()
 */
export function qrOf(a: Tensor, options?: { some?: boolean }): Named<"Q" | "R", Tensor> {
  checkOptions("qr", options, ["some"]);
  return factored("qr", a, options?.some === false ? "complete" : "reduced");
}

/**
 * The QR factorization as LAPACK stores it: R on and above the diagonal, the vectors of the reflections below
 * it, and the factors of the reflections. The first element of each vector is 1 and is left out. No gradient.
 * Shapes: [..., m, n] → a [..., m, n], tau [..., min(m, n)]. PyTorch: `torch.geqrf`.
 * @throws DTypeError for integers; ShapeError for less than 2 dims.
 * @forms geqrf(), x.geqrf()
 */
export function geqrf(a: Tensor): Named<"a" | "tau", Tensor> {
  checkTensors("geqrf", a);
  checkMatrices("geqrf", a);
  const [m, n] = a.shape.slice(-2);
  const parts = matricesOf(a).map((one) => reflect(one));
  const packed = parts.map((one) => one.packed);
  const taus = parts.map((one) => matrix(1, one.taus.length, one.taus));
  const k = Math.min(m, n);
  return named({
    a: together(batchOf(a), m, n, packed, a),
    tau: squeeze(together(batchOf(a), 1, k, taus, a), -2),
  });
}

/** V and T of Q = I - V T Vᵀ, the product of the reflections I - τ v vᵀ. */
function compact(op: string, a: Tensor, tau: Tensor): { V: Tensor; T: Tensor } {
  checkMatrices(op, a);
  checkSameDType(op, a, tau);
  const [m, n] = a.shape.slice(-2);
  const k = tau.ndim === 0 ? -1 : tau.shape[tau.ndim - 1];
  if (
    tau.ndim !== a.ndim - 1 ||
    k < 0 ||
    k > Math.min(m, n) ||
    `${tau.shape.slice(0, -1)}` !== `${batchOf(a)}`
  )
    throw new ShapeError(
      `${op}: a factor for each vector, at most ${Math.min(m, n)} for each matrix: ${formatShape(tau.shape)} for ${formatShape(a.shape)}`,
    );
  const identity = (size: number) => eye(size, { dtype: a.dtype });
  const V = add(tril(narrow(a, -1, 0, k), -1), narrow(identity(m), 1, 0, k));
  const factors = mul(identity(k), unsqueeze(tau, -2));
  const coupling = add(identity(k), mul(unsqueeze(tau, -1), triu(matmul(mT(V), V), 1)));
  return { V, T: solveTriangular(coupling, factors, { upper: true, unitriangular: true }) };
}

/**
 * The first n columns of the product of the reflections that `geqrf` returns: the Q of `linalg.qr`. Shapes:
 * [..., m, n], [..., k] → [..., m, n], with k <= n <= m. PyTorch: `torch.linalg.householder_product`,
 * `torch.orgqr`.
 * @throws ShapeError for more columns than rows, and for factors that do not fit.
 * @forms orgqr(), x.orgqr(), linalg.householderProduct()
 */
export function householderProduct(a: Tensor, tau: Tensor): Tensor {
  checkTensors("linalg.householderProduct", a, tau);
  const { V, T } = compact("linalg.householderProduct", a, tau);
  const [m, n] = a.shape.slice(-2);
  if (m < n)
    throw new ShapeError(
      `linalg.householderProduct: at least as many rows as columns: ${formatShape(a.shape)}`,
    );
  const first = (x: Tensor) => narrow(x, -2, 0, n);
  const identity = narrow(eye(m, { dtype: a.dtype }), 1, 0, n);
  return sub(identity, matmul(V, matmul(T, mT(first(V)))));
}

/** Options of `ormqr`. */
export interface OrmqrOptions {
  /** Computes Q C; false computes C Q. Default true. */
  left?: boolean;
  /** Uses Qᵀ instead of Q. Default false. */
  transpose?: boolean;
}

/**
 * The product Q C, where Q [..., m, m] is the product of the reflections that `geqrf` returns. Shapes: a
 * [..., m, n], tau [..., k], C [..., m, l], or with `left: false` [..., l, m]. PyTorch: `torch.ormqr`.
 * @example const q = geqrf(eye(2)); ormqr(q.a, q.tau, ones([2, 1])).shape // [2, 1]
 * @throws ShapeError for Q and C that do not fit; DTypeError for different dtypes.
 * @forms ormqr(), x.ormqr()
 */
export function ormqr(a: Tensor, tau: Tensor, c: Tensor, options?: OrmqrOptions): Tensor {
  checkTensors("ormqr", a, tau, c);
  checkOptions("ormqr", options, ["left", "transpose"]);
  const { left = true, transpose = false } = options ?? {};
  const { V, T } = compact("ormqr", a, tau);
  checkSameDType("ormqr", a, c);
  if (c.ndim < 2 || c.shape[c.ndim - (left ? 2 : 1)] !== a.shape[a.ndim - 2])
    throw new ShapeError(`ormqr: Q and C do not fit: ${formatShape(a.shape)} and ${formatShape(c.shape)}`);
  const middle = transpose ? mT(T) : T;
  return left
    ? sub(c, matmul(V, matmul(middle, matmul(mT(V), c))))
    : sub(c, matmul(matmul(matmul(c, V), middle), mT(V)));
}
