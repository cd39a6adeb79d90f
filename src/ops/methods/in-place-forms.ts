/** The in-place form of an operation: its result, copied into its first operand. */
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { clone } from "../shape/views.js";
import { apart, become, copy_, writable } from "../write/in-place.js";

const each = (args: readonly unknown[], of: (t: Tensor) => Tensor): unknown[] =>
  args.map((arg) => (arg instanceof Tensor ? of(arg) : Array.isArray(arg) ? each(arg, of) : arg));

function inPlace(op: string, form: (...args: any[]) => Tensor): (x: Tensor, ...rest: unknown[]) => Tensor {
  return (x, ...rest) => {
    const noted = writable(op, x, ...rest.filter((arg) => arg instanceof Tensor));
    // Backward may read the operands, so it gets their values from before the change.
    const result = noted
      ? form(clone(x), ...each(rest, (arg) => apart(x, arg)))
      : form(x.detach(), ...each(rest, (arg) => arg.detach()));
    if (!sameShape(result.shape, x.shape))
      throw new ShapeError(
        `${op}: the result does not fit into x: ${formatShape(result.shape)} into ${formatShape(x.shape)}`,
      );
    if (isFloating(result.dtype) && !isFloating(x.dtype))
      throw new DTypeError(`${op}: the result does not fit the dtype of x: ${result.dtype} into ${x.dtype}`);
    return noted ? become(op, x, result) : copy_(x, result);
  };
}

/**
 * The in-place form of every function, under its own name: `x.exp_()`, `x.maskedFill_(mask, 0)`. It returns
 * x.
 */
export function inPlaceForms(functions: Record<string, (...args: any[]) => Tensor>): object {
  return Object.fromEntries(Object.entries(functions).map(([name, form]) => [name, inPlace(name, form)]));
}
