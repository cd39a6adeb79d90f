import { describe, expect, it } from "vitest";
import { compile, nn, noGrad, randn, type Tensor, zeros } from "../../src/index.js";

const F = nn.functional;
const at = (x: Tensor, from: number, to: number) => x.slice(null, null, [from, to]);

describe("KeyValueCache", () => {
  it("token by token gives what causal attention gives for all tokens", () => {
    const [batch, heads, groups, tokens, width, valueWidth] = [2, 4, 2, 9, 6, 5];
    const q = randn([batch, heads, tokens, width]);
    const k = randn([batch, groups, tokens, width]);
    const v = randn([batch, groups, tokens, valueWidth]);
    const whole = F.scaledDotProductAttention(q, k, v, { isCausal: true, enableGqa: true });
    const cache = new nn.KeyValueCache(batch, groups, tokens, width, { valueWidth });
    for (let round = 0; round < 2; round++, cache.reset())
      for (let from = 0, to = 4; from < tokens; from = to, to++) {
        const [keys, values] = cache.append(at(k, from, to), at(v, from, to));
        expect(cache.length).toBe(to);
        expect(keys.shape).toEqual([batch, groups, to, width]);
        expect(values.shape).toEqual([batch, groups, to, valueWidth]);
        const options = { isCausal: from === 0, enableGqa: true };
        const out = F.scaledDotProductAttention(at(q, from, to), keys, values, options);
        expect(
          out
            .sub(at(whole, from, to))
            .abs()
            .max()
            .item(),
        ).toBeLessThan(1e-6);
      }
  });

  it("returns views of its memory", () => {
    const cache = new nn.KeyValueCache(1, 1, 8, 2);
    const [first] = cache.append(randn([1, 1, 3, 2]), randn([1, 1, 3, 2]));
    const [second] = cache.append(randn([1, 1, 1, 2]), randn([1, 1, 1, 2]));
    expect(second.storage).toBe(first.storage);
    expect(at(second, 0, 3).toArray()).toEqual(first.toArray());
    expect(cache.keys.toArray()).toEqual(second.toArray());
  });

  it.each<[string, () => unknown, object]>([
    [
      "full",
      () => {
        const cache = new nn.KeyValueCache(1, 1, 2, 2);
        cache.append(zeros([1, 1, 2, 2]), zeros([1, 1, 2, 2]));
        cache.append(zeros([1, 1, 1, 2]), zeros([1, 1, 1, 2]));
      },
      { code: "CACHE_FULL" },
    ],
    [
      "another shape",
      () => new nn.KeyValueCache(1, 2, 4, 3).append(zeros([1, 1, 1, 3]), zeros([1, 2, 1, 3])),
      { code: "SHAPE_MISMATCH" },
    ],
    [
      "another number of tokens in the value",
      () => new nn.KeyValueCache(1, 2, 4, 3).append(zeros([1, 2, 1, 3]), zeros([1, 2, 2, 3])),
      { code: "SHAPE_MISMATCH" },
    ],
    [
      "no dims",
      () => new nn.KeyValueCache(1, 1, 1, 1).append(zeros([]), zeros([])),
      { code: "SHAPE_MISMATCH" },
    ],
    [
      "another dtype",
      () => {
        const x = zeros([1, 1, 1, 1]);
        new nn.KeyValueCache(1, 1, 1, 1, { dtype: "float64" }).append(x, x);
      },
      { code: "DTYPE_MISMATCH" },
    ],
    [
      "a lost gradient",
      () => {
        const x = zeros([1, 1, 1, 1], { requiresGrad: true });
        new nn.KeyValueCache(1, 1, 1, 1).append(x, x);
      },
      { code: "CACHE_WITHOUT_GRAD" },
    ],
    ["a size", () => new nn.KeyValueCache(1, 0, 1, 1), { code: "INVALID_SIZE" }],
    [
      "compile",
      () => {
        const cache = new nn.KeyValueCache(1, 1, 4, 1);
        compile((x: Tensor) => cache.append(x, x)[0].sum())(zeros([1, 1, 1, 1]));
      },
      { message: expect.stringContaining("KeyValueCache.append is called") },
    ],
  ])("refuses: %s", (_, make, error) => {
    expect(make).toThrow(expect.objectContaining(error));
  });

  it("takes what needs a gradient under noGrad", () => {
    const x = zeros([1, 1, 1, 1], { requiresGrad: true });
    const cache = new nn.KeyValueCache(1, 1, 1, 1);
    noGrad(() => cache.append(x, x));
    expect(cache.keys.requiresGrad).toBe(false);
  });
});
