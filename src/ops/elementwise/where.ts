import { checkTensors } from "../../arguments.js";
import type { Tensor } from "../../tensor/tensor.js";
import { nonzero } from "../index/unique.js";
import { where as choose, type Operand } from "./elementwise.js";

/**
 * `a` where the condition is true and `b` elsewhere; all three broadcast. The condition is `bool`, or
 * compared with 0. Alone, it gives the positions where it holds: one vector for each dim, as `nonzero` with
 * `asTuple`. PyTorch: `torch.where`.
 * @example where(tensor([true, false]), 1, 2) // [1, 2]
 * @forms where()
 */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, a: Operand, b: Operand): Tensor;
export function where(condition: Tensor, ...values: Operand[]): Tensor | Tensor[] {
  checkTensors("where", condition);
  if (values.length === 0) return nonzero(condition, { asTuple: true });
  return choose(condition, values[0], values[1]);
}

/**
 * `x` where the condition is true, `other` elsewhere; all three broadcast. PyTorch: `Tensor.where`.
 * @forms x.where()
 */
export function valuesWhere(x: Tensor, condition: Tensor, other: Tensor | number): Tensor {
  return choose(condition, x, other);
}
