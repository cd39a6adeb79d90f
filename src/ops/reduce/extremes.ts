import { checkTensors } from "../../arguments.js";
import { type BackwardRule, differentiable } from "../../autograd/graph.js";
import { checkOptions, dimAndOptions, type WithDim } from "../../options.js";
import { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { add, binary, compare, div, eq, mul } from "../elementwise/elementwise.js";
import { needsLine, selected, type ValuesAndIndices } from "../index/sort.js";
import { to } from "../shape/views.js";
import { argmax, argmin, extreme, type ReduceOptions, sum } from "./reduce.js";

/** One dim, as an argument or in the options. */
export type Along = number | (WithDim<number, ReduceOptions> & { readonly dim: number });

/**
 * The largest element of `x`, or with `dim` the largest along it and where it is, `{ values, indices }`; or
 * with a tensor the larger of each two elements (`maximum`). If an element is NaN, the result is NaN. Among
 * equal elements the first is taken and gets the gradient; over all elements, equal ones share it. Shapes of
 * `x` without `dim` (`keepdim`: with size 1). Values alone, and over several dims: `amax`. PyTorch:
 * `torch.max`.
 * @example max(tensor([[1, 3], [4, 2]]), 1) // [[3, 4], [1, 0]]
 * @throws ShapeError `EMPTY_REDUCTION` where there is nothing to choose from.
 * @forms max(), x.max()
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, other: Tensor): Tensor;
export function max(x: Tensor, dim: Along, options?: ReduceOptions): ValuesAndIndices;
export function max(x: Tensor, dim?: Along | Tensor, options?: ReduceOptions): Tensor | ValuesAndIndices {
  checkTensors("max", x);
  return extremeOf("max", x, dim, options);
}

/**
 * The smallest element of `x`, over all or along `dim`, or the smaller of each two: see `max`. Without `dim`
 * it is that of all elements. PyTorch: `torch.min`.
 * @example min(tensor([[1, 3], [4, 2]]), 1) // [[1, 2], [0, 1]]
 * @forms min(), x.min()
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, other: Tensor): Tensor;
export function min(x: Tensor, dim: Along, options?: ReduceOptions): ValuesAndIndices;
export function min(x: Tensor, dim?: Along | Tensor, options?: ReduceOptions): Tensor | ValuesAndIndices {
  checkTensors("min", x);
  return extremeOf("min", x, dim, options);
}

function extremeOf(op: "max" | "min", x: Tensor, dim?: Along | Tensor, options?: ReduceOptions) {
  if (dim instanceof Tensor) {
    checkOptions(op, options, []);
    return op === "max" ? binary.maximum(x, dim) : binary.minimum(x, dim);
  }
  const known = dim === undefined ? [] : (["keepdim"] as const);
  const [along, { keepdim }] = dimAndOptions<number, ReduceOptions>(op, known, dim, options);
  if (along === undefined) return sharedByEquals(op, x, extreme(op, op, x.detach()));
  const d = lineDim(op, along, x);
  needsLine(op, x, d);
  const at = op === "max" ? argmax(x, d, { keepdim: true }) : argmin(x, d, { keepdim: true });
  return selected(x, d, at, keepdim);
}

/**
 * @internal `y` is one element of x. Its gradient is shared evenly by all elements that equal it; NaN equals
 * NaN here.
 */
export function sharedByEquals(op: string, x: Tensor, y: Tensor): Tensor {
  const rule: BackwardRule = (g) => {
    const [from, value] = [x.detach(), y.detach()];
    const bothNaN = mul(compare.ne(from, from), compare.ne(value, value));
    const equals = to(add(eq(from, value), bothNaN), x.dtype);
    return [mul(div(g, sum(equals)), equals)];
  };
  return differentiable(op, [x], y, rule, { saves: [x], savesOutput: true });
}
