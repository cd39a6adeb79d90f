import { withGradMode } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { broadcastShapes } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments.js";
import { abs, add, binary, compare, div, mul, sub, unary, where } from "../elementwise.js";
import { leastSquares } from "../factorize.js";
import { matmul } from "../matmul.js";
import { named } from "../named.js";
import { max, sum } from "../reduce.js";
import { expand, squeeze, to, unsqueeze } from "../views.js";
import { eigh } from "./eigen.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, mT, together } from "./matrices.js";
import { isVector } from "./solve.js";
import { svd, svdvals } from "./svd.js";

/** What counts as 0: values up to max(atol, rtol · the largest). A tensor has one for each matrix. */
export interface ToleranceOptions {
  /** Default 0. */
  atol?: number | Tensor | null;
  /** Default: the precision of the dtype times max(m, n), or 0 where `atol` is above 0. */
  rtol?: number | Tensor | null;
  /** Whether the matrix is symmetric; then only its lower triangle is read. Default false. */
  hermitian?: boolean;
}

const precision = (x: Tensor) => (x.dtype === "float64" ? Number.EPSILON : 2 ** -23);

/** The limit below which values [..., k] (absolute) of matrices like `a` count as 0, as [..., 1]. */
function limit(a: Tensor, values: Tensor, { atol, rtol }: ToleranceOptions): Tensor {
  const [m, n] = a.shape.slice(-2);
  const usual = precision(a) * Math.max(m, n);
  const absolute = atol ?? 0;
  const relative =
    rtol ??
    (typeof absolute === "number" ? (absolute > 0 ? 0 : usual) : where(compare.gt(absolute, 0), 0, usual));
  const column = (v: number | Tensor) => (typeof v === "number" || v.ndim === 0 ? v : unsqueeze(v, -1));
  const largest = max(values, -1, { keepdim: true });
  return binary.maximum(mul(largest, column(relative)), column(absolute));
}

/** `rcond`, by position or by name, is an older name of `rtol`. */
type PinvArguments =
  | [rcond: number | Tensor | null | undefined, options?: ToleranceOptions]
  | [options?: ToleranceOptions & { rcond?: number | Tensor | null }];

/**
 * The pseudoinverse, V diag(1 / S) Uᵀ without the values that count as 0: A⁻¹ where that exists. The gradient is that at a constant
 * rank. Shapes: [..., m, n] → [..., n, m]. PyTorch: `torch.linalg.pinv`.
 */
export function pinv(a: Tensor, ...args: PinvArguments): Tensor {
  const { rcond, ...rest } = byPositionOrName("linalg.pinv", args, ["rcond"], ["atol", "rtol", "hermitian"]);
  return inverted("linalg.pinv", a, { ...rest, rtol: rest.rtol ?? rcond } as ToleranceOptions);
}

/** `linalg.pinv`: values up to `rcond` times the largest count as 0. Default 1e-15. PyTorch: `torch.pinverse`. */
export function pinverse(a: Tensor, rcond = 1e-15): Tensor {
  return inverted("pinverse", a, { rtol: rcond });
}

function inverted(op: string, a: Tensor, options: ToleranceOptions): Tensor {
  checkMatrices(op, a, options.hermitian ?? false);
  const value = withGradMode(false, () => to(pseudoinverse(to(a.detach(), "float64"), a, options), a.dtype));
  const P: Tensor = differentiable("pinv", [a], value, (g) => [pinvGradient(a, P, g)], {
    saves: [a],
    savesOutput: true,
  });
  return P;
}

function pseudoinverse(x: Tensor, like: Tensor, options: ToleranceOptions): Tensor {
  if (x.numel === 0) return mT(x);
  const reciprocal = (values: Tensor) => {
    const sizes = abs(values);
    return where(compare.gt(sizes, limit(like, sizes, options)), div(1, values), 0);
  };
  if (options.hermitian) {
    const { eigenvalues: L, eigenvectors: V } = eigh(x);
    return matmul(mul(V, unsqueeze(reciprocal(L), -2)), mT(V));
  }
  const { U, S, Vh } = svd(x, { fullMatrices: false });
  return matmul(mul(mT(Vh), unsqueeze(reciprocal(S), -2)), mT(U));
}

/** Of the pseudoinverse P of A, at a constant rank; g has the shape of P. */
function pinvGradient(a: Tensor, P: Tensor, g: Tensor): Tensor {
  const [gT, PT] = [mT(g), mT(P)];
  const inverse = matmul(matmul(PT, g), PT);
  const outward = matmul(matmul(gT, P), PT);
  const inward = matmul(PT, matmul(P, gT));
  return add(
    sub(sub(outward, matmul(a, matmul(P, outward))), inverse),
    sub(inward, matmul(matmul(inward, P), a)),
  );
}

/**
 * How many singular values do not count as 0, `int32`. Shapes: [..., m, n] → [...]. `tol`: the largest that does, whatever the others
 * are. PyTorch: `torch.linalg.matrix_rank`.
 */
export function matrixRank(a: Tensor, options?: ToleranceOptions & { tol?: number | Tensor | null }): Tensor {
  const op = "linalg.matrixRank";
  checkOptions(op, options, ["atol", "rtol", "hermitian", "tol"]);
  const { tol, ...rest } = options ?? {};
  checkMatrices(op, a, rest.hermitian ?? false);
  const own = (tol ?? null) === null ? rest : { ...rest, atol: tol, rtol: 0 };
  const x = a.detach();
  const values = rest.hermitian ? abs(eigh(x).eigenvalues) : svdvals(x);
  if (values.shape[values.ndim - 1] === 0) return sum(to(values, "int32"), -1);
  return sum(compare.gt(values, limit(a, values, own)), -1);
}

export type LstsqDriver = "gels" | "gelsy" | "gelsd" | "gelss";

export interface LstsqOptions {
  /** What counts as 0, relative to the largest. Default: the precision of the dtype times max(m, n). */
  rcond?: number | null;
  /**
   * As in PyTorch: "gelsy" by reflections with pivoting; "gelsd" and "gelss" by singular values, which they give; "gels" for matrices of full
   * rank, and without a rank. "gelsy" gives no residuals. Default: "gelsy", with residuals.
   */
  driver?: LstsqDriver | null;
}

export interface LeastSquares extends ReadonlyArray<Tensor> {
  /** The X that makes ‖A X - B‖ least; of several the shortest. */
  readonly solution: Tensor;
  /** ‖A X - B‖² of each column where m > n and every matrix has full rank; else empty. */
  readonly residuals: Tensor;
  /** Of each matrix, as far as it can be told. */
  readonly rank: Tensor;
  /** Of each matrix, where the driver computes them; else empty. */
  readonly singularValues: Tensor;
}

const drivers: readonly LstsqDriver[] = ["gels", "gelsy", "gelsd", "gelss"];

/**
 * Least squares: X that makes ‖A X - B‖ least, also where columns of A depend on each other, never by the normal equations. The gradient
 * is that at a constant rank. Shapes: A [..., m, n], B [..., m, k] or [..., m]; batch dims broadcast. PyTorch: `torch.linalg.lstsq`.
 */
export function lstsq(a: Tensor, b: Tensor, options?: LstsqOptions): LeastSquares {
  const op = "linalg.lstsq";
  checkOptions(op, options, ["rcond", "driver"]);
  checkMatrices(op, a);
  checkSameDType(op, a, b);
  const driver = options?.driver ?? null;
  if (driver !== null && !drivers.includes(driver))
    throw new ValueError(
      `${op}: driver is one of ${drivers.join(", ")}: ${String(driver)}`,
      "INVALID_OPTION",
    );
  const vector = isVector(a, b);
  const columns = vector ? unsqueeze(b, -1) : b;
  const [m, n] = a.shape.slice(-2);
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== m)
    throw new ShapeError(`${op}: A and B do not fit: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  const rcond = options?.rcond ?? precision(a) * Math.max(m, n);
  const batch = broadcastShapes(op, batchOf(a), batchOf(columns));
  const k = columns.shape[columns.ndim - 1];
  const [A, B] = [expand(a, [...batch, m, n]), expand(columns, [...batch, m, k])];
  const [as, bs] = [matricesOf(A), matricesOf(B)];
  const found = as.map((one, i) => leastSquares(one, bs[i], rcond));
  const solutions = found.map(({ x }) => x);
  const X = differentiable(
    "lstsq",
    [A, B],
    together(batch, n, k, solutions, a),
    (g) => lstsqGradient(A, B, g, rcond),
    {
      saves: [A, B],
    },
  );
  const whole = m > n && found.every(({ rank }) => rank === n);
  const none = empty([0], a.dtype);
  const bySingularValues = driver === "gelsd" || driver === "gelss";
  return named({
    solution: vector ? squeeze(X, -1) : X,
    residuals: whole && driver !== "gelsy" ? squaredErrors(A, X, B) : none,
    rank:
      driver === "gels"
        ? empty([0], "int32")
        : integers(
            batch,
            found.map(({ rank }) => rank),
          ),
    singularValues: bySingularValues ? svdvals(A.detach()) : none,
  });
}

/** X is the pseudoinverse times B, whose gradients follow from those of both. */
function lstsqGradient(a: Tensor, b: Tensor, g: Tensor, rcond: number): Tensor[] {
  const P = pinv(a, { rtol: rcond });
  return [pinvGradient(a, P, matmul(g, mT(b))), matmul(mT(P), g)];
}

/** ‖A X - B‖² of each column. */
function squaredErrors(a: Tensor, x: Tensor, b: Tensor): Tensor {
  const [A, X, B] = [a, x, b].map((t) => to(t, "float64"));
  return to(sum(unary.square(sub(matmul(A, X), B)), -2), a.dtype);
}
