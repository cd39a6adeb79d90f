import { checkTensors } from "../../arguments.js";
import { ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { add, mul, sub } from "../elementwise/elementwise.js";
import { diagEmbed } from "../shape/diagonal.js";
import { unsqueeze } from "../shape/views.js";
import { transposed } from "./factorize.js";
import { matmul } from "./matmul.js";
import { checkMatrices, finiteMatricesOf, jointly, mT, quotient } from "./matrices.js";
import { symmetricEigen } from "./tridiagonal.js";

/** Options of `linalg.eigh` and `linalg.eigvalsh`. */
export interface EighOptions {
  /** Which triangle is read: lower or upper. Default "L". */
  UPLO?: "L" | "U";
}

/**
 * The eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix, of which one
 * triangle is read. Signs are arbitrary: see `linalg.svd`. Shapes: [..., n, n] → [..., n], [..., n, n].
 * PyTorch: `torch.linalg.eigh`.
 * @throws SimdgradError `NOT_FINITE`.
 * @forms linalg.eigh()
 */
export function eigh(a: Tensor, options?: EighOptions): Named<"eigenvalues" | "eigenvectors", Tensor> {
  checkTensors("linalg.eigh", a);
  checkOptions("linalg.eigh", options, ["UPLO"]);
  return factored("linalg.eigh", a, options?.UPLO ?? "L");
}

/**
 * The eigenvalues of a symmetric matrix in ascending order: see `eigh`. PyTorch: `torch.linalg.eigvalsh`.
 * @example linalg.eigvalsh(tensor([[2, 1], [1, 2]])) // [1, 3]
 * @forms linalg.eigvalsh()
 */
export function eigvalsh(a: Tensor, options?: EighOptions): Tensor {
  checkTensors("linalg.eigvalsh", a);
  checkOptions("linalg.eigvalsh", options, ["UPLO"]);
  return factored("linalg.eigvalsh", a, options?.UPLO ?? "L").eigenvalues;
}

function factored(op: string, a: Tensor, triangle: string): Named<"eigenvalues" | "eigenvectors", Tensor> {
  checkMatrices(op, a, true);
  if (triangle !== "L" && triangle !== "U")
    throw new ValueError(`${op}: UPLO is "L" or "U": ${String(triangle)}`, "INVALID_OPTION");
  const n = a.shape[a.ndim - 1];
  const found = finiteMatricesOf(op, triangle === "U" ? mT(a) : a).map(symmetricEigen);
  return named(
    jointly(
      "eigh",
      a,
      {
        eigenvalues: { shape: [n], list: found.map(({ values }) => values) },
        eigenvectors: { shape: [n, n], list: found.map(({ vectors }) => transposed(vectors).data) },
      },
      (g, out) => {
        const { eigenvalues: L, eigenvectors: V } = out;
        const gaps = sub(unsqueeze(L, -2), unsqueeze(L, -1));
        const inner = matmul(mT(V), g.eigenvectors);
        const turn = quotient(mul(sub(inner, mT(inner)), 0.5), gaps);
        return matmul(V, matmul(add(turn, diagEmbed(g.eigenvalues)), mT(V)));
      },
    ),
  );
}
