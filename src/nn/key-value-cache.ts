import { checkTensors } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { needsGrad } from "../autograd/graph.js";
import { isFloating } from "../dtype.js";
import { AutogradError, DTypeError, formatShape, ShapeError, ValueError } from "../errors.js";
import { zeros } from "../ops/create/create.js";
import { narrow } from "../ops/shape/views.js";
import { copy_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { sameShape } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { tracing } from "../tracing.js";
import { checkSizes } from "./arguments.js";

/** Options of `KeyValueCache`. */
export interface KeyValueCacheOptions {
  /** Width of a value. Default: that of a key. */
  valueWidth?: number;
  /** Default `float32`. */
  dtype?: "float32" | "float64";
}

/**
 * The keys and values of one attention layer for all tokens so far, so that a decoder computes only those of
 * its next token. The memory for `maxLength` tokens is allocated once; `append` writes to it and returns
 * views of what is filled, which `scaledDotProductAttention` reads in place. It keeps no graph: use it under
 * `noGrad`. PyTorch: none (`StaticCache` of Hugging Face's transformers).
 *
 *     const cache = new nn.KeyValueCache(1, heads, 1024, width);
 *     noGrad(() => {
 *       const [keys, values] = cache.append(k, v);            // [1, heads, 1, width] each
 *       const out = nn.functional.scaledDotProductAttention(q, keys, values);
 *     });
 *
 * @throws DTypeError for a dtype that is not a float; ValueError `INVALID_SIZE` for sizes below 1.
 */
export class KeyValueCache {
  readonly #keys: Tensor;
  readonly #values: Tensor;
  #length = 0;

  /**
   * @param batch number of sequences
   * @param heads heads of keys and values: with grouped heads fewer than those of queries
   * @param maxLength tokens of a sequence for which there is memory
   * @param width elements of a key
   */
  constructor(
    readonly batch: number,
    readonly heads: number,
    readonly maxLength: number,
    readonly width: number,
    options: KeyValueCacheOptions = {},
  ) {
    checkOptions("KeyValueCache", options, ["valueWidth", "dtype"]);
    const { valueWidth = width, dtype = "float32" } = options;
    checkSizes("KeyValueCache", { batch, heads, maxLength, width, valueWidth });
    if (!isFloating(dtype)) throw new DTypeError(`KeyValueCache: dtype is a float: ${quoted(dtype)}`);
    this.#keys = zeros([batch, heads, maxLength, width], { dtype });
    this.#values = zeros([batch, heads, maxLength, valueWidth], { dtype });
  }

  /** Number of tokens that were appended since the beginning or the last `reset`. */
  get length(): number {
    return this.#length;
  }

  /** The keys so far, [batch, heads, length, width]: a view. */
  get keys(): Tensor {
    return narrow(this.#keys, 2, 0, this.#length);
  }

  /** The values so far, [batch, heads, length, valueWidth]: a view. */
  get values(): Tensor {
    return narrow(this.#values, 2, 0, this.#length);
  }

  /**
   * Adds the keys and values of n more tokens and returns all keys and all values so far, as views.
   * Shapes: key [batch, heads, n, width], value [batch, heads, n, valueWidth].
   * @throws ValueError `CACHE_FULL` if there is no memory for n more tokens; nothing is then added.
   * @throws AutogradError `CACHE_WITHOUT_GRAD` if a gradient would be lost.
   */
  append(key: Tensor, value: Tensor): [keys: Tensor, values: Tensor] {
    const op = "KeyValueCache.append";
    checkTensors(op, key, value);
    if (tracing !== null)
      tracing.refuse(`${op} is called, and its length differs from step to step`, "call it outside");
    const n = key.shape[2];
    for (const [name, given, of] of [
      ["key", key, this.#keys],
      ["value", value, this.#values],
    ] as const) {
      const [batch, heads, , width] = of.shape;
      if (given.ndim !== 4 || !sameShape(given.shape, [batch, heads, n, width]))
        throw new ShapeError(
          `${op}: the ${name} is [batch, heads, n, width], ${formatShape([batch, heads, n ?? 1, width])}: ${formatShape(given.shape)}`,
        );
      if (given.dtype !== of.dtype)
        throw new DTypeError(`${op}: the ${name} has the dtype of the cache, ${of.dtype}: ${given.dtype}`);
    }
    if (needsGrad([key, value]))
      throw new AutogradError(
        `${op}: the cache keeps no graph, and key or value needs a gradient; use noGrad()`,
        "CACHE_WITHOUT_GRAD",
      );
    if (this.#length + n > this.maxLength)
      throw new ValueError(
        `${op}: the cache holds ${this.maxLength} tokens: ${this.#length} and ${n} more; use reset()`,
        "CACHE_FULL",
      );
    noGrad(() => {
      copy_(narrow(this.#keys, 2, this.#length, n), key);
      copy_(narrow(this.#values, 2, this.#length, n), value);
    });
    this.#length += n;
    return [this.keys, this.values];
  }

  /** Forgets all tokens. The memory stays. */
  reset(): void {
    this.#length = 0;
  }
}
