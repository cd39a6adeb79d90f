import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { neg } from "../elementwise/elementwise.js";
import { tril, triu } from "../shape/triangle.js";
import { clone, expand } from "../shape/views.js";
import { type Matrix, matrix } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, matricesOf, mT, together } from "./matrices.js";

/** Options of `linalg.solveTriangular`. */
export interface SolveTriangularOptions {
  /** Whether A is an upper triangle; false reads the lower one. */
  upper: boolean;
  /** Solves A X = B; false solves X A = B. Default true. */
  left?: boolean;
  /** Whether the diagonal is assumed to be ones and is not read. Default false. */
  unitriangular?: boolean;
}

/**
 * The solution X of A X = B (with `left: false`, of X A = B) for a triangular A, whose other triangle is not
 * read. A 0 on the diagonal gives infinities. Shapes: A [..., n, n], B [..., n, k] ([..., k, n]); batch dims
 * broadcast. PyTorch: `torch.linalg.solve_triangular`.
 * @throws ShapeError for A and B that do not fit; DTypeError for integers and for different dtypes.
 * @forms linalg.solveTriangular()
 */
export function solveTriangular(a: Tensor, b: Tensor, options: SolveTriangularOptions): Tensor {
  checkTensors("linalg.solveTriangular", a, b);
  const op = "linalg.solveTriangular";
  checkOptions(op, options, ["upper", "left", "unitriangular"]);
  checkMatrices(op, a, true);
  checkSameDType(op, a, b);
  const { upper, left = true, unitriangular = false } = options ?? {};
  if (typeof upper !== "boolean")
    throw new ShapeError(
      `${op}: { upper } says which triangle of A is read: ${quoted(upper)}`,
      "INVALID_OPTION",
    );
  const n = a.shape[a.ndim - 1];
  if (b.ndim < 2 || b.shape[b.ndim - (left ? 2 : 1)] !== n)
    throw new ShapeError(`${op}: A and B do not fit: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  if (!left) return mT(solveTriangular(mT(a), mT(b), { upper: !upper, unitriangular }));
  const batch = broadcastShapes(op, batchOf(a), batchOf(b));
  return solved(
    expand(a, [...batch, n, n]),
    expand(b, [...batch, n, b.shape[b.ndim - 1]]),
    upper,
    unitriangular,
  );
}

function solved(a: Tensor, b: Tensor, upper: boolean, unit: boolean): Tensor {
  const rights = matricesOf(b);
  const [rows, cols] = b.shape.slice(-2);
  const solutions = matricesOf(a).map((one, i) => substituted(one, rights[i], upper, unit));
  const out: Tensor = differentiable(
    "solveTriangular",
    [a, b],
    together(batchOf(b), rows, cols, solutions, b),
    (g) => {
      const gb = solved(mT(a), g, !upper, unit);
      const ga = neg(matmul(gb, mT(out)));
      return [upper ? triu(ga, unit ? 1 : 0) : tril(ga, unit ? -1 : 0), gb];
    },
    { saves: [a, b], savesOutput: true },
  );
  return out;
}

/** Back (upper) or forward substitution, row by row. */
function substituted(a: Matrix, b: Matrix, upper: boolean, unit: boolean): Matrix {
  const [n, k] = [b.rows, b.cols];
  const x = matrix(n, k, b.data.slice());
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    for (let j = upper ? i + 1 : 0; j < (upper ? n : i); j++) {
      const factor = a.data[i * n + j];
      for (let c = 0; c < k; c++) x.data[i * k + c] -= factor * x.data[j * k + c];
    }
    if (!unit) for (let c = 0; c < k; c++) x.data[i * k + c] /= a.data[i * n + i];
  }
  return x;
}

/** Options of `triangularSolve`. */
export interface TriangularSolveOptions {
  /** Default true. */
  upper?: boolean;
  /** Whether to solve Aᵀ X = B. Default false. */
  transpose?: boolean;
  /** Whether the diagonal is assumed to be ones and is not read. Default false. */
  unitriangular?: boolean;
}

/**
 * The solution X of A X = B for a triangular A, and a copy of A: `linalg.solveTriangular` with B as the first
 * argument.
 * Shapes: B [..., n, k], A [..., n, n] → [..., n, k]. PyTorch: `torch.triangular_solve`.
 * @throws ShapeError for A and B that do not fit; DTypeError for integers and for different dtypes.
 * @forms triangularSolve(), x.triangularSolve()
 */
export function triangularSolve(
  b: Tensor,
  a: Tensor,
  options?: TriangularSolveOptions,
): Named<"solution" | "clonedCoefficient", Tensor> {
  checkTensors("triangularSolve", b, a);
  checkOptions("triangularSolve", options, ["upper", "transpose", "unitriangular"]);
  const { upper = true, transpose = false, unitriangular = false } = options ?? {};
  const solution = transpose
    ? solveTriangular(mT(a), b, { upper: !upper, unitriangular })
    : solveTriangular(a, b, { upper, unitriangular });
  const batch = solution.shape.slice(0, -2);
  return named({ solution, clonedCoefficient: clone(expand(a, [...batch, ...a.shape.slice(-2)])) });
}
