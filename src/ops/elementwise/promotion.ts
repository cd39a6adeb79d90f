/** What dtypes become where they meet. */
import { checkOperands, checkTensors, checkWords } from "../../arguments.js";
import { arrayTypes, type DType, isFloating, promote } from "../../dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { commonDType, type Operand } from "./elementwise.js";

const dtypes = Object.keys(arrayTypes);

/**
 * The dtype of what is computed of both: numbers and tensors without dims only count where their kind is above the other's. PyTorch: `torch.result_type`.
 * @forms resultType()
 */
export const resultType = (a: Operand, b: Operand): DType => {
  checkOperands("resultType", a, b);
  return commonDType(a, b);
};
/**
 * The dtype that holds both. PyTorch: `torch.promote_types`.
 * @forms promoteTypes()
 */
export const promoteTypes = (a: DType, b: DType): DType => {
  checkWords("promoteTypes", dtypes, { a, b });
  return promote(a, b);
};

const kind = (dtype: DType) => (dtype === "bool" ? 0 : isFloating(dtype) ? 2 : 1);

/**
 * Whether casting keeps the kind of numbers: not from floats to integers, nor from numbers to booleans. PyTorch: `torch.can_cast`.
 * @forms canCast()
 */
export const canCast = (from: DType, to: DType): boolean => {
  checkWords("canCast", dtypes, { from, to });
  return kind(from) <= kind(to);
};
/**
 * Whether the elements are floats. PyTorch: `torch.is_floating_point`.
 * @forms isFloatingPoint()
 */
export const isFloatingPoint = (x: Tensor): boolean => {
  checkTensors("isFloatingPoint", x);
  return isFloating(x.dtype);
};
