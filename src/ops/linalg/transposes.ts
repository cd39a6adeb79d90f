/** What PyTorch writes x.T, x.mT, x.H and x.mH. Numbers are real here, so that an adjoint is a transpose. */
import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { permute, transpose } from "../shape/views.js";

function transposed(name: string, x: Tensor, fits: boolean): Tensor {
  if (x.ndim === 0) return x;
  if (!fits) throw new ShapeError(`${name}: a matrix is needed: ${formatShape(x.shape)}`);
  return transpose(x, -1, -2);
}

/** The matrices in the last two dims transposed. PyTorch: `torch.adjoint`. */
export function adjoint(x: Tensor): Tensor {
  checkTensors("adjoint", x);
  return transposed("adjoint", x, x.ndim >= 2);
}

/** @internal */
export const transposes: { readonly [name: string]: (x: Tensor) => Tensor } = {
  T: (x) => (x.ndim < 2 ? x : permute(x, [...x.shape.keys()].reverse())),
  mT: (x) => transposed("mT", x, x.ndim >= 2),
  mH: (x) => transposed("mH", x, x.ndim >= 2),
  H: (x) => transposed("H", x, x.ndim === 2),
};
