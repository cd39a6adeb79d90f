import { differentiable } from "../autograd/graph.js";
import { isFloating } from "../dtype.js";
import { DTypeError } from "../errors.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor/tensor.js";
import { abs, add, binary, compare, div, eq, mul, sqrt, sub, unary, where } from "./elementwise.js";
import { sumTo } from "./reduce.js";
import { to } from "./views.js";

/* Elementwise functions of several tensors, which broadcast. */

export interface ClampOptions {
  min?: Tensor | number;
  max?: Tensor | number;
}

/**
 * min(max(x, min), max): max wins over min. Bounds are numbers or tensors, which broadcast; where one is reached, it has the
 * gradient. PyTorch: `torch.clamp`.
 */
export function clamp(x: Tensor, options: ClampOptions = {}): Tensor {
  checkOptions("clamp", options, ["min", "max"]);
  const { min, max } = options;
  if (isPlain(x, min) && isPlain(x, max))
    return unary.clamp(x, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) });
  const raised = bounded(x, min, compare.lt);
  return bounded(raised, max, compare.gt);
}

/** `clamp` under NumPy's name. PyTorch: `torch.clip`. */
export function clip(x: Tensor, options?: ClampOptions): Tensor {
  return clamp(x, options);
}

/** A number that does not change the dtype of `x`, or nothing. */
function isPlain(x: Tensor, bound: Tensor | number | undefined): bound is number | undefined {
  if (bound instanceof Tensor) return false;
  return bound === undefined || isFloating(x.dtype) || Number.isInteger(bound) || !Number.isFinite(bound);
}

function bounded(x: Tensor, bound: Tensor | number | undefined, beyond: typeof compare.lt): Tensor {
  if (bound === undefined) return x;
  const limit = bound instanceof Tensor ? bound.detach() : bound;
  const isNaN = bound instanceof Tensor ? compare.ne(limit, limit) : Number(Number.isNaN(bound));
  return where(add(beyond(x.detach(), limit), isNaN), bound, x);
}

/** start + weight · (end - start), exact at both ends. PyTorch: `torch.lerp`. */
export function lerp(start: Tensor, end: Tensor, weight: Tensor | number): Tensor {
  for (const x of [start, end])
    if (!isFloating(x.dtype)) throw new DTypeError(`lerp: float tensors are needed: ${x.dtype}`);
  const range = sub(end, start);
  const fromStart = () => add(start, mul(range, weight));
  const fromEnd = () => sub(end, mul(range, sub(1, weight)));
  if (typeof weight === "number") return Math.abs(weight) < 0.5 ? fromStart() : fromEnd();
  return where(compare.lt(abs(weight.detach()), 0.5), fromStart(), fromEnd());
}

/** x + value · a · b. PyTorch: `torch.addcmul`. */
export function addcmul(x: Tensor, a: Tensor, b: Tensor, options?: { value?: number }): Tensor {
  checkOptions("addcmul", options, ["value"]);
  const { value = 1 } = options ?? {};
  return add(x, value === 1 ? mul(a, b) : mul(mul(a, b), value));
}

/** x + value · a / b, of floats. PyTorch: `torch.addcdiv`. */
export function addcdiv(x: Tensor, a: Tensor, b: Tensor, options?: { value?: number }): Tensor {
  checkOptions("addcdiv", options, ["value"]);
  if (!isFloating(a.dtype) && !isFloating(b.dtype))
    throw new DTypeError(`addcdiv: integers are not divided: ${a.dtype} and ${b.dtype}; use to("float32")`);
  const { value = 1 } = options ?? {};
  return add(x, value === 1 ? div(a, b) : mul(div(a, b), value));
}

/** √(a² + b²), without overflow on the way. PyTorch: `torch.hypot`. */
export function hypot(a: Tensor, b: Tensor): Tensor {
  const [x, y] = [abs(a.detach()), abs(b.detach())];
  const larger = binary.maximum(x, y);
  const scale = where(eq(larger, 0), 1, larger);
  const [p, q] = [div(x, scale), div(y, scale)];
  const length = mul(scale, sqrt(add(mul(p, p), mul(q, q))));
  // An infinite side makes it infinite, whatever the other is.
  const infinite = add(eq(x, Infinity), eq(y, Infinity));
  const h: Tensor = differentiable(
    "hypot",
    [a, b],
    where(infinite, Infinity, length),
    (g, inputs) =>
      [a, b].map((side, i) =>
        inputs.needs(i) ? sumTo(to(mul(g, div(side, h)), side.dtype), side.shape) : null,
      ),
    { saves: [a, b], savesOutput: true },
  );
  return h;
}

/** 0 below 0, 1 above it, and `values` at 0. It has no gradient. PyTorch: `torch.heaviside`. */
export function heaviside(x: Tensor, values: Tensor): Tensor {
  if (x.dtype !== values.dtype)
    throw new DTypeError(`heaviside: dtypes differ: ${x.dtype} and ${values.dtype}`, "DTYPE_MISMATCH");
  const from = x.detach();
  return where(eq(from, 0), values.detach(), to(compare.gt(from, 0), x.dtype));
}
