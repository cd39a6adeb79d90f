import { checkTensors } from "../../arguments.js";
import { type DType, isFloating, promote } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { checkOptions, dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { add, mul, sub, where } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { roll } from "../shape/rearrange.js";
import { permute, reshape, to, unsqueeze } from "../shape/views.js";
import { matmul } from "./matmul.js";

/*
 * Products of vectors and matrices.
 */

function needsDims(op: string, what: string, x: Tensor, ndim: number): void {
  if (x.ndim !== ndim)
    throw new ShapeError(`${op}: ${what} has ${ndim} dim${ndim === 1 ? "" : "s"}: ${formatShape(x.shape)}`);
}

/** @internal [..., M, K] x [..., K, N] → [..., M, N] for every dtype. */
export function multiply(op: string, a: Tensor, b: Tensor): Tensor {
  if (a.dtype !== b.dtype) throw new DTypeError(`${op}: dtypes differ: ${a.dtype} and ${b.dtype}`);
  if (a.shape[a.ndim - 1] !== b.shape[b.ndim - 2])
    throw new ShapeError(`${op}: inner dimensions differ: ${formatShape(a.shape)} x ${formatShape(b.shape)}`);
  return matmul(a, b);
}

/**
 * The product of two matrices: [M, K], [K, N] → [M, N]. PyTorch: `torch.mm`.
 * @throws ShapeError unless both are matrices, and for inner dims that differ; DTypeError for different
 * dtypes.
 * @forms mm(), x.mm()
 */
export function mm(a: Tensor, b: Tensor): Tensor {
  checkTensors("mm", a, b);
  needsDims("mm", "the first matrix", a, 2);
  needsDims("mm", "the second matrix", b, 2);
  return multiply("mm", a, b);
}

/**
 * The products of the matrices of two batches: [B, M, K], [B, K, N] → [B, M, N]. PyTorch: `torch.bmm`.
 * @throws ShapeError for other numbers of dims than 3, and for batches or inner dims that differ; DTypeError
 * for different dtypes.
 * @forms bmm(), x.bmm()
 */
export function bmm(a: Tensor, b: Tensor): Tensor {
  checkTensors("bmm", a, b);
  needsDims("bmm", "the first batch of matrices", a, 3);
  needsDims("bmm", "the second batch of matrices", b, 3);
  if (a.shape[0] !== b.shape[0])
    throw new ShapeError(`bmm: batches differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  return multiply("bmm", a, b);
}

/**
 * The product of a matrix and a vector: [M, K], [K] → [M]. PyTorch: `torch.mv`.
 * @throws ShapeError unless these are a matrix and a vector that fit; DTypeError for different dtypes.
 * @forms mv(), x.mv()
 */
export function mv(matrix: Tensor, vector: Tensor): Tensor {
  checkTensors("mv", matrix, vector);
  needsDims("mv", "the matrix", matrix, 2);
  needsDims("mv", "the vector", vector, 1);
  return reshape(multiply("mv", matrix, unsqueeze(vector, 1)), [matrix.shape[0]]);
}

/**
 * The sum of the products of the elements of two vectors: [K], [K] → []. PyTorch: `torch.dot`.
 * @throws ShapeError unless both are vectors of one length; DTypeError for different dtypes.
 * @forms dot(), x.dot()
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkTensors("dot", a, b);
  needsDims("dot", "the first vector", a, 1);
  needsDims("dot", "the second vector", b, 1);
  return reshape(multiply("dot", unsqueeze(a, 0), unsqueeze(b, 1)), []);
}

/**
 * The dot product of two vectors, which is `dot` for real numbers. PyTorch: `torch.vdot`.
 * @example vdot(tensor([1, 2]), tensor([3, 4])) // 11
 * @forms vdot(), x.vdot()
 */
export function vdot(a: Tensor, b: Tensor): Tensor {
  checkTensors("vdot", a, b);
  return dot(a, b);
}

/**
 * The products of every element of one vector with every element of another: [M], [N] → [M, N]. PyTorch:
 * `torch.outer`, `torch.ger`.
 * @throws ShapeError unless both are vectors.
 * @forms ger(), outer(), x.outer(), x.ger()
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensors("outer", a, b);
  needsDims("outer", "the first vector", a, 1);
  needsDims("outer", "the second vector", b, 1);
  return mul(unsqueeze(a, 1), b);
}

/**
 * The dot products over the last dim of both operands; with a scalar, the product.
 * Shapes: [...a, K], [...b, K] → [...a, ...b]. PyTorch: `torch.inner`.
 * @throws ShapeError for last dims that differ.
 * @forms inner(), x.inner()
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  checkTensors("inner", a, b);
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b);
  if (a.shape[a.ndim - 1] !== b.shape[b.ndim - 1])
    throw new ShapeError(`inner: last dims differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  return tensordot(a, b, [[-1], [-1]]);
}

/**
 * The sums of products over the last `dims` dims of `a` and the first of `b`, or over the dims listed for
 * each. The other dims of `a`, then those of `b` remain. `dims` is 2 by default. PyTorch: `torch.tensordot`.
 * @example tensordot(ones([2, 3]), ones([3, 4]), 1).shape // [2, 4]
 * @throws ShapeError for dims that are not there or differ; DTypeError for different dtypes.
 * @forms tensordot()
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  dims: number | readonly [readonly number[], readonly number[]] = 2,
): Tensor {
  checkTensors("tensordot", a, b);
  if (typeof dims === "number" && (!Number.isInteger(dims) || dims < 0 || dims > Math.min(a.ndim, b.ndim)))
    throw new ShapeError(
      `tensordot: the number of dims is one that both have: ${dims} for ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  if (typeof dims !== "number" && !(Array.isArray(dims) && dims.length === 2 && dims.every(Array.isArray)))
    throw new ShapeError(
      `tensordot: dims are a number, or an array of dims for each, [[1], [0]]: ${quoted(dims)}`,
      "INVALID_DIM",
    );
  const [da, db] =
    typeof dims === "number"
      ? [Array.from({ length: dims }, (_, i) => a.ndim - dims + i), Array.from({ length: dims }, (_, i) => i)]
      : [
          dims[0].map((d) => resolveDim("tensordot", d, a.ndim)),
          dims[1].map((d) => resolveDim("tensordot", d, b.ndim)),
        ];
  if (
    da.length !== db.length ||
    da.some((d, i) => a.shape[d] !== b.shape[db[i]] && a.shape[d] !== 1 && b.shape[db[i]] !== 1)
  )
    throw new ShapeError(
      `tensordot: dims differ: [${da}] of ${formatShape(a.shape)} and [${db}] of ${formatShape(b.shape)}`,
    );
  // A dim of size 1 matches any size: the other operand is first summed along it.
  const summed = (x: Tensor, own: number[], other: Tensor, others: number[]) => {
    const along = own.filter((d, i) => x.shape[d] !== 1 && other.shape[others[i]] === 1);
    return along.length === 0 ? x : to(sum(x, along, { keepdim: true }), x.dtype);
  };
  const [x, y] = [summed(a, da, b, db), summed(b, db, a, da)];
  const free = (t: Tensor, used: number[]) => [...t.shape.keys()].filter((d) => !used.includes(d));
  const [fa, fb] = [free(x, da), free(y, db)];
  const [sa, sb, shared] = [fa.map((d) => x.shape[d]), fb.map((d) => y.shape[d]), da.map((d) => x.shape[d])];
  const count = (sizes: number[]) => sizes.reduce((n, size) => n * size, 1);
  const rows = reshape(permute(x, [...fa, ...da]), [count(sa), count(shared)]);
  const columns = reshape(permute(y, [...db, ...fb]), [count(shared), count(sb)]);
  return reshape(multiply("tensordot", rows, columns), [...sa, ...sb]);
}

/** Options of `addmm` and its relatives: beta · x + alpha · product. */
export interface AddProductOptions {
  /**
   * Factor of the first argument; with 0, NaN and infinities in it have no effect. For integers the fraction
   * is dropped. Default 1.
   */
  beta?: number;
  /** Factor of the product, in the same way. Default 1. */
  alpha?: number;
}

function addProduct(op: string, x: Tensor, product: Tensor, options: AddProductOptions | undefined): Tensor {
  checkOptions(op, options, ["beta", "alpha"]);
  const common = promote(x.dtype, product.dtype);
  const { beta, alpha } = factorsOf(common, options);
  const from = product.ndim - x.ndim;
  if (from < 0 || x.shape.some((size, d) => size !== 1 && size !== product.shape[from + d]))
    throw new ShapeError(
      `${op}: the first argument broadcasts to the product: ${formatShape(x.shape)} for ${formatShape(product.shape)}`,
    );
  const scaled = alpha === 1 ? product : mul(product, alpha);
  const nothing = () => where(constant(1, "bool"), constant(0, x.dtype), x); // the gradient is 0
  return to(add(beta === 0 ? nothing() : beta === 1 ? x : mul(x, beta), scaled), common);
}

/** Both factors as numbers of the dtype. */
function factorsOf(dtype: DType, options: AddProductOptions | undefined): Required<AddProductOptions> {
  const { beta = 1, alpha = 1 } = options ?? {};
  return isFloating(dtype) ? { beta, alpha } : { beta: Math.trunc(beta), alpha: Math.trunc(alpha) };
}

/**
 * beta · x + alpha · (a b). Shapes: x broadcasts to [M, N]; [M, K], [K, N]. PyTorch: `torch.addmm`.
 * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
 * @forms addmm(), x.addmm(), x.addmm_()
 */
export function addmm(x: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  checkTensors("addmm", x, a, b);
  return addProduct("addmm", x, mm(a, b), options);
}

/**
 * beta · x + alpha · (a[i] b[i]). Shapes: x broadcasts to [B, M, N]; [B, M, K], [B, K, N]. PyTorch:
 * `torch.baddbmm`.
 * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
 * @forms baddbmm(), x.baddbmm(), x.baddbmm_()
 */
export function baddbmm(x: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  checkTensors("baddbmm", x, a, b);
  return addProduct("baddbmm", x, bmm(a, b), options);
}

/**
 * beta · x + alpha · Σ a[i] b[i]. Shapes: x broadcasts to [M, N]; [B, M, K], [B, K, N]. PyTorch:
 * `torch.addbmm`.
 * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
 * @forms addbmm(), x.addbmm(), x.addbmm_()
 */
export function addbmm(x: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  checkTensors("addbmm", x, a, b);
  return addProduct("addbmm", x, to(sum(bmm(a, b), 0), promote(a.dtype, b.dtype)), options);
}

/**
 * beta · x + alpha · (matrix vector). Shapes: x broadcasts to [M]; [M, K], [K]. PyTorch: `torch.addmv`.
 * @throws ShapeError for a matrix and a vector that do not fit, and an `x` that does not broadcast to the
 * result.
 * @forms addmv(), x.addmv(), x.addmv_()
 */
export function addmv(x: Tensor, matrix: Tensor, vector: Tensor, options?: AddProductOptions): Tensor {
  checkTensors("addmv", x, matrix, vector);
  return addProduct("addmv", x, mv(matrix, vector), options);
}

/**
 * beta · x + alpha · outer(a, b). Shapes: x broadcasts to [M, N]; [M], [N]. PyTorch: `torch.addr`.
 * @throws ShapeError unless the others are vectors, and for an `x` that does not broadcast to the result.
 * @forms addr(), x.addr(), x.addr_()
 */
export function addr(x: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  checkTensors("addr", x, a, b);
  return addProduct("addr", x, outer(a, b), options);
}

/**
 * The Kronecker product: for each element of `a`, a copy of `b` multiplied by it. Dims multiply, aligned at
 * the last. Shapes [a1, …] and [b1, …] → [a1·b1, …]. PyTorch: `torch.kron`.
 * @example kron(tensor([1, 2]), tensor([1, 10])) // [1, 10, 2, 20]
 * @forms kron(), x.kron()
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkTensors("kron", a, b);
  const rank = Math.max(a.ndim, b.ndim);
  const padded = (x: Tensor) => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
  const [sa, sb] = [padded(a), padded(b)];
  const left = reshape(
    a,
    sa.flatMap((size) => [size, 1]),
  );
  const right = reshape(
    b,
    sb.flatMap((size) => [1, size]),
  );
  return reshape(
    mul(left, right),
    sa.map((size, d) => size * sb[d]),
  );
}

/**
 * Cross products of vectors of 3 elements along `dim`, by default the first dim of size 3. Other dims
 * broadcast. PyTorch: `torch.cross`.
 * @example cross(tensor([1, 0, 0]), tensor([0, 1, 0])) // [0, 0, 1]
 * @throws ShapeError unless a dim of size 3 is there, and for different numbers of dims.
 * @forms cross(), x.cross()
 */
export function cross(a: Tensor, b: Tensor, given?: OrNamed<number>): Tensor {
  checkTensors("cross", a, b);
  const dim = given === undefined ? undefined : dimOf("cross", given);
  if (a.ndim !== b.ndim)
    throw new ShapeError(
      `cross: as many dims are needed: ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  const d = dim === undefined ? a.shape.indexOf(3) : resolveDim("cross", dim, a.ndim);
  if (d < 0 || a.shape[d] !== 3 || b.shape[d] !== 3)
    throw new ShapeError(
      `cross: a dim of size 3 is needed: ${formatShape(a.shape)} and ${formatShape(b.shape)}${dim === undefined ? "" : `, dim ${dim}`}`,
    );
  return sub(mul(roll(a, -1, d), roll(b, -2, d)), mul(roll(a, -2, d), roll(b, -1, d)));
}
