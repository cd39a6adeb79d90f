import { describe, expect, test } from "vitest";
import { backend, nn, ones, randn, type Tensor } from "../../src/index.js";
import { nativeAddon } from "../../src/kernels/backend.js";

/** Bytes from the last cache line to the first element of a tensor. */
function behind({ storage }: Tensor): number {
  const { array, offset } = storage;
  const first = new Uint8Array(array.buffer, array.byteOffset + offset * array.BYTES_PER_ELEMENT, 1);
  return nativeAddon().addon.behindLine(first);
}

describe.skipIf(backend.name !== "native")("memory begins on cache lines", () => {
  test.each([
    ["a large tensor", () => randn([123, 457])],
    ["a tensor out of a slab", () => ones([300])],
    ["a large parameter", () => new nn.Linear(300, 301).weight],
    ["a small parameter", () => new nn.Linear(3, 5).bias!],
    ["a gradient", () => gradientOf(new nn.Linear(300, 301))],
  ])("%s", (_, make) => {
    for (let i = 0; i < 5; i++) expect(behind(make())).toBe(0);
  });

  test("what is no array is refused", () => {
    const { addon } = nativeAddon();
    expect(() => addon.behindLine(7 as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

function gradientOf(layer: nn.Linear): Tensor {
  layer
    .forward(ones([2, 300]))
    .sum()
    .backward();
  return layer.weight.grad!;
}
