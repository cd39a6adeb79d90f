import { checkTensors } from "../../arguments.js";
import { noGrad } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { arange, ones, zeros } from "../create/create.js";
import { abs, add, compare, div, maskedFill, mul, pow, where } from "../elementwise/elementwise.js";
import { checkStatus, gather, indexSelect } from "../index/indexing.js";
import { amax, argmax, sum } from "../reduce/reduce.js";
import { dense, expand, reshape, squeeze, to, unsqueeze } from "../shape/views.js";
import { binary_ } from "../write/in-place.js";

export interface EmbeddingOptions {
  /** The row at this index gets no gradient; a negative index counts from the end. Default: none. */
  paddingIdx?: number | null;
  /** Looked-up rows with a larger norm are scaled down to this norm, in place. Default: none. */
  maxNorm?: number | null;
  /** The order of the norm that `maxNorm` limits. Default 2. */
  normType?: number;
  /** Divides the gradient of a row by the number of its look-ups. Default false. */
  scaleGradByFreq?: boolean;
}

const embeddingOptions = ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq"] as const;

/**
 * The indices as dense int32, the table [V, D], and the padding index counted from the front (null for none).
 */
function lookup(op: string, index: Tensor, weight: Tensor, options: EmbeddingOptions) {
  if (weight.ndim !== 2)
    throw new ShapeError(`${op}: the weight is a table, [rows, width]: ${formatShape(weight.shape)}`);
  if (isFloating(index.dtype) || index.dtype === "bool")
    throw new DTypeError(`${op}: indices are integers: ${index.dtype}; use to("int32")`);
  const rows = weight.shape[0];
  const { paddingIdx = null, maxNorm = null } = options;
  if (paddingIdx !== null && !(Number.isInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows))
    throw new ValueError(
      `${op}: paddingIdx is a row of the table: ${paddingIdx} for ${rows} rows`,
      "INDEX_OUT_OF_RANGE",
    );
  const flat = reshape(dense(to(index.detach(), "int32")), [index.numel]);
  if (maxNorm !== null && !(maxNorm >= 0))
    throw new ValueError(`${op}: maxNorm is a number >= 0: ${quoted(maxNorm)}`, "INVALID_OPTION");
  if (maxNorm !== null) limitNorms(weight, flat, maxNorm, options.normType ?? 2);
  return { flat, padding: paddingIdx !== null && paddingIdx < 0 ? paddingIdx + rows : paddingIdx };
}

/**
 * The rows of `weight` at `index`. Shapes: index [...] of integers, weight [V, D] → [..., D]. PyTorch:
 * `F.embedding`.
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @throws ShapeError for a weight that is not a table; DTypeError for indices that are not integers.
 * @forms nn.functional.embedding()
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  checkTensors("embedding", index, weight);
  checkOptions("embedding", options, embeddingOptions);
  const { flat, padding } = lookup("embedding", index, weight, options);
  return reshape(rowsAt(weight, flat, padding, options), [...index.shape, weight.shape[1]]);
}

/** [n] indices → [n, D], with the gradients that the options request. */
function rowsAt(weight: Tensor, flat: Tensor, padding: number | null, options: EmbeddingOptions): Tensor {
  const found = indexSelect(weight, 0, flat);
  if (!weight.requiresGrad) return found;
  let factor: Tensor | null = null;
  if (padding !== null) factor = to(compare.ne(flat, padding), weight.dtype);
  if (options.scaleGradByFreq) {
    const counts = sumRows(ones([flat.numel, 1], { dtype: weight.dtype }), flat, weight.shape[0]);
    factor = div(factor ?? 1, squeeze(indexSelect(counts, 0, flat), 1));
  }
  return factor === null ? found : withGradientTimes(found, unsqueeze(factor, 1));
}

/** x itself; its gradient is multiplied. */
function withGradientTimes(x: Tensor, factor: Tensor): Tensor {
  return differentiable("embedding", [x], x.detach(), (g) => [mul(g, factor)], { saves: [factor] });
}

/** Scales the rows at `flat` whose norm is above `maxNorm` down to it, in place. */
function limitNorms(weight: Tensor, flat: Tensor, maxNorm: number, p: number): void {
  noGrad(() => {
    const w = weight.detach();
    const sizes = abs(w);
    const norms =
      p === Infinity
        ? amax(sizes, 1, { keepdim: true })
        : pow(sum(pow(sizes, p), 1, { keepdim: true }), 1 / p);
    const used = compare.gt(sumRows(ones([flat.numel, 1], { dtype: w.dtype }), flat, w.shape[0]), 0);
    const tooLong = where(used, compare.gt(norms, maxNorm), compare.ne(used, used));
    binary_("mul", weight, where(tooLong, div(maxNorm, add(norms, 1e-7)), 1));
  });
}

/**
 * Zeros [count, D], with each row of `x` [n, D] added at its position in `index` [n]. The adjoint of
 * `indexSelect`.
 */
function sumRows(x: Tensor, index: Tensor, count: number): Tensor {
  const from = dense(x);
  const at = dense(index);
  const width = x.shape[1];
  const out = zeros([count, width], { dtype: x.dtype });
  checkStatus("embedding", run.indexAdd(1, count, width, at.numel, at, from, out), at, count);
  return differentiable("sumRows", [x], out, (g) => [indexSelect(g, 0, at)], { saves: [at] });
}

export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** The position in a 1-d index at which each bag begins: [B] integers, the first 0. */
  offsets?: Tensor | null;
  /** How the rows of a bag are combined. Default `mean`. */
  mode?: "sum" | "mean" | "max";
  /** A factor for each index, in the shape of the index; for `sum` only. */
  perSampleWeights?: Tensor | null;
  /** Whether `offsets` ends with the number of indices. Default false. */
  includeLastOffset?: boolean;
}

const bagOptions = [
  ...embeddingOptions,
  ...(["offsets", "mode", "perSampleWeights", "includeLastOffset"] as const),
];

/**
 * The sum, mean or maximum of the rows of `weight` for each bag of indices; 0 for an empty bag. Rows at
 * `paddingIdx` are not counted. Shapes: index [B, n], or [n] with `offsets` [B]; weight [V, D] → [B, D].
 * PyTorch: `F.embedding_bag`.
 * @throws ShapeError for a weight that is not a table, and for an index, offsets or weights of other shapes;
 * DTypeError for indices that are not integers; ValueError for another `mode`, for weights in a mode other
 * than `sum`, and `INDEX_OUT_OF_RANGE`.
 * @forms nn.functional.embeddingBag()
 */
export function embeddingBag(
  index: Tensor,
  weight: Tensor,
  begins: Optional<EmbeddingBagOptions> = null,
  named: EmbeddingBagOptions = {},
): Tensor {
  checkTensors("embeddingBag", index, weight);
  const options = optionalTensors("embeddingBag", { offsets: begins }, named, bagOptions);
  const { offsets, mode = "mean", perSampleWeights = null } = options;
  if (!["sum", "mean", "max"].includes(mode))
    throw new ValueError(`embeddingBag: mode is "sum", "mean" or "max": ${quoted(mode)}`);
  if (perSampleWeights !== null && mode !== "sum")
    throw new ValueError(`embeddingBag: perSampleWeights are for mode "sum": ${mode}`);
  if (perSampleWeights !== null && String(perSampleWeights.shape) !== String(index.shape))
    throw new ShapeError(
      `embeddingBag: one weight per index: ${formatShape(perSampleWeights.shape)} for ${formatShape(index.shape)}`,
    );
  const { flat, padding } = lookup("embeddingBag", index, weight, options);
  const { bags, count } = bagsOf(index, offsets, options.includeLastOffset ?? false);
  const rows = rowsAt(weight, flat, null, options);
  const counted = padding === null ? null : unsqueeze(compare.ne(flat, padding), 1);
  if (mode === "max") return largestRows(rows, bags, count, counted);
  const weighted = perSampleWeights === null ? rows : mul(rows, reshape(perSampleWeights, [flat.numel, 1]));
  const total = sumRows(counted === null ? weighted : where(counted, weighted, 0), bags, count);
  if (mode === "sum") return total;
  const one = counted === null ? ones([flat.numel, 1], { dtype: rows.dtype }) : to(counted, rows.dtype);
  const sizes = sumRows(one, bags, count);
  return div(total, where(compare.eq(sizes, 0), 1, sizes));
}

/** The bag of each index, [n], and the number of bags. */
function bagsOf(
  index: Tensor,
  offsets: Tensor | null,
  includeLast: boolean,
): { bags: Tensor; count: number } {
  const positions = (n: number) => arange(n, { dtype: "int32" });
  if (index.ndim === 2) {
    if (offsets !== null)
      throw new ShapeError(`embeddingBag: offsets are for a 1-d index: ${formatShape(index.shape)}`);
    const bags = expand(unsqueeze(positions(index.shape[0]), 1), index.shape);
    return { bags: reshape(bags, [index.numel]), count: index.shape[0] };
  }
  if (index.ndim !== 1 || offsets === null || offsets.ndim !== 1)
    throw new ShapeError(
      `embeddingBag: the index is [B, n], or [n] with offsets [B]: ${formatShape(index.shape)} and ${offsets === null ? "null" : formatShape(offsets.shape)}`,
    );
  const begins = unsqueeze(to(offsets.detach(), "int32"), 1);
  const begun = sum(to(compare.le(begins, positions(index.numel)), "int32"), 0);
  return { bags: add(begun, -1), count: offsets.shape[0] - (includeLast ? 1 : 0) };
}

/** The maximum of the rows [n, D] of each bag; the gradient goes to the first row that has it. */
function largestRows(rows: Tensor, bags: Tensor, count: number, counted: Tensor | null): Tensor {
  const [n, width] = rows.shape;
  const shape: Shape = [count, n, width];
  if (n === 0 || numel(shape) === 0) return sumRows(rows, bags, count);
  // [B, n, 1]: whether each row belongs to each bag.
  const inBag = compare.eq(unsqueeze(arange(count, { dtype: "int32" }), 1), unsqueeze(bags, 0));
  const member = unsqueeze(
    counted === null ? inBag : where(squeeze(counted, 1), inBag, compare.ne(inBag, inBag)),
    2,
  );
  const values = maskedFill(expand(unsqueeze(rows.detach(), 0), shape), compare.eq(member, 0), -Infinity);
  const empty = compare.eq(sum(to(member, "int32"), 1), 0);
  return where(empty, 0, gather(rows, 0, argmax(values, 1)));
}
