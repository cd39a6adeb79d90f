/** Rules of dtype promotion. */
import { checkOperands, checkTensors, checkWords } from "../../arguments.js";
import { arrayTypes, type DType, isFloating, promote } from "../../dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { commonDType, type Operand } from "./elementwise.js";

const dtypes = Object.keys(arrayTypes);

/**
 * The dtype of an operation on both operands; numbers, and tensors without dims, count only if their kind
 * (bool, integer, float) is above that of the other operand. PyTorch: `torch.result_type`.
 * @example resultType(tensor([1], { dtype: "int32" }), 2.5) // "float32"
 * @forms resultType()
 */
export const resultType = (a: Operand, b: Operand): DType => {
  checkOperands("resultType", a, b);
  return commonDType(a, b);
};
/**
 * The smallest dtype that holds the values of both. PyTorch: `torch.promote_types`.
 * @example promoteTypes("uint8", "float32") // "float32"
 * @forms promoteTypes()
 */
export const promoteTypes = (a: DType, b: DType): DType => {
  checkWords("promoteTypes", dtypes, { a, b });
  return promote(a, b);
};

const kind = (dtype: DType) => (dtype === "bool" ? 0 : isFloating(dtype) ? 2 : 1);

/**
 * True if a conversion keeps the kind of numbers, or goes from bool to integer to float. PyTorch:
 * `torch.can_cast`.
 * @example canCast("float32", "int32") // false
 * @forms canCast()
 */
export const canCast = (from: DType, to: DType): boolean => {
  checkWords("canCast", dtypes, { from, to });
  return kind(from) <= kind(to);
};
/**
 * True if the dtype of `x` is float32 or float64. Any shape. PyTorch: `torch.is_floating_point`.
 * @example isFloatingPoint(tensor([1, 2])) // true
 * @forms isFloatingPoint()
 */
export const isFloatingPoint = (x: Tensor): boolean => {
  checkTensors("isFloatingPoint", x);
  return isFloating(x.dtype);
};
