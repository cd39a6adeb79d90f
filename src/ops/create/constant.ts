import type { DType } from "../../dtype.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { tracing, withTracing } from "../../tracing.js";

/** Scalars used in arithmetic (`x.mul(0.5)`): created once and then reused. Their memory is never written. */
const constants = new Map<DType, Map<number | "-0", Tensor>>();

/** @internal The constant `value` as a tensor without dims. Must not be changed. */
export function constant(value: number, dtype: DType): Tensor {
  // A map does not distinguish -0 from 0.
  const key = Object.is(value, -0) ? "-0" : value;
  let known = constants.get(dtype);
  if (known === undefined) {
    known = new Map();
    constants.set(dtype, known);
  }
  let x = known.get(key);
  if (x === undefined) {
    // Not cleared between two traces of one function, because both must find the same constants.
    if (known.size >= 512 && tracing === null) known.clear();
    x = withTracing(null, () => empty([], dtype));
    x.array[x.offset] = dtype === "bool" ? Number(value !== 0) : value;
    known.set(key, x);
  }
  return x;
}
