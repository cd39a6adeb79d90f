import { describe, test } from "vitest";
import fc from "../property.js";
import { Buffer, check, out } from "./harness.js";
import { floats, integers, threadCounts } from "./samples.js";
import { sumOf } from "./tolerances.js";

/** Sums of some hundred products of numbers up to 1, in float32 there and in float64 here. */
const tolerance = { relative: 1e-4 };

const geometry = fc
  .record({
    samples: fc.integer({ min: 1, max: 9 }),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 20 }),
    outputs: fc.integer({ min: 1, max: 20 }),
    h: fc.integer({ min: 1, max: 20 }),
    w: fc.integer({ min: 1, max: 40 }),
    kh: fc.integer({ min: 1, max: 4 }),
    kw: fc.integer({ min: 1, max: 4 }),
    sh: fc.integer({ min: 1, max: 3 }),
    sw: fc.integer({ min: 1, max: 3 }),
    ph: fc.integer({ min: 0, max: 4 }),
    pw: fc.integer({ min: 0, max: 4 }),
    dh: fc.integer({ min: 1, max: 3 }),
    dw: fc.integer({ min: 1, max: 3 }),
  })
  .map((g) => ({
    ...g,
    oh: Math.max(0, Math.floor((g.h + 2 * g.ph - g.dh * (g.kh - 1) - 1) / g.sh) + 1),
    ow: Math.max(0, Math.floor((g.w + 2 * g.pw - g.dw * (g.kw - 1) - 1) / g.sw) + 1),
  }));

type Geometry = typeof geometry extends fc.Arbitrary<infer G> ? G : never;

const patchesOf = ({ h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw }: Geometry) => [
  ...[h, w, kh, kw, oh, ow],
  ...[sh, sw, ph, pw, dh, dw],
];

/** With `bfloat16` both cores round the same operands, and what differs is the order of the same sums. */
function checkConvolutions(g: Geometry, bfloat16: number): void {
  const { samples, groups, channels, outputs } = g;
  const sizes = [samples, groups, channels, outputs, ...patchesOf(g), bfloat16];
  const x = samples * groups * channels * g.h * g.w;
  const weight = groups * outputs * channels * g.kh * g.kw;
  const y = samples * groups * outputs * g.oh * g.ow;
  const name = JSON.stringify(g);
  const [xs, ws, ys] = [x, weight, y].map((n, i) => new Buffer(floats(n, -1, 1, 3 + i)));
  const bias = new Buffer(floats(groups * outputs, -1, 1, 9));
  const large = y * channels * g.kh * g.kw > 100000;
  const threads = large ? threadCounts : [1];
  const scale = samples * g.oh * g.ow;
  check({ name, kernel: "conv2d", args: [...sizes, xs, ws, bias, out(y)], tolerance }, threads);
  check({ name, kernel: "conv2d", args: [...sizes, xs, ws, null, out(y)], tolerance }, threads);
  check({ name, kernel: "conv2dGradInput", args: [...sizes, ys, ws, out(x)], tolerance }, threads);
  for (const accumulate of [0, 1]) {
    const given = new Buffer(floats(weight, -1, 1, 11), "out");
    check(
      {
        name,
        kernel: "conv2dGradWeight",
        args: [...sizes, xs, ys, accumulate, given],
        tolerance,
        scale: Math.sqrt(scale) + 1,
      },
      threads,
    );
  }
}

function checkPatches(g: Geometry): void {
  const planes = g.samples * g.channels;
  const sizes = [planes, ...patchesOf(g)];
  const [image, columns] = [planes * g.h * g.w, planes * g.kh * g.kw * g.oh * g.ow];
  const threads = columns > 40000 ? threadCounts : [1];
  const name = JSON.stringify(g);
  check(
    { name, kernel: "unfold2d", args: [...sizes, new Buffer(floats(image)), out(image === 0 ? 0 : columns)] },
    threads,
  );
  check(
    {
      name,
      kernel: "fold2d",
      args: [...sizes, new Buffer(floats(columns)), out(image)],
      ...sumOf(g.kh * g.kw, 3),
    },
    threads,
  );
}

const square = (sizes: Partial<Geometry>): Geometry => ({
  ...{ samples: 2, groups: 1, channels: 3, outputs: 8, h: 8, w: 8, kh: 3, kw: 3, oh: 8, ow: 8 },
  ...{ sh: 1, sw: 1, ph: 1, pw: 1, dh: 1, dw: 1 },
  ...sizes,
});

describe("convolution", () => {
  test.each([
    ["of the first layer of a network", square({ samples: 20, outputs: 32, h: 32, w: 32, oh: 32, ow: 32 })],
    ["of a middle one", square({ samples: 9, channels: 32, outputs: 64, h: 16, w: 16, oh: 16, ow: 16 })],
    [
      "of one large image, in blocks of rows",
      square({ samples: 1, channels: 20, h: 90, w: 70, oh: 90, ow: 70 }),
    ],
    ["of single places", square({ channels: 17, kh: 1, kw: 1, ph: 0, pw: 0 })],
    ["by channel", square({ groups: 12, channels: 1, outputs: 1 })],
    [
      "with many weights, in parts of channels",
      square({ channels: 200, outputs: 120, h: 4, w: 4, oh: 4, ow: 4 }),
    ],
    [
      "of small images with a stride, several samples in a product",
      square({ samples: 21, groups: 2, channels: 9, outputs: 7, kh: 4, kw: 3, oh: 4, ow: 4, sh: 2, sw: 2 }),
    ],
    [
      "with another stride and dilation each way",
      square({ samples: 5, h: 50, w: 41, oh: 17, ow: 19, sh: 3, sw: 2, dw: 2, ph: 2, pw: 1, kh: 5, kw: 4 }),
    ],
    [
      "with a kernel as large as the image",
      square({ samples: 11, groups: 3, h: 4, w: 5, kh: 4, kw: 5, oh: 1, ow: 1, ph: 0, pw: 0 }),
    ],
    ["of rows of no width", square({ ow: 0 })],
    ["to no outputs", square({ outputs: 0 })],
    [
      "of patches larger than the image",
      square({ h: 2, w: 3, oh: 2, ow: 2, sh: 2, dh: 5, dw: 9, ph: 5, pw: 9 }),
    ],
    ["of no samples", square({ samples: 0 })],
    ["of no channels", square({ channels: 0 })],
    ["with no places", square({ oh: 0 })],
  ])("%s", (_, g) => {
    for (const bfloat16 of [0, 1]) checkConvolutions(g, bfloat16);
    checkPatches(g);
  });

  test("of any sizes", () => {
    fc.assert(fc.property(geometry, fc.nat(1), checkConvolutions), { numRuns: 40 });
    fc.assert(fc.property(geometry, checkPatches), { numRuns: 60 });
  });
});

/** Windows by sizes and steps, cut off at the edges, or any. */
const axis = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain(([size, step, length]) => {
    const sliding = Array.from({ length: Math.ceil(size / step) }, (_, i) => [
      i * step - 1,
      i * step - 1 + length,
    ]);
    const inside = sliding.map((window) => window.map((place) => Math.min(size, Math.max(0, place))));
    const any = fc
      .tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    return fc.record({
      size: fc.constant(size),
      windows: fc.oneof(fc.constant(inside), fc.array(any, { maxLength: 6 })),
    });
  });

describe("pooling", () => {
  test("over any windows", () => {
    const any = fc.tuple(
      fc.integer({ min: 0, max: 40 }),
      axis,
      axis,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    const property = fc.property(any, ([planes, rows, columns, dh, dw]) => {
      const sizes = [planes, rows.size, columns.size, rows.windows.length, columns.windows.length];
      const windows = new Buffer(Int32Array.from([...rows.windows, ...columns.windows].flat()));
      const [image, pooled] = [planes * rows.size * columns.size, planes * sizes[3] * sizes[4]];
      const x = floats(image);
      for (let i = 0; i < image; i++) {
        // Ties, and a few that are not ordinary.
        x[i] = i % 97 === 5 ? Number.NaN : i % 53 === 7 ? -Infinity : Math.round(x[i] * 4) / 4;
      }
      const name = JSON.stringify([sizes, rows.windows, columns.windows]);
      const threads = image > 16384 ? threadCounts : [1];
      const indices = new Buffer(new Int32Array(pooled), "out");
      check(
        { name, kernel: "maxPool2d", args: [...sizes, dh, dw, windows, new Buffer(x), out(pooled), indices] },
        threads,
      );
      const divisors = new Buffer(floats(sizes[3] * sizes[4], 1, 9));
      const longest = (windows: number[][]) => Math.max(0, ...windows.map(([begin, end]) => end - begin));
      const [high, wide] = [longest(rows.windows), longest(columns.windows)];
      check(
        {
          name,
          kernel: "avgPool2d",
          args: [...sizes, windows, divisors, new Buffer(floats(image)), out(pooled)],
          ...sumOf(high * wide, 3, high + wide),
        },
        threads,
      );
      check(
        {
          name,
          kernel: "avgPool2dGrad",
          args: [...sizes, windows, divisors, new Buffer(floats(pooled)), out(image)],
          ...sumOf(sizes[3] * sizes[4], 3),
        },
        threads,
      );
      const [size, places] = [rows.size * columns.size, sizes[3] * sizes[4]];
      const at = new Buffer(integers(planes * places, size));
      check(
        {
          name,
          kernel: "maxPool2dGrad",
          args: [planes, size, places, at, new Buffer(floats(planes * places)), out(image)],
          ...sumOf(sizes[3] * sizes[4], 3),
        },
        threads,
      );
    });
    fc.assert(property, { numRuns: 60 });
  });

  test("the mean of a large plane is as exact as its sides are short, not its area", () => {
    const size = 512;
    const windows = new Buffer(Int32Array.of(0, size, 0, size));
    const [divisor, x] = [new Buffer(Float32Array.of(size * size)), new Buffer(floats(size * size, 0, 1))];
    // Sums of 512 numbers twice, 2^-24 · √1024; of 262,144 one after another it would be 16 times as much.
    const tolerance = { relative: 2e-6 };
    check({
      name: "mean",
      kernel: "avgPool2d",
      args: [1, size, size, 1, 1, windows, divisor, x, out(1)],
      tolerance,
      scale: 0.5,
    });
  });

  test("windows and positions outside of the plane: their place comes back and nothing is written", () => {
    for (const bad of [
      [0, 6],
      [-1, 2],
      [3, 2],
    ]) {
      const windows = new Buffer(Int32Array.from([0, 2, ...bad, 0, 1]));
      const x = new Buffer(floats(25));
      check({
        name: "max",
        kernel: "maxPool2d",
        args: [1, 5, 5, 2, 1, 1, 1, windows, x, out(2), new Buffer(new Int32Array(2), "out")],
      });
      check({
        name: "mean",
        kernel: "avgPool2d",
        args: [1, 5, 5, 2, 1, windows, new Buffer(floats(2, 1, 2)), x, out(2)],
      });
    }
    for (const bad of [-1, 25]) {
      const index = new Buffer(Int32Array.of(3, bad));
      check({
        name: "gradient",
        kernel: "maxPool2dGrad",
        args: [1, 25, 2, index, new Buffer(floats(2)), out(25)],
      });
    }
  });
});
