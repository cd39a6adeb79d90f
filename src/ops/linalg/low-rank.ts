import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { type GeneratorOptions, randn } from "../create/create.js";
import { sub } from "../elementwise/elementwise.js";
import { mean } from "../reduce/reduce.js";
import { expand } from "../shape/views.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, mT } from "./matrices.js";
import { qr } from "./orthogonal.js";
import { svd } from "./svd.js";

/** Options of `svdLowrank`. */
export interface SvdLowrankOptions extends GeneratorOptions {
  /** The number of singular values to find: choose a little more than the rank. Default 6. */
  q?: number;
  /** Number of iterations that improve the accuracy. Default 2. */
  niter?: number;
  /** Subtracted from A first; it broadcasts. Default null: nothing. */
  M?: Tensor | null;
}

/** Options of `pcaLowrank`. */
export interface PcaLowrankOptions extends GeneratorOptions {
  /** Number of components. Default min(6, m, n). */
  q?: number | null;
  /** Whether the mean of the rows is subtracted. Default true. */
  center?: boolean;
  /** Number of iterations that improve the accuracy. Default 2. */
  niter?: number;
}

type Svd = Named<"U" | "S" | "V", Tensor>;

/**
 * The `q` largest singular values and their vectors, A ≈ U diag(S) Vᵀ, from products of A with random vectors
 * (Halko, Martinsson and Tropp, 2011). Shapes: [..., m, n] → U [..., m, q], S [..., q], V [..., n, q].
 * PyTorch: `torch.svd_lowrank`.
 * @throws ShapeError for a `q` that is not from 0 to min(m, n); ValueError for a negative `niter`.
 * @forms svdLowrank()
 */
export function svdLowrank(a: Tensor, options?: SvdLowrankOptions): Svd {
  checkTensors("svdLowrank", a);
  checkOptions("svdLowrank", options, ["q", "niter", "M", "generator"]);
  const { q = 6, niter = 2, M = null, generator } = options ?? {};
  return approximate("svdLowrank", a, { q, niter, M, generator });
}

/**
 * Principal components of the rows of A: `svdLowrank` of A without its mean. Columns of V are the directions.
 * Shapes as there. PyTorch: `torch.pca_lowrank`.
 * @example pcaLowrank(randn([10, 4]), { q: 2 })[0].shape // [10, 2]
 * @throws DTypeError for integers; ShapeError for a `q` that is not from 0 to min(m, n); ValueError for a
 * negative `niter`.
 * @forms pcaLowrank()
 */
export function pcaLowrank(a: Tensor, options?: PcaLowrankOptions): Svd {
  checkTensors("pcaLowrank", a);
  checkOptions("pcaLowrank", options, ["q", "center", "niter", "generator"]);
  checkMatrices("pcaLowrank", a);
  const [m, n] = a.shape.slice(-2);
  const { center = true, niter = 2, generator } = options ?? {};
  const q = options?.q ?? Math.min(6, m, n);
  const M = center ? mean(a, -2, { keepdim: true }) : null;
  return approximate("pcaLowrank", a, { q, niter, M, generator });
}

function approximate(
  op: string,
  a: Tensor,
  { q, niter, M, generator }: Required<Omit<SvdLowrankOptions, "generator">> & GeneratorOptions,
): Svd {
  checkMatrices(op, a);
  const [m, n] = a.shape.slice(-2);
  if (!Number.isInteger(q) || q < 0 || q > Math.min(m, n))
    throw new ShapeError(
      `${op}: q is an integer from 0 to ${Math.min(m, n)}: ${quoted(q)} for ${formatShape(a.shape)}`,
    );
  if (!Number.isInteger(niter) || niter < 0)
    throw new ValueError(`${op}: niter is a non-negative integer: ${quoted(niter)}`);
  const x = M === null ? a : sub(a, expand(M, [...batchOf(a), m, n]));
  if (m < n) {
    const { U, S, V } = approximate(op, mT(x), { q, niter, M: null, generator });
    return named({ U: V, S, V: U });
  }
  let basis = qr(matmul(x, randn([n, q], { dtype: a.dtype, generator }))).Q;
  for (let i = 0; i < niter; i++) {
    const back = qr(matmul(mT(x), basis)).Q;
    basis = qr(matmul(x, back)).Q;
  }
  const { U, S, Vh } = svd(matmul(mT(basis), x), { fullMatrices: false });
  return named({ U: matmul(basis, U), S, V: mT(Vh) });
}
