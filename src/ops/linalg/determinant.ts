import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { log } from "../../elementary.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { eq, mul, where } from "../elementwise/elementwise.js";
import { prod } from "../reduce/reduce.js";
import { squeeze, unsqueeze } from "../shape/views.js";
import { eliminate, type Matrix, matrix } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, matricesOf, mT, together } from "./matrices.js";
import { invChecked } from "./solve.js";
import { svd } from "./svd.js";

const scalars = (values: number[]): Matrix[] => values.map((v) => matrix(1, 1, Float64Array.of(v)));

/**
 * The determinant of each matrix; for singular matrices the gradient is that of the polynomial. Shapes: [...,
 * n, n] → [...]. PyTorch: `torch.linalg.det`, `torch.det`.
 * @throws DTypeError for integers; ShapeError for a matrix that is not square.
 * @forms det(), x.det(), linalg.det()
 */
export function det(a: Tensor): Tensor {
  checkTensors("linalg.det", a);
  checkMatrices("linalg.det", a, true);
  const n = a.shape[a.ndim - 1];
  let singular = false;
  const values = matricesOf(a).map((one) => {
    const parts = eliminate(one);
    if (parts.singular >= 0) singular = true;
    let product = parts.sign;
    for (let i = 0; i < n; i++) product *= parts.packed.data[i * n + i];
    return product;
  });
  const kept = together(batchOf(a), 1, 1, scalars(values), a);
  const out: Tensor = differentiable(
    "det",
    [a],
    kept,
    (g) => [singular ? mul(g, cofactors(a)) : mul(mul(g, out), mT(invChecked("linalg.det", a).result))],
    { saves: [a], savesOutput: true },
  );
  return squeeze(out, [-1, -2]);
}

/** The derivative of the determinant of a singular matrix: products of all singular values except one. */
function cofactors(a: Tensor): Tensor {
  const { U, S, Vh } = svd(a);
  const itself = eye(a.shape[a.ndim - 1], { dtype: "bool" });
  const others = prod(where(itself, 1, unsqueeze(S, -2)), -1);
  const orientation = mul(det(U.detach()), det(Vh.detach()));
  const diagonal = mul(others, unsqueeze(orientation, -1));
  return matmul(mul(U, unsqueeze(diagonal, -2)), Vh);
}

/**
 * The sign of the determinant and the logarithm of its absolute value, which do not overflow. A singular
 * matrix gives sign 0 and -Infinity. Shapes: [..., n, n] → [...], [...]. PyTorch: `torch.linalg.slogdet`,
 * `torch.slogdet`.
 * @forms slogdet(), x.slogdet(), linalg.slogdet()
 */
export function slogdet(a: Tensor): Named<"sign" | "logabsdet", Tensor> {
  checkTensors("linalg.slogdet", a);
  return slogdetAs("linalg.slogdet", a);
}

function slogdetAs(op: string, a: Tensor): Named<"sign" | "logabsdet", Tensor> {
  checkMatrices(op, a, true);
  const n = a.shape[a.ndim - 1];
  const found = matricesOf(a).map((one) => {
    const { packed, sign } = eliminate(one);
    let [total, side] = [0, sign];
    for (let i = 0; i < n; i++) {
      const pivot = packed.data[i * n + i];
      total += log(Math.abs(pivot));
      side = pivot === 0 ? 0 : side * Math.sign(pivot);
    }
    return [side, total];
  });
  const kept = (values: number[]) => together(batchOf(a), 1, 1, scalars(values), a);
  const logarithm = differentiable(
    "slogdet",
    [a],
    kept(found.map(([, total]) => total)),
    (g) => [mul(g, mT(invChecked(op, a).result))],
    { saves: [a] },
  );
  const sign = kept(found.map(([side]) => side));
  return named({ sign: squeeze(sign, [-1, -2]), logabsdet: squeeze(logarithm, [-1, -2]) });
}

/**
 * The logarithm of the determinant. It is NaN where the determinant is negative, and -Infinity where it is 0.
 * Shape: [..., n, n] → [...]. PyTorch: `torch.logdet`.
 * @example logdet(tensor([[2, 0], [0, 4]])) // 2.079
 * @forms logdet(), x.logdet()
 */
export function logdet(a: Tensor): Tensor {
  checkTensors("logdet", a);
  const { sign, logabsdet } = slogdetAs("logdet", a);
  return where(eq(sign, -1), Number.NaN, logabsdet);
}
