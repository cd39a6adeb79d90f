import { ValueError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { notAModule } from "./arguments.js";
import { Module } from "./module.js";

/**
 * Modules one after another (PyTorch's `nn.Sequential`); parameters are named `0.weight`, `2.bias`, … The
 * input has the shape that the first module takes, the result that of the last one.
 * @example new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)).forward(ones([1,
 *   4])).shape // [1, 2]
 * @throws ValueError for an argument that is not a module.
 */
export class Sequential extends Module {
  readonly [index: number]: Module;

  constructor(...modules: Module[]) {
    super();
    for (const [i, module] of modules.entries()) {
      if (!(module instanceof Module))
        throw new ValueError(`Sequential: arguments are modules: argument ${i} is ${notAModule(module)}`);
      Object.defineProperty(this, i, { value: module, writable: true, enumerable: true, configurable: true });
    }
  }

  get length(): number {
    let n = 0;
    while (this[n] !== undefined) n++;
    return n;
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.children()[Symbol.iterator]();
  }

  forward(x: Tensor): Tensor {
    for (let i = 0; this[i] !== undefined; i++) x = this[i].forward(x);
    return x;
  }
}
