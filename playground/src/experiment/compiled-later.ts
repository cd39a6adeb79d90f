/** Compiles what runs often, as soon as that pays. */
import { compile, type Tensor } from "simdgrad";

let kernelsAreFixed = true;

/** While `false`, nothing is compiled: what is recorded ties the library to the kernels of that moment. */
export function fixKernels(fixed: boolean): void {
  kernelsAreFixed = fixed;
}

/** A compiled function whose first `plain` calls are not compiled: recording takes longer than a call. */
export function compiledLater<In extends Tensor[]>(of: (...inputs: In) => Tensor, plain: number) {
  const compiled = compile(of);
  let left = plain;
  return (...inputs: In): Tensor =>
    left-- > 0 || !kernelsAreFixed ? of(...inputs) : (compiled(...inputs) as Tensor);
}
