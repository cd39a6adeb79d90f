import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { dimAndOptions, type WithDim } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { lineDim } from "../arguments/line-dim.js";
import { constant } from "../create/constant.js";
import { lerp } from "../elementwise/blend.js";
import { binary, compare, mul, sub, unary, where } from "../elementwise/elementwise.js";
import { gather } from "../index/indexing.js";
import { sort } from "../index/sort.js";
import { movedim } from "../shape/rearrange.js";
import { denseCopy, expand, reshape, squeeze, to, unsqueeze } from "../shape/views.js";
import { sum } from "./reduce.js";

/** Options of `quantile` and `nanquantile`. */
export interface QuantileOptions {
  /** Keep the dim, with size 1. Default false. */
  keepdim?: boolean;
  /** How to interpolate between two elements. Default "linear". */
  interpolation?: "linear" | "lower" | "higher" | "nearest" | "midpoint";
}

/**
 * The q-quantiles along `dim` (default: of all elements), for q from 0 to 1: a number, a tensor without dims,
 * or a vector, whose length becomes the first dim of the result. If an element is NaN, the result is NaN.
 * Gradients go to the elements between which the quantile lies, and to q. PyTorch: `torch.quantile`.
 * @example quantile(tensor([1, 2, 3]), 0.5) // 2
 * @throws ValueError `INVALID_VALUE` for q outside [0, 1]; ShapeError `EMPTY_REDUCTION` where there are no
 * elements.
 * @forms quantile(), x.quantile()
 */
export function quantile(
  x: Tensor,
  q: number | Tensor,
  dim?: number | null | WithDim<number, QuantileOptions>,
  options?: QuantileOptions,
): Tensor {
  checkTensors("quantile", x);
  return quantileOf("quantile", x, q, dim, options);
}

/**
 * As `quantile`, but NaN is ignored; the result is NaN where there is nothing else. Shapes and defaults as
 * there. PyTorch: `torch.nanquantile`.
 * @example nanquantile(tensor([1, NaN, 3]), 0.5) // 2
 * @throws DTypeError for integers; ShapeError `EMPTY_REDUCTION` where there are no elements.
 * @forms nanquantile(), x.nanquantile()
 */
export function nanquantile(
  x: Tensor,
  q: number | Tensor,
  dim?: number | null | WithDim<number, QuantileOptions>,
  options?: QuantileOptions,
): Tensor {
  checkTensors("nanquantile", x);
  return quantileOf("nanquantile", x, q, dim, options);
}

/** Positions between the elements of a sorted line, and the values there. */
const interpolations: Record<string, (sorted: Tensor, rank: Tensor) => Tensor> = {
  lower: (sorted, rank) => at(sorted, unary.floor(rank.detach())),
  higher: (sorted, rank) => at(sorted, unary.ceil(rank.detach())),
  nearest: (sorted, rank) => at(sorted, unary.round(rank.detach())),
  midpoint: (sorted, rank) => lerp(...neighbours(sorted, rank), 0.5),
  linear: (sorted, rank) => lerp(...neighbours(sorted, rank), sub(rank, unary.floor(rank.detach()))),
};

const at = (sorted: Tensor, place: Tensor) => gather(sorted, -1, to(place, "int32"));
const neighbours = (sorted: Tensor, rank: Tensor): [Tensor, Tensor] => [
  at(sorted, unary.floor(rank.detach())),
  at(sorted, unary.ceil(rank.detach())),
];

function quantileOf(
  op: string,
  x: Tensor,
  q: number | Tensor,
  given: number | null | undefined | WithDim<number, QuantileOptions>,
  rest: QuantileOptions | undefined,
): Tensor {
  const known = ["keepdim", "interpolation"] as const;
  const [dim, options] = dimAndOptions<number, QuantileOptions>(op, known, given, rest);
  const { keepdim = false, interpolation = "linear" } = options;
  if (!Object.hasOwn(interpolations, interpolation))
    throw new ValueError(
      `${op}: interpolation is one of ${Object.keys(interpolations).join(", ")}: ${String(interpolation)}`,
      "INVALID_OPTION",
    );
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  const wanted = wantedQuantiles(op, x, q);
  const all = (dim ?? null) === null;
  const d = all ? 0 : lineDim(op, dim as number, x);
  const lines = all || x.ndim === 0 ? reshape(x, [x.numel]) : movedim(x, d, -1);
  const n = lines.shape[lines.ndim - 1];
  if (x.numel === 0)
    throw new ShapeError(`${op}: there are no elements: ${formatShape(x.shape)}`, "EMPTY_REDUCTION");
  const sorted = sort(lines).values;
  const values = interpolations[interpolation](sorted, ranks(op, lines, n, wanted));
  const found = typeof q === "number" || q.ndim === 0 ? squeeze(values, -1) : movedim(values, -1, 0);
  if (!keepdim) return found;
  const lead = found.shape.length - (lines.ndim - 1);
  if (!all && x.ndim > 0) return unsqueeze(found, d + lead);
  return reshape(found, [...found.shape, ...x.shape.map(() => 1)]);
}

/** The quantiles as a vector in the dtype of `x`. */
function wantedQuantiles(op: string, x: Tensor, q: number | Tensor): Tensor {
  const outside = (v: number) => !(v >= 0 && v <= 1);
  if (typeof q === "number") {
    if (outside(q)) throw new ValueError(`${op}: q is from 0 to 1: ${quoted(q)}`);
    return reshape(constant(q, x.dtype), [1]);
  }
  checkTensors(op, q);
  if (q.ndim > 1) throw new ShapeError(`${op}: q has one dim at most: ${formatShape(q.shape)}`);
  if (!isFloating(q.dtype)) throw new DTypeError(`${op}: q is a float tensor: ${q.dtype}`);
  // The values of a traced tensor are not known; gather reports a position outside of the line.
  if (tracing === null) {
    const wrong = Array.from(denseCopy(q.detach()).data).find(outside);
    if (wrong !== undefined) throw new ValueError(`${op}: q is from 0 to 1: ${wrong}`);
  }
  return reshape(to(q, x.dtype), [numel(q.shape)]);
}

/** The positions of the quantiles in sorted lines, in which NaN is last: [..., quantiles]. */
function ranks(op: string, lines: Tensor, n: number, q: Tensor): Tensor {
  const from = lines.detach();
  const nans = sum(compare.ne(from, from), -1, { keepdim: true });
  const rank =
    op === "quantile"
      ? where(compare.eq(nans, 0), mul(q, n - 1), n - 1)
      : mul(q, binary.maximum(sub(n - 1, to(nans, q.dtype)), 0));
  return expand(rank, [...lines.shape.slice(0, -1), q.numel]);
}
