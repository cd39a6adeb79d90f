import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { type Shape, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { add, maskedFill, mul } from "../elementwise/elementwise.js";
import { linear, matmul } from "../linalg/matmul.js";
import { mean } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { chunk, expand, permute, reshape, squeeze, to, transpose, unsqueeze } from "../shape/views.js";
import { attend } from "./attend.js";
import { dropped } from "./dropout.js";
import { softmax } from "./softmax.js";

type MaybeTensor = Tensor | null;

export interface MultiHeadAttentionOptions {
  /** Whether dropout is applied. Default true. */
  training?: boolean;
  /** `bool` [N, S], true for a key to ignore; or a float that is added to its scores. */
  keyPaddingMask?: MaybeTensor;
  /** Whether to return the attention weights. Default true. */
  needWeights?: boolean;
  /**
   * [L, S] or [N · heads, L, S]: `bool`, true where a query must not attend to a key; or a float that is
   * added.
   */
  attnMask?: MaybeTensor;
  /** Whether weights are averaged over heads. Default true. */
  averageAttnWeights?: boolean;
  /** A promise that `attnMask` is the causal mask. Default false. */
  isCausal?: boolean;
  /** Whether queries, keys and values have separate weights, given by the next options. Default false. */
  useSeparateProjWeight?: boolean;
  qProjWeight?: MaybeTensor;
  kProjWeight?: MaybeTensor;
  vProjWeight?: MaybeTensor;
  /** Keys and values [N · heads, S, E / heads] that replace the projected ones. */
  staticK?: MaybeTensor;
  staticV?: MaybeTensor;
}

const known: readonly (keyof MultiHeadAttentionOptions)[] = [
  ...(["training", "keyPaddingMask", "needWeights", "attnMask", "averageAttnWeights", "isCausal"] as const),
  ...(["useSeparateProjWeight", "qProjWeight", "kProjWeight", "vProjWeight", "staticK", "staticV"] as const),
];

/** Converts a mask of forbidden positions to the values that are added to scores. */
function additive(op: string, mask: Tensor, like: Tensor): Tensor {
  if (mask.dtype === "bool") return maskedFill(zeros(mask.shape, { dtype: like.dtype }), mask, -Infinity);
  if (!isFloating(mask.dtype)) throw new DTypeError(`${op}: masks are bool or float: ${mask.dtype}`);
  return to(mask, like.dtype);
}

/**
 * Attention with several heads over projections of query, key and value (Vaswani et al., 2017), with the
 * arguments of PyTorch's function. Shapes: query [L, N, E], key and value [S, N, E], without N too;
 * inProjWeight [3 E, E], inProjBias [3 E], biasK and biasV [1, 1, E], outProjWeight [E, E], outProjBias [E].
 * Returns the output [L, N, E], and the weights [N, L, S], or [N, heads, L, S] where they are not averaged,
 * or null. PyTorch: `F.multi_head_attention_forward`.
 * @example nn.functional.multiHeadAttentionForward(ones([2, 1, 4]), ones([3, 1, 4]), ones([3, 1, 4]), 4, 2,
 *   ones([12, 4]), null, null, null, false, 0, ones([4, 4]), null)[0].shape // [2, 1, 4]
 * @throws ShapeError for tensors and masks that do not fit; DTypeError for a mask that is neither bool nor
 * float; ValueError for `isCausal` without a mask, and for missing weights.
 * @forms nn.functional.multiHeadAttentionForward()
 */
export function multiHeadAttentionForward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embedDimToCheck: number,
  numHeads: number,
  inProjWeight: MaybeTensor,
  inProjBias: MaybeTensor,
  biasK: MaybeTensor,
  biasV: MaybeTensor,
  addZeroAttn: boolean,
  dropoutP: number,
  outProjWeight: Tensor,
  outProjBias: MaybeTensor,
  options: MultiHeadAttentionOptions = {},
): [output: Tensor, weights: Tensor | null] {
  checkTensors("multiHeadAttentionForward", query, key, value, outProjWeight);
  const op = "multiHeadAttentionForward";
  checkOptions(op, options, known);
  const { training = true, needWeights = true, averageAttnWeights = true, isCausal = false } = options;
  const { keyPaddingMask = null, attnMask = null, staticK = null, staticV = null } = options;
  if (![2, 3].includes(query.ndim) || key.ndim !== query.ndim || value.ndim !== query.ndim)
    throw new ShapeError(
      `${op}: query, key and value have 3 dims, or 2 without a batch: ${[query, key, value].map((x) => formatShape(x.shape)).join(", ")}`,
    );
  if (query.ndim === 2) {
    const batched = { ...options, keyPaddingMask: keyPaddingMask && unsqueeze(keyPaddingMask, 0) };
    const [q, k, v] = [query, key, value].map((x) => unsqueeze(x, 1));
    const [output, weights] = multiHeadAttentionForward(
      ...([q, k, v, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV] as const),
      ...([addZeroAttn, dropoutP, outProjWeight, outProjBias, batched] as const),
    );
    return [squeeze(output, 1), weights && squeeze(weights, 0)];
  }
  const [length, batch, width] = query.shape;
  if (width !== embedDimToCheck || width % numHeads !== 0)
    throw new ShapeError(
      `${op}: queries have ${embedDimToCheck} features, a multiple of the ${numHeads} heads: ${formatShape(query.shape)}`,
    );
  if (key.shape[0] !== value.shape[0] || key.shape[1] !== batch || value.shape[1] !== batch)
    throw new ShapeError(
      `${op}: key and value have one length, and the batch of the query: ${[query, key, value].map((x) => formatShape(x.shape)).join(", ")}`,
    );
  let mask = attnMask && additive(op, attnMask, query);
  if (isCausal && mask === null)
    throw new ValueError(`${op}: isCausal says what attnMask is, which is needed: it is null`);
  if (mask !== null && mask.ndim === 2) mask = unsqueeze(mask, 0);
  const expected = [mask?.shape[0] === 1 ? 1 : batch * numHeads, length, key.shape[0]];
  if (mask !== null && !sameShape(mask.shape, expected))
    throw new ShapeError(
      `${op}: attnMask is [L, S] or [N · heads, L, S], ${formatShape(expected.slice(1))} or ${formatShape([batch * numHeads, ...expected.slice(1)])}: ${formatShape(attnMask!.shape)}`,
    );
  let padding = keyPaddingMask && additive(op, keyPaddingMask, query);
  if (padding !== null && !sameShape(padding.shape, [batch, key.shape[0]]))
    throw new ShapeError(
      `${op}: keyPaddingMask is [N, S], ${formatShape([batch, key.shape[0]])}: ${formatShape(padding.shape)}`,
    );

  let [q, k, v] = projected(op, query, key, value, inProjWeight, inProjBias, options);
  /** Appends one key that every query attends to. */
  const extended = (x: Tensor) => cat([x, zeros([...x.shape.slice(0, -1), 1], { dtype: x.dtype })], -1);
  const grow = () => {
    mask = mask && extended(mask);
    padding = padding && extended(padding);
  };
  if (biasK !== null && biasV !== null) {
    k = cat([k, expand(biasK, [1, batch, width])]);
    v = cat([v, expand(biasV, [1, batch, width])]);
    grow();
  }
  const head = width / numHeads;
  /** [n, N, E] as [N, heads, n, E / heads]. */
  const perHead = (x: Tensor) => permute(reshape(x, [x.shape[0], batch, numHeads, head]), [1, 2, 0, 3]);
  const given = (x: Tensor) => reshape(x, [batch, numHeads, x.shape[1], head]);
  q = perHead(q);
  k = staticK === null ? perHead(k) : given(staticK);
  v = staticV === null ? perHead(v) : given(staticV);
  if (addZeroAttn) {
    const zero = zeros([batch, numHeads, 1, head], { dtype: k.dtype });
    k = cat([k, zero], 2);
    v = cat([v, zero], 2);
    grow();
  }
  const scale = 1 / Math.sqrt(head);
  const dropout = training ? dropoutP : 0;
  const hidden = joinedMask(mask, padding, [batch, numHeads, length, k.shape[2]]);
  let attended: Tensor;
  let weights: Tensor | null = null;
  if (needWeights) {
    const scores = matmul(mul(q, scale), transpose(k, 2, 3));
    // For a query that may attend to no key, PyTorch gives NaN here, and 0 if no weights are requested.
    weights = softmax(hidden === null ? scores : add(scores, hidden), -1);
    if (dropout > 0) weights = dropped(weights, dropout);
    attended = matmul(weights, v);
  } else {
    // As in PyTorch, the promise is used where nothing else is hidden.
    const causal = isCausal && padding === null && k.shape[2] === key.shape[0];
    attended = attend(q, k, v, { mask: causal ? null : hidden, causal, scale, dropout });
  }
  const joined = reshape(permute(attended, [2, 0, 1, 3]), [length * batch, width]);
  const output = reshape(linear(joined, outProjWeight, outProjBias), [length, batch, -1]);
  return [output, weights && (averageAttnWeights ? mean(weights, 1) : weights)];
}

/**
 * The sum of a mask [1 or N · heads, L, S] and of the padding of keys [N, S]. It broadcasts with
 * [N, heads, L, S].
 */
function joinedMask(mask: MaybeTensor, padding: MaybeTensor, pairs: Shape): MaybeTensor {
  const [batch, heads, queries, keys] = pairs;
  const one = mask?.shape[0] === 1;
  const ofPairs = mask && reshape(mask, [one ? 1 : batch, one ? 1 : heads, queries, keys]);
  const ofKeys = padding && reshape(padding, [batch, 1, 1, keys]);
  return ofPairs !== null && ofKeys !== null ? add(ofPairs, ofKeys) : (ofPairs ?? ofKeys);
}

/** Query, key and value, each multiplied by its weight. */
function projected(
  op: string,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  weight: MaybeTensor,
  bias: MaybeTensor,
  options: MultiHeadAttentionOptions,
): Tensor[] {
  const biases = bias === null ? [null, null, null] : chunk(bias, 3);
  const { useSeparateProjWeight = false, qProjWeight, kProjWeight, vProjWeight } = options;
  const weights = useSeparateProjWeight
    ? [qProjWeight, kProjWeight, vProjWeight]
    : weight && chunk(weight, 3);
  if (!weights?.every((w) => w))
    throw new ValueError(
      useSeparateProjWeight
        ? `${op}: useSeparateProjWeight needs qProjWeight, kProjWeight and vProjWeight: one is missing`
        : `${op}: inProjWeight is needed: null`,
    );
  if (!useSeparateProjWeight && query === key && key === value)
    return chunk(linear(query, weight!, bias), 3, -1);
  return [query, key, value].map((x, i) => linear(x, weights[i]!, biases[i]));
}
