import { enter, leave } from "../../autograd/caller.js";
import type { Shape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Sizes, sizes } from "../arguments/sizes.js";

/*
 * Turns functions into members of Tensor.
 */

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

/** Lets a function that takes a list of sizes or dims also take them one by one: `x.reshape(2, 3)`. */
export function ofSizes(fn: (x: Tensor, sizes: Shape) => Tensor): (x: Tensor, ...given: Sizes) => Tensor {
  return (x, ...given) => fn(x, sizes(given));
}

/** Every function as a getter: `x.T`. */
export function propertiesOf(functions: Record<string, (x: Tensor) => Tensor>): void {
  for (const [name, fn] of Object.entries(functions))
    Object.defineProperty(Tensor.prototype, name, {
      configurable: true,
      get(this: Tensor) {
        return fn(this);
      },
    });
}
