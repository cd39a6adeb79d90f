import { enter, leave } from "../../autograd/caller.js";
import { Tensor } from "../../tensor/tensor.js";

/* How functions become methods of Tensor. */

/** A method with the signature of a function whose first argument is the tensor. */
export type MethodOf<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Sizes or dims as PyTorch takes them: `(2, 3)` or `([2, 3])`. */
export type Sizes = number[] | [readonly number[]];
export const sizes = (args: Sizes): readonly number[] =>
  Array.isArray(args[0]) ? args[0] : (args as number[]);

export function method(name: string, value: unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

/** Every function as a method: `x.add(y)` is `add(x, y)`. */
export function methodsOf(functions: object): void {
  for (const [name, fn] of Object.entries(functions) as [string, (...args: unknown[]) => unknown][])
    method(name, function (this: Tensor, ...rest: unknown[]) {
      const outermost = enter(name);
      try {
        return fn(this, ...rest);
      } finally {
        if (outermost) leave();
      }
    });
}
