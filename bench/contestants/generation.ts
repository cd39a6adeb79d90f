/**
 * Tokens of one sequence, one after the other, by a GPT that keeps the keys and values of the tokens before.
 * Eagerly the keys so far are a view of the cache. A compiled call has fixed shapes: it attends to the whole
 * cache, and a mask hides what is not written yet.
 */
import { arange, compile, nn, noGrad, type Tensor, tensor, zeros } from "simdgrad";
import { problemOf } from "./network-step.js";
import type { GenerationCase } from "./protocol.js";
import type { Prepared } from "./serve.js";
import type { Block } from "./zoo/block.js";
import type { Gpt } from "./zoo/gpt.js";

const { gelu, linear, scaledDotProductAttention } = nn.functional;

/** Keys and values of a layer: [1, heads, length, width of a head]. */
interface Cache {
  keys: Tensor;
  values: Tensor;
}

type Attend = (q: Tensor, k: Tensor, v: Tensor, cache: Cache) => Tensor;

/** The token after `token`, which has that position: the likeliest. Both are [1]. */
function nextToken(model: Gpt, token: Tensor, position: Tensor, caches: Cache[], attend: Attend): Tensor {
  let x = model.tokens.forward(token).add(model.positions.forward(position));
  for (const [i, block] of ([...model.blocks] as Block[]).entries()) {
    const { width, heads } = block;
    const [q, k, v] = block.qkv
      .forward(block.norm1.forward(x))
      .chunk(3, 1)
      .map((part) => part.reshape(1, heads, 1, width / heads));
    x = x.add(block.proj.forward(attend(q, k, v, caches[i]).reshape(1, width)));
    x = x.add(block.down.forward(gelu(block.up.forward(block.norm2.forward(x)))));
  }
  return linear(model.norm.forward(x), model.tokens.weight).argmax(1).to("int32");
}

export function prepareGeneration(given: GenerationCase, compiled: boolean): Prepared {
  const { layers, heads, width, length } = given.sizes;
  const model = problemOf("gpt", given.sizes, given.file).model.eval() as Gpt;
  const shape = [1, heads, length, width / heads];
  const caches = Array.from({ length: layers }, () => ({ keys: zeros(shape), values: zeros(shape) }));
  const positions = Array.from({ length }, (_, t) => tensor([t], { dtype: "int32" }));

  const attendSoFar =
    (t: number) =>
    (q: Tensor, k: Tensor, v: Tensor, { keys, values }: Cache) => {
      keys.narrow(2, t, 1).copy_(k);
      values.narrow(2, t, 1).copy_(v);
      return scaledDotProductAttention(q, keys.narrow(2, 0, t + 1), values.narrow(2, 0, t + 1));
    };
  const step = compile((token: Tensor, position: Tensor) => {
    const attnMask = arange(length, { dtype: "int32" }).le(position).unsqueeze(0);
    return nextToken(model, token, position, caches, (q, k, v, { keys, values }) => {
      keys.indexCopy_(2, position, k);
      values.indexCopy_(2, position, v);
      return scaledDotProductAttention(q, keys, values, { attnMask });
    });
  });

  const made = new Int32Array(length);
  const run = () =>
    noGrad(() => {
      let token = positions[0];
      for (let t = 0; t < length; t++) {
        token = compiled
          ? step(token, positions[t])
          : nextToken(model, token, positions[t], caches, attendSoFar(t));
        made[t] = token.item();
      }
    });
  return { run, repetitions: length, check: () => made.reduce((sum, token, t) => sum + (t + 1) * token, 0) };
}
