import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import type { Generator } from "../../random.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { arange } from "../create/create.js";
import { add, compare, maskedFill, mul, where } from "../elementwise/elementwise.js";
import { matmul } from "../linalg/matmul.js";
import { all } from "../reduce/reduce.js";
import { expand, reshape, transpose, unsqueeze } from "../shape/views.js";
import { dropped } from "./dropout.js";
import { softmax } from "./softmax.js";

export interface ScaledDotProductAttentionOptions {
  /**
   * A mask that broadcasts with [..., L, S]: `bool`, true where a query may attend to a key; or a float that
   * is added to the scores.
   */
  attnMask?: Tensor | null;
  /** Probability of dropping a weight. Default 0; it applies in training and in evaluation. */
  dropoutP?: number;
  /** Whether query i attends only to keys 0 to i. Default false. */
  isCausal?: boolean;
  /** Factor of the scores. Default 1 / √E. */
  scale?: number | null;
  /**
   * Whether keys and values may have fewer heads (dim -3) than queries; they are then repeated. Default
   * false.
   */
  enableGqa?: boolean;
  generator?: Generator;
}

/** True where query i may attend to key j: j <= i. `bool` [L, S]. */
export function causalMask(queries: number, keys: number): Tensor {
  const at = (n: number) => arange(n, { dtype: "int32" });
  return compare.le(at(keys), unsqueeze(at(queries), 1));
}

/** scores + mask; a `bool` mask adds -Infinity where it is false. */
export function masked(scores: Tensor, mask: Tensor): Tensor {
  return mask.dtype === "bool" ? maskedFill(scores, compare.eq(mask, 0), -Infinity) : add(scores, mask);
}

/** Softmax over the last dim; 0 for a query that may attend to no key, as in PyTorch's attention. */
export function softmaxOrZero(scores: Tensor): Tensor {
  const blind = all(compare.eq(scores, -Infinity), -1, { keepdim: true });
  return where(blind, 0, softmax(where(blind, 0, scores), -1));
}

const attentionOptions: readonly (keyof ScaledDotProductAttentionOptions)[] = [
  ...(["attnMask", "dropoutP", "isCausal", "scale", "enableGqa", "generator"] as const),
];

/**
 * softmax(Q·Kᵀ / √E + mask)·V (Vaswani et al., 2017).
 * Shapes: query [..., L, E], key [..., S, E], value [..., S, Ev] → [..., L, Ev]; leading dims broadcast.
 * PyTorch: `F.scaled_dot_product_attention`.
 * @forms nn.functional.scaledDotProductAttention()
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Optional<ScaledDotProductAttentionOptions> = null,
  named: ScaledDotProductAttentionOptions = {},
): Tensor {
  checkTensors("scaledDotProductAttention", query, key, value);
  const op = "scaledDotProductAttention";
  const options = optionalTensors(op, { attnMask: mask }, named, attentionOptions);
  const { attnMask, dropoutP = 0, isCausal = false, scale = null, enableGqa = false } = options;
  for (const x of [query, key, value])
    if (!isFloating(x.dtype) || x.dtype !== query.dtype)
      throw new DTypeError(
        `${op}: query, key and value are floats of one dtype: ${query.dtype}, ${key.dtype}, ${value.dtype}`,
      );
  if (Math.min(query.ndim, key.ndim, value.ndim) < 2)
    throw new ShapeError(
      `${op}: query, key and value have at least 2 dims: ${[query, key, value].map((x) => formatShape(x.shape)).join(", ")}`,
    );
  if (isCausal && attnMask !== null)
    throw new ValueError(`${op}: either attnMask or isCausal: both are given`);
  if (!(dropoutP >= 0 && dropoutP <= 1))
    throw new ValueError(`${op}: dropoutP is between 0 and 1: ${String(dropoutP)}`);
  const [keys, values] = enableGqa ? [key, value].map((x) => repeatHeads(x, query)) : [key, value];
  const factor = scale ?? 1 / Math.sqrt(query.shape[query.ndim - 1]);
  const scores = matmul(mul(query, factor), transpose(keys, -1, -2));
  const hidden = isCausal ? causalMask(query.shape[query.ndim - 2], key.shape[key.ndim - 2]) : attnMask;
  // Only a mask given by the user can leave a query without keys.
  const weights =
    hidden === null
      ? softmax(scores, -1)
      : isCausal
        ? softmax(masked(scores, hidden), -1)
        : softmaxOrZero(masked(scores, hidden));
  return matmul(dropoutP > 0 ? dropped(weights, dropoutP, options.generator) : weights, values);
}

/** Repeats each head so that there are as many heads as in `query`. */
function repeatHeads(x: Tensor, query: Tensor): Tensor {
  const [heads, wanted] = [x.shape[x.ndim - 3], query.shape[query.ndim - 3]];
  if (heads === undefined || wanted === undefined || wanted % heads !== 0)
    throw new ShapeError(
      `scaledDotProductAttention: with enableGqa the number of heads of keys and values divides that of queries: ${formatShape(x.shape)} and ${formatShape(query.shape)}`,
    );
  if (heads === wanted) return x;
  const [lead, last] = [x.shape.slice(0, -2), x.shape.slice(-2)];
  const repeated = expand(unsqueeze(x, -3), [...lead, wanted / heads, ...last]);
  return reshape(repeated, [...lead.slice(0, -1), wanted, ...last]);
}
