import { checkNumbers, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { broadcastShapes } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { named } from "../arguments/named.js";
import { sub, unary } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { expand, squeeze, to, unsqueeze } from "../shape/views.js";
import { leastSquares } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, mT, together } from "./matrices.js";
import { pinv, pinvGradient, precision } from "./pseudoinverse.js";
import { isVector } from "./solve.js";
import { svdvals } from "./svd.js";

/** LAPACK's names of the methods of `linalg.lstsq`. */
export type LstsqDriver = "gels" | "gelsy" | "gelsd" | "gelss";

/** Options of `linalg.lstsq`. */
export interface LstsqOptions {
  /**
   * Values up to this, relative to the largest, count as 0. Default: the precision of the dtype times max(m,
   * n).
   */
  rcond?: number | null;
  /**
   * As in PyTorch. "gelsy" uses reflections with pivoting. "gelsd" and "gelss" use singular values and return
   * them. "gels" is for matrices of full rank and returns no rank. "gelsy" returns no residuals. Default:
   * "gelsy", with residuals.
   */
  driver?: LstsqDriver | null;
}

/** What `linalg.lstsq` returns. */
export interface LeastSquares extends ReadonlyArray<Tensor> {
  /** The X that minimizes ‖A X - B‖; if there are several, the shortest. */
  readonly solution: Tensor;
  /** ‖A X - B‖² of each column if m > n and every matrix has full rank; otherwise empty. */
  readonly residuals: Tensor;
  /** The numerical rank of each matrix. */
  readonly rank: Tensor;
  /** The singular values of each matrix if the driver computes them; otherwise empty. */
  readonly singularValues: Tensor;
}

const drivers: readonly LstsqDriver[] = ["gels", "gelsy", "gelsd", "gelss"];

/**
 * The least-squares solution X that minimizes ‖A X - B‖, also for rank-deficient A; the normal equations are
 * never used. The gradient is that at a constant rank. Shapes: A [..., m, n], B [..., m, k] or [..., m];
 * batch dims broadcast. PyTorch: `torch.linalg.lstsq`.
 * @example linalg.lstsq(tensor([[1, 0], [1, 1], [1, 2]]), tensor([[1], [3], [5]])).solution // [[1], [2]]
 * @throws ShapeError for A and B that do not fit; DTypeError for integers and for different dtypes.
 * @forms linalg.lstsq()
 */
export function lstsq(a: Tensor, b: Tensor, options?: LstsqOptions): LeastSquares {
  checkTensors("linalg.lstsq", a, b);
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
  if (options?.rcond !== undefined && options.rcond !== null) checkNumbers(op, { rcond: options.rcond });
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
    { saves: [A, B] },
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

/** The gradients for X = pinv(A) B follow from the gradients of both factors. */
function lstsqGradient(a: Tensor, b: Tensor, g: Tensor, rcond: number): Tensor[] {
  const P = pinv(a, { rtol: rcond });
  return [pinvGradient(a, P, matmul(g, mT(b))), matmul(mT(P), g)];
}

/** ‖A X - B‖² of each column. */
function squaredErrors(a: Tensor, x: Tensor, b: Tensor): Tensor {
  const [A, X, B] = [a, x, b].map((t) => to(t, "float64"));
  return to(sum(unary.square(sub(matmul(A, X), B)), -2), a.dtype);
}
