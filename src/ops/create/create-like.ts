/** Tensors of one value, with the dtype or the shape of another tensor. */
import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import type { Data, DType } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Shape } from "../../shape.js";
import { type NestedArray, Tensor } from "../../tensor/tensor.js";
import { sum } from "../reduce/reduce.js";
import { clone, expand, to } from "../shape/views.js";
import { filled, optionsLike, type TensorOptions, tensor, zerosLike } from "./create.js";

/**
 * A tensor of the shape and dtype of `x` whose elements are all `value`. PyTorch: `torch.full_like`.
 * @example fullLike(tensor([3, 4]), 7) // [7, 7]
 * @throws ValueError for a value that is neither a number nor a boolean.
 * @forms fullLike()
 */
export function fullLike(x: Tensor, value: number | boolean, options?: TensorOptions): Tensor {
  const like = optionsLike("fullLike", x, options);
  return filled("fullLike", x.shape, value, like);
}

/**
 * A tensor of `shape` and of the dtype of `x` whose elements are all `value`. PyTorch: `Tensor.new_full`.
 * @forms x.newFull()
 */
export function newFull(x: Tensor, shape: Shape, value: number | boolean, options?: TensorOptions): Tensor {
  const like = optionsLike("newFull", x, options);
  return filled("newFull", shape, value, like);
}

/**
 * A tensor of zeros with the given `shape` and the dtype of `x`. PyTorch: `Tensor.new_zeros`.
 * @forms x.newZeros()
 */
export function newZeros(x: Tensor, shape: Shape, options?: TensorOptions): Tensor {
  const like = optionsLike("newZeros", x, options);
  return filled("newZeros", shape, 0, like);
}

/**
 * A tensor of ones with the given `shape` and the dtype of `x`. PyTorch: `Tensor.new_ones`.
 * @forms x.newOnes()
 */
export function newOnes(x: Tensor, shape: Shape, options?: TensorOptions): Tensor {
  const like = optionsLike("newOnes", x, options);
  return filled("newOnes", shape, 1, like);
}

/**
 * A tensor without dims that holds `value`. Default dtype `float32`. PyTorch: `torch.scalar_tensor`.
 * @example scalarTensor(7) // 7
 * @throws ValueError for a value that is neither a number nor a boolean.
 * @forms scalarTensor()
 */
export function scalarTensor(value: number | boolean, options?: TensorOptions): Tensor {
  return filled("scalarTensor", [], value, options);
}

/**
 * A copy of `x` in which every element is `value`: a number, a boolean, or a tensor without dims. A tensor as
 * value gets the sum of the gradients; the gradient of `x` is 0. PyTorch: `torch.fill`.
 * @example fill(tensor([3, 4]), 7) // [7, 7]
 * @throws ShapeError for a value that is a tensor with dims; DTypeError for a value that is not bool, for a
 * `bool` tensor.
 * @forms fill(), x.fill()
 */
export function fill(x: Tensor, value: Tensor | number | boolean): Tensor {
  checkTensors("fill", x);
  if (!(value instanceof Tensor))
    return differentiable("fill", [x], filled("fill", x.shape, value, { dtype: x.dtype }), (g) => [
      zerosLike(g),
    ]);
  if (value.ndim > 0)
    throw new ShapeError(`fill: a tensor as value has no dims: ${formatShape(value.shape)}`);
  if (x.dtype === "bool" && value.dtype !== "bool")
    throw new DTypeError(`fill: only bool goes into bool: ${value.dtype}; use ne(0)`);
  const filling = to(value, x.dtype);
  const out = clone(expand(filling.detach(), x.shape));
  return differentiable("fill", [x, filling], out, (g, inputs) => [
    inputs.needs(0) ? zerosLike(g) : null,
    inputs.needs(1) ? sum(g) : null,
  ]);
}

/**
 * A tensor of `shape` whose values are not specified. PyTorch: `torch.empty`.
 * @example empty([2, 3]).shape // [2, 3]
 * @throws ShapeError `INVALID_SHAPE` for sizes that are not integers of 0 or more.
 * @forms empty()
 */
export function empty(shape: Shape, options?: TensorOptions): Tensor {
  return filled("empty", shape, 0, options);
}

/**
 * A tensor of the shape and dtype of `x` whose values are not specified. PyTorch: `torch.empty_like`.
 * @example emptyLike(tensor([3, 4])).shape // [2]
 * @throws DTypeError `NOT_A_TENSOR` if `x` is not a tensor.
 * @forms emptyLike()
 */
export function emptyLike(x: Tensor, options?: TensorOptions): Tensor {
  const like = optionsLike("emptyLike", x, options);
  return filled("emptyLike", x.shape, 0, like);
}

/**
 * A tensor of `shape` and of the dtype of `x` whose values are not specified. PyTorch: `Tensor.new_empty`.
 * @forms x.newEmpty()
 */
export function newEmpty(x: Tensor, shape: Shape, options?: TensorOptions): Tensor {
  const like = optionsLike("newEmpty", x, options);
  return filled("newEmpty", shape, 0, like);
}

/**
 * What `tensor(values, options)` returns, by default in the dtype of `x`. PyTorch: `Tensor.new_tensor`.
 * @forms x.newTensor()
 */
export function newTensor(x: Tensor, values: NestedArray | Data, options?: TensorOptions): Tensor {
  return tensor(values, optionsLike("newTensor", x, options));
}

/**
 * The given tensor itself, converted if it has another dtype than asked for; for other values,
 * `tensor(values, options)`. Shape of the values. PyTorch: `torch.as_tensor`.
 * @forms asTensor()
 */
export function asTensor(values: Tensor | NestedArray | Data, options?: { dtype?: DType }): Tensor {
  checkOptions("asTensor", options, ["dtype"]);
  if (!(values instanceof Tensor)) return tensor(values, options);
  return to(values, options?.dtype ?? values.dtype);
}

/**
 * `x` converted to the dtype of `other`. PyTorch: `Tensor.type_as`.
 * @forms x.typeAs()
 */
export const typeAs = (x: Tensor, other: Tensor): Tensor => {
  checkTensors("typeAs", x, other);
  return to(x, other.dtype);
};
