/** The kernel of attention as a differentiable operation on four dims, and its composed form. */
import { differentiable } from "../../autograd/graph.js";
import type { DType } from "../../dtype.js";
import { run, strided } from "../../kernels/run.js";
import { defaultGenerator, type Generator } from "../../random.js";
import { broadcastStrides, numel, type Shape } from "../../shape.js";
import { inside } from "../../tensor/reuse.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { arange, stateOf } from "../create/create.js";
import { add, compare, maskedFill, mul, where } from "../elementwise/elementwise.js";
import { matmul } from "../linalg/matmul.js";
import { all } from "../reduce/reduce.js";
import { clone, denseCopy, expand, narrow, reshape, transpose, unsqueeze } from "../shape/views.js";
import { softmax } from "./softmax.js";

/** @internal How queries attend to keys. */
export interface Attending {
  /** Broadcasts with [batch, heads, L, S]: `bool`, or floats of the dtype of the queries. */
  readonly mask: Tensor | null;
  readonly causal: boolean;
  readonly scale: number;
  readonly dropout: number;
  readonly generator?: Generator;
}

/** @internal True where query i may attend to key j: j <= i. `bool` [L, S]. */
export function causalMask(queries: number, keys: number): Tensor {
  const at = (n: number) => arange(n, { dtype: "int32" });
  return compare.le(at(keys), unsqueeze(at(queries), 1));
}

/** scores + mask; a `bool` mask adds -Infinity where it is false. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  return mask.dtype === "bool" ? maskedFill(scores, compare.eq(mask, 0), -Infinity) : add(scores, mask);
}

/** Softmax over the last dim; 0 for a query that may attend to no key, as PyTorch has it. */
function softmaxOrZero(scores: Tensor): Tensor {
  const blind = all(compare.eq(scores, -Infinity), -1, { keepdim: true });
  return where(blind, 0, softmax(where(blind, 0, scores), -1));
}

/** `x` itself if its rows are dense, as the kernel reads them, else a dense copy. */
const withDenseRows = (x: Tensor) => (x.strides[3] === 1 || x.shape[3] <= 1 ? x : denseCopy(x));

/**
 * A tensor whose axes lie in memory in the order of those of `x`: if heads are parts of longer rows in `x`,
 * then here too, and joining them needs no copy.
 */
function laidOutLike(x: Tensor, shape: Shape, dtype: DType): Tensor {
  const order = [0, 1, 2];
  if (!order.some((d) => x.strides[d] === 0 && x.shape[d] > 1))
    order.sort((a, b) => (x.shape[a] > 1 && x.shape[b] > 1 ? x.strides[b] - x.strides[a] : 0));
  const strides = [0, 0, 0, 1];
  let step = shape[3];
  for (const d of order.reverse()) {
    strides[d] = step;
    step *= shape[d];
  }
  const { storage, offset } = empty(shape, dtype);
  return new Tensor(storage, offset, shape, strides, dtype);
}

/** The factors of dropout of the kernel: each row begins with a new block of four numbers. */
function dropoutFactors(shape: Shape, dtype: DType, p: number, state: ReturnType<typeof stateOf>): Tensor {
  const keys = shape[3];
  const kept = empty([...shape.slice(0, 3), 4 * Math.ceil(keys / 4)], dtype);
  run.random("dropout", p, 0, kept.numel, state, kept);
  return narrow(kept, -1, 0, keys);
}

/** Repeats each head so that there are `heads`. */
function repeatHeads(x: Tensor, heads: number): Tensor {
  const [batch, groups, length, width] = x.shape;
  if (groups === heads || groups === 0) return x;
  const repeated = expand(unsqueeze(x, 2), [batch, groups, heads / groups, length, width]);
  return reshape(repeated, [batch, heads, length, width]);
}

/** @internal Attention in Tensor operations. `state`: of the generator for dropout. */
export function composedAttention(
  q: Tensor,
  key: Tensor,
  value: Tensor,
  { mask, causal, scale, dropout }: Attending,
  state: ReturnType<typeof stateOf> | null,
): Tensor {
  const [k, v] = [key, value].map((x) => repeatHeads(x, q.shape[1]));
  const scores = matmul(mul(q, scale), transpose(k, -1, -2));
  let weights: Tensor;
  if (causal) weights = softmax(masked(scores, causalMask(q.shape[2], k.shape[2])), -1);
  // Only a mask given by the user can leave a query without keys.
  else weights = mask === null ? softmax(scores, -1) : softmaxOrZero(masked(scores, mask));
  if (state === null) return matmul(weights, v);
  return matmul(mul(weights, dropoutFactors(weights.shape, q.dtype, dropout, state)), v);
}

/**
 * @internal softmax(scale · q·kᵀ + mask)·v. Shapes: q [batch, heads, L, E], k [batch, groups, S, E], v
 * [batch, groups, S, Ev]; `groups` divides `heads`. No matrix of L x S is stored, unless the mask needs a
 * gradient, which is one.
 */
export function attend(q: Tensor, k: Tensor, v: Tensor, how: Attending): Tensor {
  const { mask, causal, scale, dropout, generator = defaultGenerator } = how;
  const state = dropout > 0 ? stateOf(generator) : null;
  if (mask?.requiresGrad) return composedAttention(q, k, v, how, state);
  const [batch, heads, queries, width] = q.shape;
  const [groups, keys, valueWidth] = [k.shape[1], k.shape[2], v.shape[3]];
  const numbers = [
    ...([batch, heads, groups, queries, keys, width, valueWidth, scale] as const),
    ...([causal ? 1 : 0, dropout] as const),
  ] as const;
  const pairs = [batch, heads, queries, keys];
  const hidden = mask && strided(mask, broadcastStrides(mask.shape, mask.strides, pairs));
  const [rowsQ, rowsK, rowsV] = inside(() => [q, k, v].map(withDenseRows));
  const out = laidOutLike(q, [batch, heads, queries, valueWidth], q.dtype);
  const stats = inside(() => empty([batch, heads, queries], q.dtype));
  const drawn = state && empty([4], "int32");
  if (numel(stats.shape) > 0)
    run.attention(...numbers, rowsQ, rowsK, rowsV, hidden, state, drawn, out, stats);
  return differentiable(
    "scaledDotProductAttention",
    [q, k, v],
    out,
    (g, to) => {
      const [gq, gk, gv] = [q, k, v].map((x, i) => (to.needs(i) ? laidOutLike(x, x.shape, x.dtype) : null));
      const result = withDenseRows(out);
      run.attentionGrad(
        ...([...numbers, rowsQ, rowsK, rowsV, hidden, drawn] as const),
        ...([result, stats, withDenseRows(g), gq, gk, gv] as const),
      );
      return [gq, gk, gv];
    },
    {
      saves: [
        rowsQ,
        rowsK,
        rowsV,
        stats,
        ...(mask === null ? [] : [mask]),
        ...(drawn === null ? [] : [drawn]),
      ],
      savesOutput: true,
      // The kernel advances the state that it reads, so it gets a copy.
      composed: () => composedAttention(q, k, v, how, drawn && clone(drawn)),
    },
  );
}
