import { checkTensors } from "../../arguments.js";
import { withGradMode } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { abs, add, binary, compare, div, mul, sub, where } from "../elementwise/elementwise.js";
import { amax, sum } from "../reduce/reduce.js";
import { to, unsqueeze } from "../shape/views.js";
import { eigh } from "./eigen.js";
import { matmul } from "./matmul.js";
import { checkMatrices, mT } from "./matrices.js";
import { svd, svdvals } from "./svd.js";

/** Values up to max(atol, rtol · the largest) count as 0. A tensor contains one tolerance per matrix. */
export interface ToleranceOptions {
  /** Default 0. */
  atol?: number | Tensor | null;
  /** Default: the precision of the dtype times max(m, n), or 0 if `atol` is above 0. */
  rtol?: number | Tensor | null;
  /** Whether the matrix is symmetric; then only its lower triangle is read. Default false. */
  hermitian?: boolean;
}

/** @internal The precision of the dtype: the distance from 1 to the next number. */
export const precision = (x: Tensor) => (x.dtype === "float64" ? Number.EPSILON : 2 ** -23);

/** The limit below which the absolute values [..., k] of matrices like `a` count as 0, as [..., 1]. */
function limit(a: Tensor, values: Tensor, { atol, rtol }: ToleranceOptions): Tensor {
  const [m, n] = a.shape.slice(-2);
  const usual = precision(a) * Math.max(m, n);
  const absolute = atol ?? 0;
  const relative =
    rtol ??
    (typeof absolute === "number" ? (absolute > 0 ? 0 : usual) : where(compare.gt(absolute, 0), 0, usual));
  const column = (v: number | Tensor) => (typeof v === "number" || v.ndim === 0 ? v : unsqueeze(v, -1));
  const largest = amax(values, -1, { keepdim: true });
  return binary.maximum(mul(largest, column(relative)), column(absolute));
}

/** `rcond`, by position or by name, is an older name of `rtol`. */
type PinvArguments =
  | [rcond: number | Tensor | null | undefined, options?: ToleranceOptions]
  | [options?: ToleranceOptions & { rcond?: number | Tensor | null }];

/**
 * The pseudoinverse V diag(1 / S) Uᵀ, computed without the singular values that count as 0. The gradient is
 * that at a constant rank. Shapes: [..., m, n] → [..., n, m]. PyTorch: `torch.linalg.pinv`.
 * @forms linalg.pinv()
 */
export function pinv(a: Tensor, ...args: PinvArguments): Tensor {
  checkTensors("linalg.pinv", a);
  const { rcond, ...rest } = byPositionOrName("linalg.pinv", args, ["rcond"], ["atol", "rtol", "hermitian"]);
  return inverted("linalg.pinv", a, { ...rest, rtol: rest.rtol ?? rcond } as ToleranceOptions);
}

/**
 * The pseudoinverse as `linalg.pinv` computes it; singular values up to `rcond` times the largest count as 0.
 * Default 1e-15.
 * Shape: [..., m, n] → [..., n, m]. PyTorch: `torch.pinverse`.
 * @example pinverse(tensor([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 * @forms pinverse(), x.pinverse()
 */
export function pinverse(a: Tensor, ...args: [rcond?: number] | [options: { rcond?: number }]): Tensor {
  checkTensors("pinverse", a);
  const { rcond = 1e-15 } = byPositionOrName("pinverse", args, ["rcond"]) as { rcond?: number };
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

/** @internal The gradient of the pseudoinverse P of A, at a constant rank; g has the shape of P. */
export function pinvGradient(a: Tensor, P: Tensor, g: Tensor): Tensor {
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
 * The rank of each matrix, `int32`: the number of singular values that do not count as 0. Shapes: [..., m, n]
 * → [...]. `tol`: the largest that does, whatever the others are. PyTorch: `torch.linalg.matrix_rank`.
 * @throws DTypeError for integers; ShapeError for less than 2 dims.
 * @forms linalg.matrixRank()
 */
export function matrixRank(a: Tensor, options?: ToleranceOptions & { tol?: number | Tensor | null }): Tensor {
  checkTensors("linalg.matrixRank", a);
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
