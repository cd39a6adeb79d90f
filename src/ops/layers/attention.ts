import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Generator } from "../../random.js";
import { broadcastShapes, numel, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { expand, reshape, unsqueeze } from "../shape/views.js";
import { type Attending, attend } from "./attend.js";

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

const attentionOptions: readonly (keyof ScaledDotProductAttentionOptions)[] = [
  ...(["attnMask", "dropoutP", "isCausal", "scale", "enableGqa", "generator"] as const),
];

/**
 * softmax(Q·Kᵀ · scale + mask)·V (Vaswani et al., 2017), computed tile by tile (Dao et al., FlashAttention,
 * 2022): memory grows with L and S, not with L · S. A query that may attend to no key gives 0. Shapes: query
 * [..., L, E], key [..., S, E], value [..., S, Ev] → [..., L, Ev]; leading dims broadcast. `scale` is 1 / √E
 * by default. Without a mask every query attends to every key. PyTorch: `F.scaled_dot_product_attention`.
 * @throws ShapeError, DTypeError or ValueError if shapes do not fit, if a mask is neither `bool` nor of the
 * dtype of the query, if both `attnMask` and `isCausal` are given, if dropoutP is not between 0 and 1.
 * @forms nn.functional.scaledDotProductAttention()
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Optional<ScaledDotProductAttentionOptions> = null,
  named: ScaledDotProductAttentionOptions = {},
): Tensor {
  checkTensors(op, query, key, value);
  const options = optionalTensors(op, { attnMask: mask }, named, attentionOptions);
  const { attnMask, dropoutP = 0, isCausal = false, enableGqa = false, generator } = options;
  for (const x of [query, key, value])
    if (!isFloating(x.dtype) || x.dtype !== query.dtype)
      throw new DTypeError(
        `${op}: query, key and value are floats of one dtype: ${query.dtype}, ${key.dtype}, ${value.dtype}`,
      );
  if (Math.min(query.ndim, key.ndim, value.ndim) < 2)
    throw new ShapeError(`${op}: query, key and value have at least 2 dims: ${shapesOf(query, key, value)}`);
  const [[queries, width], [keys, keyWidth]] = [query, key].map((x) => x.shape.slice(-2));
  if (keyWidth !== width || value.shape[value.ndim - 2] !== keys)
    throw new ShapeError(
      `${op}: query and key have one width, key and value one length: ${shapesOf(query, key, value)}`,
    );
  if (isCausal && attnMask !== null)
    throw new ValueError(`${op}: either attnMask or isCausal: both are given`);
  if (!(dropoutP >= 0 && dropoutP <= 1))
    throw new ValueError(`${op}: dropoutP is between 0 and 1: ${quoted(dropoutP)}`);
  const lead = leadingDims(query, key, value, enableGqa);
  if (attnMask !== null) checkMask(attnMask, query, [...lead, queries, keys]);
  const how: Attending = {
    // More than two leading dims are joined, so those of the mask are too.
    mask: attnMask !== null && lead.length > 2 ? inFourDims(attnMask, lead) : attnMask,
    causal: isCausal,
    scale: options.scale ?? 1 / Math.sqrt(width),
    dropout: dropoutP,
    generator,
  };
  const [groupsOfKeys, groupsOfValues] = [key, value].map((x) => x.shape[x.ndim - 3] ?? 1);
  const heads = lead[lead.length - 1] ?? 1;
  const groups = groupsOfKeys === groupsOfValues ? groupsOfKeys : heads;
  const shared = [...lead.slice(0, -1), ...(lead.length > 0 ? [groups] : [])];
  const out = attend(
    inFourDims(query, lead),
    inFourDims(repeated(key, heads, groups), shared),
    inFourDims(repeated(value, heads, groups), shared),
    how,
  );
  return lead.length === 2 ? out : reshape(out, [...lead, queries, value.shape[value.ndim - 1]]);
}

const op = "scaledDotProductAttention";
const shapesOf = (...tensors: Tensor[]) => tensors.map((x) => formatShape(x.shape)).join(", ");

/** The leading dims of the result. The last of them counts heads. */
function leadingDims(query: Tensor, key: Tensor, value: Tensor, enableGqa: boolean): number[] {
  const lead = query.shape.slice(0, -2);
  if (!enableGqa)
    return [key, value].reduce<number[]>(
      (all, x) => broadcastShapes(op, all, x.shape.slice(0, -2)),
      [...lead],
    );
  const heads = lead[lead.length - 1];
  for (const x of [key, value]) {
    const groups = x.shape[x.ndim - 3];
    if (heads === undefined || groups === undefined || (groups === 0 ? heads !== 0 : heads % groups !== 0))
      throw new ShapeError(
        `${op}: with enableGqa the number of heads of keys and values divides that of queries: ${formatShape(x.shape)} and ${formatShape(query.shape)}`,
      );
  }
  const outer = [key, value].reduce<number[]>(
    (all, x) => broadcastShapes(op, all, x.shape.slice(0, -3)),
    lead.slice(0, -1),
  );
  return [...outer, heads];
}

/** @throws where the mask has another dtype, or does not broadcast to the scores. */
function checkMask(mask: Tensor, query: Tensor, scores: Shape): void {
  if (mask.dtype !== "bool" && mask.dtype !== query.dtype)
    throw new DTypeError(
      `${op}: attnMask is bool or has the dtype of the query, ${query.dtype}: ${mask.dtype}`,
    );
  const from = scores.length - mask.ndim;
  if (mask.ndim < 2 || from < 0 || mask.shape.some((size, d) => size !== 1 && size !== scores[from + d]))
    throw new ShapeError(
      `${op}: attnMask has at least 2 dims and broadcasts to [..., L, S], ${formatShape(scores)}: ${formatShape(mask.shape)}`,
    );
}

/** `x` [..., n, w] as [batch, heads, n, w], with its leading dims repeated to `lead`. */
function inFourDims(x: Tensor, lead: Shape): Tensor {
  const last = x.shape.slice(-2);
  const whole = expand(x, [...lead, ...last]);
  if (lead.length === 2) return whole;
  return reshape(whole, [numel(lead.slice(0, -1)), lead[lead.length - 1] ?? 1, ...last]);
}

/** Repeats each head of keys or values if those of the other operand are more: `groups` is then all heads. */
function repeated(x: Tensor, heads: number, groups: number): Tensor {
  const own = x.shape[x.ndim - 3] ?? 1;
  if (own === groups || own === 1 || own === 0) return x;
  const spread = expand(unsqueeze(x, -3), [...x.shape.slice(0, -2), heads / own, ...x.shape.slice(-2)]);
  return reshape(spread, [...x.shape.slice(0, -3), heads, ...x.shape.slice(-2)]);
}
