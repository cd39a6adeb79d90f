import { checkOptions } from "../options.js";
import { Tensor } from "../tensor/tensor.js";
import { binary } from "./elementwise.js";
import { lineDim } from "./line.js";
import { argmax, argmin, extreme, type ReduceOptions } from "./reduce.js";
import { needsLine, selected, type ValuesAndIndices } from "./sort.js";

/**
 * The largest element of `x`, or with `dim` the largest along it and where it is, `{ values, indices }`; or with a tensor the
 * larger of each two elements (`maximum`). NaN wins. Of equals the first is taken and has the gradient; over all elements, equals
 * share it. Shapes of `x` without `dim` (`keepdim`: with size 1). PyTorch: `torch.max`; values alone, and over several dims: `amax`.
 * @throws ShapeError `EMPTY_REDUCTION` where there is nothing to choose from.
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, other: Tensor): Tensor;
export function max(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function max(x: Tensor, dim?: number | Tensor, options?: ReduceOptions): Tensor | ValuesAndIndices {
  return extremeOf("max", x, dim, options);
}

/** The smallest element of `x`, over all or along `dim`, or the smaller of each two: see `max`. PyTorch: `torch.min`. */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, other: Tensor): Tensor;
export function min(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function min(x: Tensor, dim?: number | Tensor, options?: ReduceOptions): Tensor | ValuesAndIndices {
  return extremeOf("min", x, dim, options);
}

function extremeOf(op: "max" | "min", x: Tensor, dim?: number | Tensor, options?: ReduceOptions) {
  if (dim instanceof Tensor) {
    checkOptions(op, options, []);
    return op === "max" ? binary.maximum(x, dim) : binary.minimum(x, dim);
  }
  checkOptions(op, options, ["keepdim"]);
  if (dim === undefined) return extreme(op, op, x, undefined, options?.keepdim);
  const d = lineDim(op, dim, x);
  needsLine(op, x, d);
  const at = op === "max" ? argmax(x, d, { keepdim: true }) : argmin(x, d, { keepdim: true });
  return selected(x, d, at, options?.keepdim);
}
