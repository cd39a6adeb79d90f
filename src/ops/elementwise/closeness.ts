import { checkNumbers, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { all } from "../reduce/reduce.js";
import { to } from "../shape/views.js";
import { abs, add, compare, eq, mul, sub } from "./elementwise.js";

/** Options of `allclose` and `isclose`. */
export interface CloseOptions {
  /** Allowed difference relative to |b|. Default 1e-5. */
  rtol?: number;
  /** Allowed difference. Default 1e-8. */
  atol?: number;
  /** Whether NaN is close to NaN. Default false. */
  equalNan?: boolean;
}

/**
 * True where |a - b| <= atol + rtol |b|, or where both are the same infinity. `bool`. Shapes broadcast.
 * PyTorch: `torch.isclose`.
 * @throws DTypeError for different dtypes; ValueError for negative tolerances; ShapeError for shapes that do
 * not broadcast.
 * @forms isclose(), x.isclose()
 */
export function isclose(a: Tensor, b: Tensor, options?: CloseOptions): Tensor {
  checkTensors("isclose", a, b);
  return closeness("isclose", a, b, options);
}

/**
 * True if all elements are close to each other: see `isclose`. Shapes broadcast. PyTorch: `torch.allclose`.
 * @example allclose(tensor([1, 2]), tensor([1, 2 + 1e-9])) // true
 * @throws DTypeError for different dtypes; ValueError for negative tolerances; ShapeError for shapes that do
 * not broadcast.
 * @forms allclose(), x.allclose()
 */
export function allclose(a: Tensor, b: Tensor, options?: CloseOptions): boolean {
  checkTensors("allclose", a, b);
  return all(closeness("allclose", a, b, options)).item<boolean>();
}

function closeness(op: string, left: Tensor, right: Tensor, options: CloseOptions | undefined): Tensor {
  checkOptions(op, options, ["rtol", "atol", "equalNan"]);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options ?? {};
  checkNumbers(op, { rtol, atol });
  if (!(rtol >= 0 && atol >= 0))
    throw new ValueError(`${op}: tolerances are numbers >= 0: rtol ${quoted(rtol)}, atol ${quoted(atol)}`);
  if (left.dtype !== right.dtype)
    throw new DTypeError(`${op}: dtypes differ: ${left.dtype} and ${right.dtype}`);
  const [a, b] = [left.detach(), right.detach()];
  const same = eq(a, b);
  const equal = equalNan ? add(same, mul(compare.ne(a, a), compare.ne(b, b))) : same;
  // Integers as doubles: their differences may not fit an integer.
  const [x, y] = isFloating(a.dtype) ? [a, b] : [to(a, "float64"), to(b, "float64")];
  const distance = abs(sub(x, y));
  const near = compare.le(distance, add(mul(abs(y), rtol), atol));
  return add(equal, mul(near, compare.lt(distance, Infinity)));
}

/**
 * True if both tensors have the same shape and equal elements. NaN equals nothing. PyTorch: `torch.equal`.
 * @example equal(tensor([1, 2]), tensor([1, 2])) // true
 * @forms equal(), x.equal()
 */
export function equal(a: Tensor, b: Tensor): boolean {
  checkTensors("equal", a, b);
  return sameShape(a.shape, b.shape) && all(eq(a, b)).item<boolean>();
}
