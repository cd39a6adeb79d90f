import { checkIntegers, checkTensorList, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions, dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { constant } from "../create/constant.js";
import { eye, ones } from "../create/create.js";
import { abs, add, mul, sub, where } from "../elementwise/elementwise.js";
import { amax, sum } from "../reduce/reduce.js";
import { cumprod } from "../reduce/scan.js";
import { cat } from "../shape/join.js";
import { flip } from "../shape/rearrange.js";
import { expand, narrow, reshape, squeeze, to, unsqueeze } from "../shape/views.js";
import { matmul } from "./matmul.js";
import { checkMatrices } from "./matrices.js";
import { inv, solve } from "./solve.js";

/**
 * Aⁿ for an integer n, computed by repeated squaring; negative n are powers of A⁻¹. Shape: [..., m, m].
 * PyTorch: `torch.linalg.matrix_power`, `torch.matrix_power`.
 * @throws SimdgradError `SINGULAR_MATRIX` for a negative power of a singular matrix.
 * @throws ShapeError for a matrix that is not square.
 * @forms matrixPower(), x.matrixPower(), linalg.matrixPower()
 */
export function matrixPower(a: Tensor, n: number): Tensor {
  checkTensors("linalg.matrixPower", a);
  const op = "linalg.matrixPower";
  if (a.ndim < 2 || a.shape[a.ndim - 1] !== a.shape[a.ndim - 2])
    throw new ShapeError(`${op}: a square matrix is needed: ${formatShape(a.shape)}`);
  checkIntegers(op, { n });
  // A gets a gradient of 0, because the result does not depend on it.
  if (n === 0)
    return where(constant(1, "bool"), expand(eye(a.shape[a.ndim - 1], { dtype: a.dtype }), a.shape), a);
  if (n < 0) return matrixPower(inv(a), -n);
  const half = n > 1 ? matrixPower(matmul(a, a), Math.floor(n / 2)) : null;
  if (half === null) return a;
  return n % 2 === 0 ? half : matmul(half, a);
}

/** For larger norms, Padé's quotient loses digits, so the matrix is halved first. */
const largestNorm = 5.371920351148152;

/** Coefficients of degree 13: numerator Σ cᵢ Aⁱ, denominator Σ cᵢ (-A)ⁱ. */
const coefficients = [1];
for (let i = 1; i <= 13; i++) coefficients.push((coefficients[i - 1] * (14 - i)) / (i * (27 - i)));

/**
 * The exponential of each matrix, Σ Aⁱ / i!, computed in float64 by scaling, a Padé approximation and
 * repeated squaring. Shape: [..., n, n]. PyTorch: `torch.linalg.matrix_exp`, `torch.matrix_exp`.
 * @throws DTypeError for integers; ShapeError for a matrix that is not square.
 * @forms matrixExp(), x.matrixExp(), linalg.matrixExp()
 */
export function matrixExp(a: Tensor): Tensor {
  checkTensors("linalg.matrixExp", a);
  checkMatrices("linalg.matrixExp", a, true);
  if (a.numel === 0) return mul(a, 1);
  const norm = amax(sum(abs(to(a.detach(), "float64")), -2)).item();
  if (!Number.isFinite(norm)) return mul(a, Number.NaN);
  let halvings = 0;
  while (norm / 2 ** halvings > largestNorm) halvings++;
  const x = mul(to(a, "float64"), 2 ** -halvings);
  const identity = expand(eye(a.shape[a.ndim - 1], { dtype: "float64" }), a.shape);
  const x2 = matmul(x, x);
  const [even, odd] = [0, 1].map((parity) => {
    // Horner's rule in the square of the matrix.
    const own = coefficients.filter((_, i) => i % 2 === parity);
    return own.reduceRight<Tensor | null>((total, c) => {
      const term = mul(identity, c);
      return total === null ? term : add(matmul(total, x2), term);
    }, null)!;
  });
  const uneven = matmul(x, odd);
  let power = solve(sub(even, uneven), add(even, uneven));
  for (let i = 0; i < halvings; i++) power = matmul(power, power);
  return to(power, a.dtype);
}

/**
 * The product of several matrices, multiplied in the order that needs the fewest operations. The first and
 * the last may be vectors. Shapes: [m, k], …, [l, n] → [m, n]. PyTorch: `torch.linalg.multi_dot`.
 * @throws ShapeError without a matrix, and for inner dims that differ.
 * @forms linalg.multiDot()
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  checkTensorList("linalg.multiDot", tensors);
  return chained("linalg.multiDot", tensors);
}

/**
 * The product of its arguments as `linalg.multiDot` computes it.
 * Shapes: [m, k], …, [l, n] → [m, n]. PyTorch: `torch.chain_matmul`.
 * @example chainMatmul(ones([2, 3]), ones([3, 4]), ones([4, 5])).shape // [2, 5]
 * @throws ShapeError without a matrix, and for inner dims that differ.
 * @forms chainMatmul()
 */
export function chainMatmul(...matrices: Tensor[]): Tensor {
  checkTensors("chainMatmul", ...matrices);
  return chained("chainMatmul", matrices);
}

function chained(op: string, tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new ShapeError(`${op}: at least one matrix is needed: got none`);
  const last = tensors.length - 1;
  const ends = tensors.map((x, i) => x.ndim === 1 && (i === 0 || i === last));
  if (tensors.length === 1) return mul(tensors[0], 1);
  const matrices = tensors.map((x, i) => {
    if (x.ndim !== 2 && !ends[i])
      throw new ShapeError(`${op}: matrices, and at the ends vectors: ${formatShape(x.shape)}`);
    return ends[i] ? unsqueeze(x, i === 0 ? 0 : 1) : x;
  });
  for (const [i, x] of matrices.entries())
    if (i > 0 && matrices[i - 1].shape[1] !== x.shape[0])
      throw new ShapeError(
        `${op}: inner dimensions differ: ${formatShape(tensors[i - 1].shape)} x ${formatShape(tensors[i].shape)}`,
      );
  const product = bestProduct(matrices);
  const gone = [...(ends[0] ? [0] : []), ...(ends[last] ? [1] : [])];
  return gone.length === 0 ? product : squeeze(product, gone);
}

/**
 * The cheapest order of multiplication for each range of consecutive matrices, from short ranges to long
 * ones.
 */
function bestProduct(matrices: readonly Tensor[]): Tensor {
  const sizes = [matrices[0].shape[0], ...matrices.map((x) => x.shape[1])];
  const count = matrices.length;
  const cost = matrices.map(() => new Array<number>(count).fill(0));
  const cut = matrices.map(() => new Array<number>(count).fill(0));
  for (let length = 1; length < count; length++)
    for (let from = 0; from + length < count; from++) {
      const to = from + length;
      cost[from][to] = Infinity;
      for (let at = from; at < to; at++) {
        const total = cost[from][at] + cost[at + 1][to] + sizes[from] * sizes[at + 1] * sizes[to + 1];
        if (total < cost[from][to]) [cost[from][to], cut[from][to]] = [total, at];
      }
    }
  const product = (from: number, to: number): Tensor =>
    from === to ? matrices[from] : matmul(product(from, cut[from][to]), product(cut[from][to] + 1, to));
  return product(0, count - 1);
}

/**
 * The Vandermonde matrix: each row holds the powers 0, …, N - 1 of an element; N is by default the number of
 * elements. Shapes: [..., n] → [..., n, N]. PyTorch: `torch.linalg.vander`.
 * @throws ValueError for an N below 2.
 * @forms linalg.vander()
 */
export function vander(x: Tensor, options?: { N?: number | null }): Tensor {
  checkTensors("linalg.vander", x);
  checkOptions("linalg.vander", options, ["N"]);
  if (x.ndim === 0) return vander(reshape(x, [1]), options);
  const count = options?.N ?? x.shape[x.ndim - 1];
  if (!Number.isInteger(count) || count < 2)
    throw new ValueError(`linalg.vander: N is an integer above 1: ${quoted(count)}`);
  return rising(x, count);
}

function rising(x: Tensor, count: number): Tensor {
  const first = ones([...x.shape, 1], { dtype: x.dtype });
  const factors = cat([first, expand(unsqueeze(x, -1), [...x.shape, count - 1])], -1);
  return to(cumprod(factors, -1), x.dtype === "bool" ? "int32" : x.dtype);
}

/**
 * The Vandermonde matrix: each row holds the powers N - 1, …, 0 of an element, or 0, …, N - 1 with
 * `increasing`. Shapes: [n] → [n, N]. PyTorch: `torch.vander`.
 * @throws ShapeError unless `x` is a vector; ValueError for a negative N.
 * @forms vander()
 */
export function vanderOf(
  x: Tensor,
  ...args:
    | [N?: number | null, options?: { increasing?: boolean }]
    | [options: { N?: number | null; increasing?: boolean }]
): Tensor {
  checkTensors("vander", x);
  const { N, increasing } = byPositionOrName("vander", args, ["N"], ["increasing"]);
  if (x.ndim !== 1) throw new ShapeError(`vander: a vector is needed: ${formatShape(x.shape)}`);
  const count = (N ?? x.numel) as number;
  if (!Number.isInteger(count) || count < 0)
    throw new ValueError(`vander: N is a non-negative integer: ${quoted(count)}`);
  const powers = narrow(rising(x, Math.max(count, 1)), 1, 0, count);
  return increasing ? powers : flip(powers, 1);
}

/**
 * The dot products of vectors along `dim`; the other dims broadcast. The dim is -1 by default. PyTorch:
 * `torch.linalg.vecdot`.
 * @example linalg.vecdot(tensor([1, 2]), tensor([3, 4])) // 11
 * @throws ShapeError for shapes that do not broadcast.
 * @forms linalg.vecdot()
 */
export function vecdot(x: Tensor, y: Tensor, given: OrNamed<number> = -1): Tensor {
  checkTensors("linalg.vecdot", x, y);
  const dim = dimOf("linalg.vecdot", given);
  const product = mul(x, y);
  resolveDim("linalg.vecdot", dim, x.ndim);
  return to(sum(product, dim), product.dtype);
}
