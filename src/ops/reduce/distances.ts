/** Distances between vectors, and their cosine similarity. */

import { checkTensors } from "../../arguments.js";
import { isFloating, promote } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, div, mul, sub, unary } from "../elementwise/elementwise.js";
import { indexSelect } from "../index/indexing.js";
import { triuIndices } from "../shape/triangle.js";
import { expand, select, to } from "../shape/views.js";
import { normOver } from "./norms.js";
import { sum } from "./reduce.js";

export interface PairwiseDistanceOptions {
  /** Order of the p-norm; may be 0, negative or infinite. Default 2. */
  p?: number;
  /** Added to each difference, so that the norm has a gradient. Default 1e-6. */
  eps?: number;
  /** Keeps the last dim, with size 1. Default false. */
  keepdim?: boolean;
}

export const pairwiseDistanceOptions = [
  ...(["p", "eps", "keepdim"] as const),
] as const satisfies readonly (keyof PairwiseDistanceOptions)[];

/**
 * ‖x1 - x2 + eps‖ₚ along the last dim. Shapes broadcast: [N, D] and [N, D] → [N]. PyTorch:
 * `F.pairwise_distance`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms nn.functional.pairwiseDistance()
 */
export function pairwiseDistance(x1: Tensor, x2: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  checkTensors("pairwiseDistance", x1, x2);
  checkOptions("pairwiseDistance", options, pairwiseDistanceOptions);
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  broadcastShapes("pairwiseDistance", x1.shape, x2.shape);
  return normOver("pairwiseDistance", add(sub(x1, x2), eps), p, -1, { keepdim });
}

/**
 * The p-norms of the differences of all pairs of rows, as a vector: the first row with all later ones, then
 * the second, and so on.
 * Shapes: x [N, D] → [N · (N - 1) / 2]. PyTorch: `F.pdist`.
 * @throws ShapeError unless `x` is [N, D]; ValueError for a negative `p`; DTypeError for integers.
 * @forms nn.functional.pdist()
 */
export function pdist(x: Tensor, options: { p?: number } | number = {}): Tensor {
  checkTensors("pdist", x);
  if (typeof options !== "number") checkOptions("pdist", options, ["p"]);
  const p = typeof options === "number" ? options : (options.p ?? 2);
  if (!(p >= 0)) throw new ValueError(`pdist: p is a number >= 0: ${quoted(p)}`);
  if (x.ndim !== 2) throw new ShapeError(`pdist: x is [N, D]: ${formatShape(x.shape)}`);
  // The pairs above the diagonal: the first row with all later ones, then the second.
  const pairs = triuIndices(x.shape[0], x.shape[0], 1);
  const rows = (side: 0 | 1) => indexSelect(x, 0, select(pairs, 0, side));
  if (x.shape[1] === 0) return sum(sub(rows(0), rows(1)), 1);
  return normOver("pdist", sub(rows(0), rows(1)), p, -1);
}

/** Options of `CosineSimilarity` and `cosineSimilarity`. */
export interface CosineSimilarityOptions {
  /** The dim of the vectors. Default 1. */
  dim?: number;
  /** Smaller norms are replaced by this value in the divisor. Default 1e-8. */
  eps?: number;
}

export const cosineSimilarityOptions = [
  "dim",
  "eps",
] as const satisfies readonly (keyof CosineSimilarityOptions)[];

/**
 * x1 · x2 / (max(‖x1‖, eps) max(‖x2‖, eps)) along `dim`. Shapes broadcast; of integers it is float32. The dim
 * is 1 by default. PyTorch: `F.cosine_similarity`, `torch.cosine_similarity`.
 * @throws ShapeError for shapes that do not broadcast.
 * @forms cosineSimilarity(), nn.functional.cosineSimilarity()
 */
export function cosineSimilarity(
  x1: Tensor,
  x2: Tensor,
  along: number | CosineSimilarityOptions = {},
  options: CosineSimilarityOptions = {},
): Tensor {
  checkTensors("cosineSimilarity", x1, x2);
  const named = typeof along === "number" ? { dim: along } : along;
  for (const given of [named, options]) checkOptions("cosineSimilarity", given, cosineSimilarityOptions);
  const { dim = 1, eps = 1e-8 } = { ...named, ...options };
  // Broadcast before the norms are computed: a size of 1 along `dim` stands for many equal components.
  const shape = broadcastShapes("cosineSimilarity", x1.shape, x2.shape);
  const d = resolveDim("cosineSimilarity", dim, Math.max(shape.length, 1));
  const common = promote(x1.dtype, x2.dtype);
  const dtype = isFloating(common) ? common : "float32";
  const [a, b] = [x1, x2].map((x) => unitVectors(expand(to(x, dtype), shape), d, eps));
  return sum(mul(a, b), d);
}

/** x / max(‖x‖, eps); the gradient passes as if there were no eps, as in PyTorch. */
function unitVectors(x: Tensor, dim: number, eps: number): Tensor {
  const length = normOver("cosineSimilarity", x, 2, dim, { keepdim: true });
  return div(x, add(length, sub(unary.clamp(length, { min: eps }), length).detach()));
}
