import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { sum } from "../reduce/reduce.js";
import { cumsum } from "../reduce/scan.js";
import { cat } from "../shape/join.js";
import { clone, narrow, reshape } from "../shape/views.js";
import { add, compare, div, mul, sub } from "./elementwise.js";

/** Options of `diff`. */
export interface DiffOptions {
  /** Elements prepended to `x` along the dim. Default: none. */
  prepend?: Tensor;
  /** Elements appended to `x` along the dim. Default: none. */
  append?: Tensor;
}

/**
 * The differences between neighbours along `dim`, taken `n` times; for bools, true where neighbours differ.
 * Each time the dim gets smaller by 1. Defaults: `n` 1, `dim` -1. PyTorch: `torch.diff`.
 * @example diff(tensor([1, 4, 9])) // [3, 5]
 * @throws ValueError for a negative `n`; ShapeError for a scalar.
 * @forms diff(), x.diff()
 */
export function diff(x: Tensor, n = 1, dim = -1, options?: DiffOptions): Tensor {
  checkTensors("diff", x);
  checkOptions("diff", options, ["prepend", "append"]);
  if (!Number.isInteger(n) || n < 0) throw new ValueError(`diff: the order is an integer >= 0: ${quoted(n)}`);
  if (x.ndim === 0) throw new ShapeError("diff: at least 1 dim is needed: []");
  const d = resolveDim("diff", dim, x.ndim);
  const { prepend, append } = options ?? {};
  const all = [prepend, x, append].filter((part) => part !== undefined);
  let y = n === 0 ? clone(x) : all.length === 1 ? x : cat(all, d);
  for (let i = Math.min(n, y.shape[d]); i > 0; i--) y = step(y, d);
  return y;
}

function step(x: Tensor, dim: number): Tensor {
  const length = Math.max(0, x.shape[dim] - 1);
  const [after, before] = [narrow(x, dim, x.shape[dim] - length, length), narrow(x, dim, 0, length)];
  return x.dtype === "bool" ? compare.ne(after, before) : sub(after, before);
}

/** Options of `cumulativeTrapezoid`, `trapezoid` and `trapz`. */
export interface TrapezoidOptions {
  /** Distance between neighbours if `x` is not given. Default 1. */
  dx?: number;
  /** Default -1. */
  dim?: number;
}

/**
 * The integral of `y` along `dim` by the trapezoidal rule, at the points `x` (of the shape of `y`, or one
 * vector) or `dx` apart. `trapezoid(y)`, `trapezoid(y, x)`, `trapezoid(y, { dx: 0.1 })`. Default: `dx` 1,
 * `dim` -1. PyTorch: `torch.trapezoid`, `torch.trapz`.
 * @throws ValueError for both `x` and `dx`; ShapeError for another number of points than values.
 * @forms trapezoid(), trapz()
 */
export function trapezoid(y: Tensor, x?: Tensor | TrapezoidOptions, options?: TrapezoidOptions): Tensor {
  checkTensors("trapezoid", y);
  return sum(...panels("trapezoid", y, x, options));
}

/**
 * The integral of `y` up to each point but the first, by the trapezoidal rule: see `trapezoid`. Shape of `y`,
 * with one element less along `dim`; default -1. PyTorch: `torch.cumulative_trapezoid`.
 * @example cumulativeTrapezoid(tensor([1, 2, 3])) // [1.5, 4]
 * @throws ValueError for both `x` and `dx`; ShapeError for another number of points than values.
 * @forms cumulativeTrapezoid()
 */
export function cumulativeTrapezoid(
  y: Tensor,
  x?: Tensor | TrapezoidOptions,
  options?: TrapezoidOptions,
): Tensor {
  checkTensors("cumulativeTrapezoid", y);
  return cumsum(...panels("cumulativeTrapezoid", y, x, options));
}

/** The areas between neighbours, and the dim. */
function panels(
  op: string,
  y: Tensor,
  given: Tensor | TrapezoidOptions | undefined,
  rest: TrapezoidOptions | undefined,
): [Tensor, number] {
  const [x, options] = given === undefined || given instanceof Tensor ? [given, rest] : [undefined, given];
  checkOptions(op, options, ["dx", "dim"]);
  const d = resolveDim(op, options?.dim ?? -1, y.ndim);
  if (x !== undefined && options?.dx !== undefined)
    throw new ValueError(`${op}: either x or dx: both are given`);
  const length = Math.max(0, y.shape[d] - 1);
  const sums = add(narrow(y, d, y.shape[d] - length, length), narrow(y, d, 0, length));
  if (x === undefined) return [div(mul(sums, options?.dx ?? 1), 2), d];
  if (x.ndim === 1) {
    if (x.numel !== y.shape[d])
      throw new ShapeError(
        `${op}: a point for each value: ${formatShape(x.shape)} for ${formatShape(y.shape)}, dim ${d}`,
      );
    const vector = step(x, 0);
    const shape = y.shape.map((_, i) => (i === d ? vector.numel : 1));
    return [mul(mul(sums, reshape(vector, shape)), 0.5), d];
  }
  const aligned = d - y.ndim + x.ndim;
  return [mul(mul(sums, step(x, resolveDim(op, aligned, x.ndim))), 0.5), d];
}
