/** Operations of linear algebra that use the last dims by default. */
import { checkTensors } from "../../arguments.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type DiagonalOptions, diagonal as diagonalOf } from "../shape/diagonal.js";
import { cross as crossOf } from "./products.js";

/**
 * Cross products of vectors of 3 elements along `dim`, by default the last one. The dim is -1 by default.
 * PyTorch: `torch.linalg.cross`.
 * @example linalg.cross(tensor([1, 0, 0]), tensor([0, 1, 0])) // [0, 0, 1]
 * @throws ShapeError unless the dim has size 3, and for different numbers of dims.
 * @forms linalg.cross()
 */
export function cross(a: Tensor, b: Tensor, dim = -1): Tensor {
  checkTensors("linalg.cross", a, b);
  return crossOf(a, b, dim);
}

/**
 * A diagonal of matrices, by default of those in the last two dims. PyTorch: `torch.linalg.diagonal`.
 * @example linalg.diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
 * @forms linalg.diagonal()
 */
export function diagonal(a: Tensor, options?: DiagonalOptions): Tensor {
  checkTensors("linalg.diagonal", a);
  checkOptions("linalg.diagonal", options, ["offset", "dim1", "dim2"]);
  const { offset = 0, dim1 = -2, dim2 = -1 } = options ?? {};
  return diagonalOf(a, offset, dim1, dim2);
}
