import { checkTensors } from "../../arguments.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { zerosLike } from "../create/create.js";
import { add, mul, sub } from "../elementwise/elementwise.js";
import { diagEmbed } from "../shape/diagonal.js";
import { narrow, unsqueeze } from "../shape/views.js";
import { singularValues } from "./jacobi.js";
import { matmul } from "./matmul.js";
import { checkMatrices, finiteMatricesOf, jointly, mT, quotient } from "./matrices.js";

/** Options of `linalg.svd`. */
export interface SvdOptions {
  /** Whether U and Vh are square. Default true. */
  fullMatrices?: boolean;
  /** PyTorch's choice of a driver, which exists only for its GPU tensors. It has no effect. Default null. */
  driver?: string | null;
}

type Svd = Named<"U" | "S" | "Vh", Tensor>;

/**
 * The singular values S (descending) and orthogonal U and Vh with A = U diag(S) Vh. Their signs are
 * arbitrary; what depends on them, or on the choice of vectors of equal values, has no meaningful gradient.
 * Shapes, with k = min(m, n): A [..., m, n] → U [..., m, m], S [..., k], Vh [..., n, n]; with
 * `fullMatrices: false`, U [..., m, k] and Vh [..., k, n]. PyTorch: `torch.linalg.svd`.
 * @throws SimdgradError `NOT_FINITE`.
 * @forms linalg.svd()
 */
export function svd(a: Tensor, options?: SvdOptions): Svd {
  checkTensors("linalg.svd", a);
  checkOptions("linalg.svd", options, ["fullMatrices", "driver"]);
  return factored("linalg.svd", a, options?.fullMatrices ?? true);
}

function factored(op: string, a: Tensor, full: boolean): Svd {
  checkMatrices(op, a);
  const [m, n] = a.shape.slice(-2);
  const k = Math.min(m, n);
  const found = finiteMatricesOf(op, a).map((one) => singularValues(one, full));
  const { U, S, Vh } = jointly(
    "svd",
    a,
    {
      U: { shape: [m, full ? m : k], list: found.map(({ u }) => u.data) },
      S: { shape: [k], list: found.map(({ values }) => values) },
      Vh: { shape: [full ? n : k, n], list: found.map(({ v }) => v.data) },
    },
    (g, out) => svdGradient(thin(out, k), thin(g, k)),
  );
  return named({ U, S, Vh });
}

interface Factors {
  U: Tensor;
  S: Tensor;
  Vh: Tensor;
}

/** Vectors without a singular value have no gradient. */
const thin = ({ U, S, Vh }: Factors, k: number): Factors => ({
  U: narrow(U, -1, 0, k),
  S,
  Vh: narrow(Vh, -2, 0, k),
});

function svdGradient({ U, S, Vh }: Factors, g: Factors): Tensor {
  const [across, down] = [unsqueeze(S, -2), unsqueeze(S, -1)];
  const gaps = mul(sub(across, down), add(across, down));
  const inner = matmul(mT(U), g.U);
  const outer = matmul(g.Vh, mT(Vh));
  const turnU = mul(quotient(sub(inner, mT(inner)), gaps), across);
  const turnV = mul(quotient(sub(mT(outer), outer), gaps), down);
  const core = add(add(turnU, turnV), diagEmbed(g.S));
  const within = matmul(U, matmul(core, Vh));
  // If the vectors do not span the whole space, they also rotate out of the space that they span.
  const [m, k, n] = [U.shape[U.ndim - 2], S.shape[S.ndim - 1], Vh.shape[Vh.ndim - 1]];
  if (m > k) return add(within, matmul(quotient(sub(g.U, matmul(U, inner)), across), Vh));
  if (n > k) return add(within, matmul(U, quotient(sub(g.Vh, matmul(outer, Vh)), down)));
  return within;
}

/**
 * The singular values of each matrix in descending order. Shapes: [..., m, n] → [..., min(m, n)]. PyTorch:
 * `torch.linalg.svdvals`.
 * @forms linalg.svdvals()
 */
export function svdvals(a: Tensor, options?: { driver?: string | null }): Tensor {
  checkTensors("linalg.svdvals", a);
  checkOptions("linalg.svdvals", options, ["driver"]);
  return factored("linalg.svdvals", a, false).S;
}

/** Options of `svd`. */
export interface SvdOfOptions {
  /** Whether U and V have only min(m, n) columns. Default true. */
  some?: boolean;
  /** Whether to compute U and V; otherwise they are 0. Default true. */
  computeUv?: boolean;
}

/**
 * U, S and V with A = U diag(S) Vᵀ: see `linalg.svd`, which gives Vᵀ.
 * Shapes: A [..., m, n] → U [..., m, k], S [..., k], V [..., n, k], with k = min(m, n). PyTorch: `torch.svd`.
 * @forms svd(), x.svd()
 */
export function svdOf(a: Tensor, options?: SvdOfOptions): Named<"U" | "S" | "V", Tensor> {
  checkOptions("svd", options, ["some", "computeUv"]);
  const { some = true, computeUv = true } = options ?? {};
  const { U, S, Vh } = factored("svd", a, !computeUv || !some);
  if (computeUv) return named({ U, S, V: mT(Vh) });
  return named({ U: zerosLike(U.detach()), S, V: zerosLike(Vh.detach()) });
}
