import { checkOperands, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { to } from "../shape/views.js";
import { abs, add, compare, div, eq, mul, sub, where } from "./elementwise.js";

/* Elementwise functions of several tensors, which broadcast. */

/**
 * start + weight · (end - start), exact at both ends. Shapes broadcast. PyTorch: `torch.lerp`.
 * @throws DTypeError for integers; ShapeError for shapes that do not broadcast.
 * @forms lerp(), x.lerp(), x.lerp_()
 */
export function lerp(start: Tensor, end: Tensor, given: Tensor | number): Tensor {
  checkTensors("lerp", start, end);
  checkOperands("lerp", given);
  const weight = typeof given === "boolean" ? Number(given) : given;
  for (const x of [start, end])
    if (!isFloating(x.dtype)) throw new DTypeError(`lerp: float tensors are needed: ${x.dtype}`);
  const range = sub(end, start);
  const fromStart = () => add(start, mul(range, weight));
  const fromEnd = () => sub(end, mul(range, sub(1, weight)));
  if (typeof weight === "number") return Math.abs(weight) < 0.5 ? fromStart() : fromEnd();
  return where(compare.lt(abs(weight.detach()), 0.5), fromStart(), fromEnd());
}

/**
 * x + value · a · b. `value` is 1 by default. Shapes broadcast. PyTorch: `torch.addcmul`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms addcmul(), x.addcmul(), x.addcmul_()
 */
export function addcmul(x: Tensor, a: Tensor, b: Tensor, options?: { value?: number }): Tensor {
  checkTensors("addcmul", x, a, b);
  checkOptions("addcmul", options, ["value"]);
  const { value = 1 } = options ?? {};
  return add(x, value === 1 ? mul(a, b) : mul(mul(a, b), value));
}

/**
 * x + value · a / b, for float tensors. `value` is 1 by default. Shapes broadcast. PyTorch: `torch.addcdiv`.
 * @throws DTypeError for two tensors of integers; ShapeError for shapes that do not broadcast.
 * @forms addcdiv(), x.addcdiv(), x.addcdiv_()
 */
export function addcdiv(x: Tensor, a: Tensor, b: Tensor, options?: { value?: number }): Tensor {
  checkTensors("addcdiv", x, a, b);
  checkOptions("addcdiv", options, ["value"]);
  if (!isFloating(a.dtype) && !isFloating(b.dtype))
    throw new DTypeError(`addcdiv: integers are not divided: ${a.dtype} and ${b.dtype}; use to("float32")`);
  const { value = 1 } = options ?? {};
  return add(x, value === 1 ? div(a, b) : mul(div(a, b), value));
}

/**
 * 0 where x < 0, 1 where x > 0, and `values` where x is 0. It has no gradient. Shapes broadcast. PyTorch:
 * `torch.heaviside`.
 * @example heaviside(tensor([-1, 0, 2]), tensor(0.5)) // [0, 0.5, 1]
 * @throws DTypeError for different dtypes; ShapeError for shapes that do not broadcast.
 * @forms heaviside(), x.heaviside(), x.heaviside_()
 */
export function heaviside(x: Tensor, values: Tensor): Tensor {
  checkTensors("heaviside", x, values);
  if (x.dtype !== values.dtype)
    throw new DTypeError(`heaviside: dtypes differ: ${x.dtype} and ${values.dtype}`, "DTYPE_MISMATCH");
  const from = x.detach();
  return where(eq(from, 0), values.detach(), to(compare.gt(from, 0), x.dtype));
}
