/** Fill, copy and conversion. */
import type { Data } from "../../dtype.js";
import { isDense, numel, type Shape, type Strides } from "../../shape.js";
import { forPlanes } from "./layout.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

/** out[0 … n-1] = value. */
export function fill(value: number, n: number, out: Data, oo: number): number {
  out.fill(value, oo, oo + n);
  return OK;
}

const copyLoop = specialize(
  (
    n0: number,
    n1: number,
    x: Data,
    xo: number,
    x0: number,
    x1: number,
    out: Data,
    oo: number,
    o0: number,
    o1: number,
  ): void => {
    for (let i = 0; i < n0; i++) {
      let xi = xo + i * x0;
      let oi = oo + i * o0;
      for (let j = 0; j < n1; j++) {
        out[oi] = x[xi];
        xi += x1;
        oi += o1;
      }
    }
  },
);

/**
 * out = x, converted. Float to integer drops the fraction and wraps around (ToInt32, ToUint8); float64 to
 * float32 rounds. Both sides may have any strides; `x` and `out` must not overlap.
 */
export function copy(
  shape: Shape,
  x: Data,
  xo: number,
  xs: Strides,
  out: Data,
  oo: number,
  os: Strides,
): number {
  if (isDense(shape, xs) && isDense(shape, os)) {
    const n = numel(shape);
    // For a few elements, assigning one by one is faster than creating a subarray.
    if (n > 32) out.set(x.subarray(xo, xo + n), oo);
    else for (let i = 0; i < n; i++) out[oo + i] = x[xo + i];
    return OK;
  }
  const loop = copyLoop("copy", tagOf(x) * 4 + tagOf(out));
  forPlanes(shape, [xo, oo], [xs, os], (n0, n1, [xo, oo], [x0, o0], [x1, o1]) =>
    loop(n0, n1, x, xo, x0, x1, out, oo, o0, o1),
  );
  return OK;
}
