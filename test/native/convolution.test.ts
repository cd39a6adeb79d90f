/**
 * The order of the sums of a convolution is that of a matrix product with unfolded patches. Compares all
 * three operations, bit for bit, with unfold2d, gemm and fold2d of the addon, on every instruction set. The
 * image is small enough for one product (docs/numerics.md has the cut of larger ones).
 */
import { afterAll, describe, expect, test } from "vitest";
import { backend, k } from "../../src/kernels/backend.js";
import { floats } from "../kernels/samples.js";
import fc from "../property.js";
import { built } from "./addon.js";

interface Convolution {
  groups: number;
  channels: number;
  outputs: number;
  size: [number, number];
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  /** A weight that is infinite: its product with a place outside of the image is NaN. */
  infinite: boolean;
}

/** Patches of which one product takes all. */
const mostPlaces = 128;

const placesOf = ({ size, kernel, stride, padding, dilation }: Convolution) =>
  size.map((n, i) =>
    Math.max(0, Math.floor((n + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1),
  );

function check(c: Convolution): void {
  const { groups, channels, outputs, size, kernel } = c;
  const out = placesOf(c);
  const [places, plane] = [out[0] * out[1], size[0] * size[1]];
  const depth = channels * kernel[0] * kernel[1];
  const patches = [...size, ...kernel, ...out, ...c.stride, ...c.padding, ...c.dilation] as const;
  const x = floats(groups * channels * plane, -1, 1, 3);
  const weight = floats(groups * outputs * depth, -1, 1, 4);
  const y = floats(groups * outputs * places, -1, 1, 5);
  if (c.infinite) weight[weight.length >> 1] = Infinity;

  const expected = [new Float32Array(y.length), new Float32Array(x.length), new Float32Array(weight.length)];
  const columns = new Float32Array(depth * places);
  for (let g = 0; g < groups; g++) {
    const [xo, wo, yo] = [g * channels * plane, g * outputs * depth, g * outputs * places];
    unfold(channels, patches, x, xo, columns);
    product([outputs, places, depth], [weight, wo, depth, 1], [columns, 0, places, 1], expected[0], yo);
    product([outputs, depth, places], [y, yo, places, 1], [columns, 0, 1, places], expected[2], wo);
    product([depth, places, outputs], [weight, wo, 1, depth], [y, yo, places, 1], columns, 0);
    fold(channels, patches, columns, expected[1], xo);
  }
  const given = [1, groups, channels, outputs, ...patches, 0];
  const actual = expected.map((array) => new Float32Array(array.length).fill(7));
  const calls = k as unknown as Record<string, (...args: unknown[]) => number>;
  calls["conv2d"](...given, x, 0, weight, 0, null, 0, actual[0], 0);
  calls["conv2dGradInput"](...given, y, 0, weight, 0, actual[1], 0);
  calls["conv2dGradWeight"](...given, x, 0, y, 0, 0, actual[2], 0);
  // Object.is of each element: zeros of both signs differ, and NaN equals NaN.
  expect(actual[0], "y").toEqual(expected[0]);
  expect(actual[1], "gradient of x").toEqual(expected[1]);
  expect(actual[2], "gradient of weight").toEqual(expected[2]);
}

type Operand = [data: Float32Array, offset: number, row: number, column: number];

function product([m, n, depth]: number[], a: Operand, b: Operand, c: Float32Array, offset: number): void {
  k.gemm(1, m, n, depth, a[0], a[1], 0, a[2], a[3], b[0], b[1], 0, b[2], b[3], null, 0, 0, 0, c, offset, 0);
}

type Planes = (planes: number, ...rest: unknown[]) => number;
const unfold = (planes: number, patches: readonly number[], x: Float32Array, xo: number, to: Float32Array) =>
  (k.unfold2d as Planes)(planes, ...patches, x, xo, to, 0);
const fold = (planes: number, patches: readonly number[], x: Float32Array, to: Float32Array, at: number) =>
  (k.fold2d as Planes)(planes, ...patches, x, 0, to, at);

const both = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

const convolution: fc.Arbitrary<Convolution> = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 })),
    outputs: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), fc.constant(70)),
    size: both(1, 13),
    kernel: fc.oneof(fc.constant<[number, number]>([3, 3]), both(1, 5)),
    stride: fc.oneof(fc.constant<[number, number]>([1, 1]), both(1, 3)),
    padding: both(0, 3),
    dilation: fc.oneof(fc.constant<[number, number]>([1, 1]), both(1, 3)),
    infinite: fc.boolean(),
  })
  .filter((c) => {
    const [oh, ow] = placesOf(c);
    // With few rows of a product, the order depends on how many channels it takes.
    const alike = c.kernel[0] * c.kernel[1] > 4 || c.channels <= 8;
    return oh * ow > 0 && oh * ow <= mostPlaces && alike;
  });

const plain: Convolution = {
  ...{ groups: 1, channels: 16, outputs: 16, size: [8, 16], kernel: [3, 3] },
  ...{ stride: [1, 1], padding: [1, 1], dilation: [1, 1], infinite: false },
};

describe.skipIf(!built)("convolution", () => {
  const isa = backend.isa;
  afterAll(() => {
    backend.useIsa(isa);
  });

  test.each([
    ["of as many channels", plain],
    ["of infinite weights", { ...plain, infinite: true }],
    ["of many steps", { ...plain, channels: 40, outputs: 70 }],
    ["by channel", { ...plain, groups: 40, channels: 1, outputs: 1 }],
    ["by channel, with several outputs", { ...plain, groups: 9, channels: 1, outputs: 3, kernel: [5, 5] }],
    ["by channel, with a stride", { ...plain, groups: 9, channels: 1, outputs: 1, stride: [2, 2] }],
    ["of rows", { ...plain, size: [1, 90], kernel: [1, 9], padding: [0, 4] }],
    ["of rows, with a stride", { ...plain, size: [1, 300], kernel: [1, 9], padding: [0, 4], stride: [1, 4] }],
    ["with a stride", { ...plain, size: [13, 15], kernel: [5, 4], stride: [2, 2] }],
    ["to few places", { ...plain, size: [3, 3] }],
  ] as [string, Convolution][])("%s has the bits of a product with patches", (_, c) => {
    for (const name of backend.isas) {
      backend.useIsa(name);
      check(c);
    }
  });

  test("of any sizes has the bits of a product with patches", () => {
    for (const name of backend.isas) {
      backend.useIsa(name);
      fc.assert(fc.property(convolution, check), { numRuns: 40 });
    }
  });
});
