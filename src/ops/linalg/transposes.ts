/** PyTorch's x.T, x.mT, x.H and x.mH. Numbers are real here, so an adjoint is a transpose. */
import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { permute, transpose } from "../shape/views.js";

function transposed(name: string, x: Tensor, fits: boolean): Tensor {
  if (x.ndim === 0) return x;
  if (!fits) throw new ShapeError(`${name}: a matrix is needed: ${formatShape(x.shape)}`);
  return transpose(x, -1, -2);
}

/**
 * The matrices in the last two dims transposed. PyTorch: `torch.adjoint`.
 * @example adjoint(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * @throws ShapeError for less than 2 dims.
 * @forms adjoint(), x.adjoint()
 */
export function adjoint(x: Tensor): Tensor {
  checkTensors("adjoint", x);
  return transposed("adjoint", x, x.ndim >= 2);
}

/**
 * The dims in the opposite order: the transpose of a matrix. PyTorch: `Tensor.T`.
 * @forms x.T
 */
export function reversedDims(x: Tensor): Tensor {
  return x.ndim < 2 ? x : permute(x, [...x.shape.keys()].reverse());
}

/**
 * The matrices in the last two dims transposed. PyTorch: `Tensor.mT`.
 * @throws ShapeError for a vector.
 * @forms x.mT
 */
export function transposedMatrices(x: Tensor): Tensor {
  return transposed("mT", x, x.ndim >= 2);
}

/**
 * The adjoint of a matrix: the transpose, because numbers are real here. PyTorch: `Tensor.H`.
 * @throws ShapeError unless there are 2 dims.
 * @forms x.H
 */
export function adjointMatrix(x: Tensor): Tensor {
  return transposed("H", x, x.ndim === 2);
}

/**
 * The adjoints of the matrices in the last two dims: `mT`, because numbers are real here. PyTorch:
 * `Tensor.mH`.
 * @throws ShapeError for a vector.
 * @forms x.mH
 */
export function adjointMatrices(x: Tensor): Tensor {
  return transposed("mH", x, x.ndim >= 2);
}
