/**
 * Properties of volumes, interpolation, grids and what undoes pooling, for any sizes; and what is refused.
 */
import { describe, expect, it } from "vitest";
import { cat, manualSeed, nn, stack, type Tensor, tensor, zeros } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import { expectClose } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";
import fc from "../property.js";

const F = nn.functional;
const size = (most: number) => fc.integer({ min: 1, max: most });
const numbers = (shape: readonly number[], seed = 1) =>
  tensor(
    units(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, dtype: "float64" },
  );
const close = { rtol: 1e-10, atol: 1e-12 };
const same = (a: Tensor, b: Tensor) => {
  expect(a.shape).toEqual(b.shape);
  expectClose(elements(a.detach()), elements(b.detach()), close, "");
};
/** The kernel and stride of an axis, and more than it takes to use them. */
const axis = fc.record({ kernel: size(3), stride: size(3), more: fc.integer({ min: 0, max: 3 }) });
const lengthOf = ({ kernel, more }: { kernel: number; more: number }) => kernel + more;

describe("a volume is made of images", () => {
  const geometry = fc.tuple(fc.array(axis, { minLength: 3, maxLength: 3 }), size(2), size(2), size(2));

  it("conv3d is the sum of conv2d over the slices of the kernel", () => {
    fc.assert(
      fc.property(geometry, ([axes, groups, channels, outputs]) => {
        const [kernel, stride] = [axes.map((a) => a.kernel), axes.map((a) => a.stride)];
        const x = numbers([2, groups * channels, ...axes.map(lengthOf)]);
        const weight = numbers([groups * outputs, channels, ...kernel], 2);
        const places = Math.floor((x.shape[2] - kernel[0]) / stride[0]) + 1;
        const slices = Array.from({ length: places }, (_, place) =>
          Array.from({ length: kernel[0] }, (_, d) =>
            F.conv2d(x.select(2, place * stride[0] + d), weight.select(2, d), {
              ...{ stride: stride.slice(1), groups },
            }),
          ).reduce((a, b) => a.add(b)),
        );
        same(F.conv3d(x, weight, { stride, groups }), stack(slices, 2));
      }),
      { numRuns: 40 },
    );
  });

  it("convTranspose3d is its adjoint: <conv3d(x), y> = <x, convTranspose3d(y)>", () => {
    fc.assert(
      fc.property(geometry, size(2), ([axes, groups, channels, outputs], padding) => {
        const [kernel, stride] = [axes.map((a) => a.kernel), axes.map((a) => a.stride)];
        const x = numbers([1, groups * channels, ...axes.map(lengthOf)]);
        const weight = numbers([groups * outputs, channels, ...kernel], 2);
        const y = F.conv3d(x, weight, { stride, groups, padding });
        const g = numbers(y.shape, 3);
        const outputPadding = axes.map((a, i) => (lengthOf(a) + 2 * padding - kernel[i]) % stride[i]);
        const back = F.convTranspose3d(g, weight, { stride, groups, padding, outputPadding });
        expect(back.shape).toEqual(x.shape);
        expect(y.mul(g).sum().item()).toBeCloseTo(back.mul(x).sum().item(), 9);
      }),
      { numRuns: 40 },
    );
  });

  it("pooling of volumes with one slice is that of images", () => {
    fc.assert(
      fc.property(axis, axis, (rows, columns) => {
        const [kernel, stride] = [
          [rows.kernel, columns.kernel],
          [rows.stride, columns.stride],
        ];
        const x = numbers([2, 3, lengthOf(rows), lengthOf(columns)]);
        const volume = x.unsqueeze(2);
        const options = { stride: [1, ...stride] };
        same(F.avgPool3d(volume, [1, ...kernel], options).squeeze(2), F.avgPool2d(x, kernel, { stride }));
        const deep = F.maxPool3d(volume, [1, ...kernel], { ...options, returnIndices: true });
        const flat = F.maxPool2d(x, kernel, { stride, returnIndices: true });
        for (const i of [0, 1]) same(deep[i].squeeze(2), flat[i]);
      }),
      { numRuns: 40 },
    );
  });

  it("the indices of maxPool3d are where its values are, and maxUnpool3d puts them there", () => {
    fc.assert(
      fc.property(fc.array(axis, { minLength: 3, maxLength: 3 }), (axes) => {
        const kernel = axes.map((a) => a.kernel);
        const x = numbers([2, 2, ...axes.map(lengthOf)]).add(3);
        const [values, indices] = F.maxPool3d(x, kernel, { returnIndices: true });
        same(x.reshape(4, -1).gather(1, indices.reshape(4, -1)), values.reshape(4, -1));
        if (axes.some((a) => lengthOf(a) % a.kernel !== 0)) return;
        const back = F.maxUnpool3d(values, indices, kernel);
        expect(back.shape).toEqual(x.shape);
        same(back.ne(0).double().mul(x), back);
        expect(back.ne(0).sum().item()).toBe(values.numel);
      }),
      { numRuns: 40 },
    );
  });
});

describe("interpolation", () => {
  const modes = ["nearest", "nearest-exact", "bilinear", "bicubic", "area"] as const;
  const images = fc.tuple(size(5), size(5), size(6), size(6), fc.constantFrom(...modes), fc.boolean());

  it("has the sizes that are asked for, and keeps what is constant", () => {
    fc.assert(
      fc.property(images, fc.boolean(), ([h, w, oh, ow, mode, corners], smooth) => {
        const cubic = mode === "bilinear" || mode === "bicubic";
        const options = cubic ? { mode, alignCorners: corners, antialias: smooth } : { mode };
        const y = F.interpolate(zeros([2, 1, h, w], { dtype: "float64" }).add(1.5), [oh, ow], options);
        expect(y.shape).toEqual([2, 1, oh, ow]);
        for (const v of elements(y)) expect(v).toBeCloseTo(1.5, 12);
      }),
    );
  });

  it("to its own size changes nothing", () => {
    fc.assert(
      fc.property(images, ([h, w, , , mode, corners]) => {
        const x = numbers([1, 2, h, w]);
        const linear = mode === "bilinear" || mode === "bicubic";
        same(F.interpolate(x, [h, w], linear ? { mode, alignCorners: corners } : { mode }), x);
      }),
    );
  });

  it("linear modes keep straight lines between aligned corners", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 9 }), (n, out) => {
        const line = (length: number) => Array.from({ length }, (_, i) => i / (length - 1));
        const x = tensor(line(n), { dtype: "float64" }).reshape(1, 1, n);
        const y = F.interpolate(x, out, { mode: "linear", alignCorners: true });
        expectClose(elements(y), line(out), close, "");
      }),
    );
  });
});

describe("grids", () => {
  it("the grid of the identity shows the image itself", () => {
    fc.assert(
      fc.property(size(5), size(5), fc.boolean(), (h, w, alignCorners) => {
        const x = numbers([1, 2, h, w]);
        const theta = tensor([[1, 0, 0, 0, 1, 0]], { dtype: "float64" }).reshape(1, 2, 3);
        // Along an axis of one element its only place is the middle.
        if (alignCorners && Math.min(h, w) < 2) return;
        const grid = F.affineGrid(theta, x.shape, { alignCorners });
        for (const mode of ["bilinear", "nearest", "bicubic"] as const)
          expectClose(elements(F.gridSample(x, grid, { mode, alignCorners })), elements(x), close, mode);
      }),
    );
  });

  it("far beyond the edge there is nothing, or the edge", () => {
    const x = numbers([1, 1, 3, 3]);
    const grid = zeros([1, 1, 3, 2], { dtype: "float64" }).add(
      tensor([9, Infinity, Number.NaN], { dtype: "float64" }).reshape(1, 1, 3, 1),
    );
    expect(elements(F.gridSample(x, grid)).slice(0, 2)).toEqual([0, 0]);
    const [corner] = elements(F.gridSample(x, grid, { paddingMode: "border" }));
    expect(corner).toBe(elements(x)[8]);
  });
});

it("channelShuffle with as many groups as there were in each undoes it", () => {
  fc.assert(
    fc.property(size(4), size(4), (groups, each) => {
      const x = numbers([2, groups * each, 3]);
      same(F.channelShuffle(F.channelShuffle(x, groups), each), x);
      expect(elements(F.channelShuffle(x, groups).select(1, 0))).toEqual(elements(x.select(1, 0)));
    }),
  );
});

it("pdist is the upper triangle of cdist", () => {
  fc.assert(
    fc.property(size(6), size(3), fc.constantFrom(1, 2, 3, Infinity), (n, width, p) => {
      const x = numbers([n, width]);
      const rows = cat([zeros([0], { dtype: "float64" }), ...pairsOf(x, p)]);
      same(F.pdist(x, { p }), rows);
    }),
  );
});

function pairsOf(x: Tensor, p: number): Tensor[] {
  const [n] = x.shape;
  return Array.from({ length: n }, (_, i) =>
    F.pairwiseDistance(x.slice([i, i + 1]), x.slice([i + 1, n]), { p, eps: 0 }),
  );
}

describe("windows at random places", () => {
  it("cover the ends, and lie as evenly as their number allows", () => {
    const x = tensor(
      Array.from({ length: 9 }, (_, i) => i),
      { shape: [1, 1, 9], dtype: "float64" },
    );
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const y = F.fractionalMaxPool2d(x, [1, 2], [1, 4], { generator: new Generator(seed) });
      const ends = elements(y);
      seen.add(String(ends));
      expect([ends[0], ends[3]]).toEqual([1, 8]);
      for (let i = 1; i < 4; i++) expect([2, 3]).toContain(ends[i] - ends[i - 1]);
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it("are drawn anew for each plane, and again from the same seed", () => {
    const layer = new nn.FractionalMaxPool2d(2, { outputRatio: 0.5 });
    const x = numbers([1, 1, 13, 13]).expand([1, 8, 13, 13]);
    manualSeed(5);
    const first = layer.forward(x) as Tensor;
    manualSeed(5);
    same(layer.forward(x), first);
    expect(new Set(Array.from({ length: 8 }, (_, c) => String(first.select(1, c)))).size).toBeGreaterThan(1);
  });
});

describe("mistakes name what was given", () => {
  const image = zeros([1, 2, 4, 4]);
  it.each<[string, () => unknown, string, string]>([
    [
      "no size",
      () => F.interpolate(image),
      "INVALID_VALUE",
      "interpolate: either size or scaleFactor is given: none",
    ],
    [
      "two",
      () => F.interpolate(image, 3, { scaleFactor: 2 }),
      "INVALID_VALUE",
      "size or scaleFactor is given: both",
    ],
    [
      "a mode",
      () => F.interpolate(image, 3, { mode: "cubic" as "bicubic" }),
      "INVALID_VALUE",
      'trilinear, area: "cubic"',
    ],
    [
      "corners",
      () => F.interpolate(image, 3, { alignCorners: true }),
      "INVALID_VALUE",
      "cubic modes: nearest",
    ],
    [
      "smoothing",
      () => F.interpolate(image, 3, { antialias: true }),
      "INVALID_VALUE",
      "bicubic modes: nearest",
    ],
    [
      "sizes",
      () => F.interpolate(image, [1, 2, 3]),
      "INVALID_SIZE",
      "size is an integer >= 1, or 2 of them: [1, 2, 3]",
    ],
    [
      "a factor",
      () => F.interpolate(image, { scaleFactor: 0 }),
      "INVALID_SIZE",
      "scaleFactor is a number > 0, or 2",
    ],
    [
      "nothing left",
      () => F.interpolate(image, { scaleFactor: 0.2 }),
      "SHAPE_MISMATCH",
      "[1, 2, 4, 4] by [0.2, 0.2]",
    ],
    [
      "integers between",
      () => F.interpolate(zeros([1, 1, 2], { dtype: "int32" }), 3, { mode: "linear" }),
      ...(["DTYPE_MISMATCH", "a float tensor is needed in mode linear: int32"] as const),
    ],
    [
      "a grid",
      () => F.gridSample(image, zeros([1, 2, 2, 3])),
      "SHAPE_MISMATCH",
      "x [1, 2, 4, 4], grid [1, 2, 2, 3]",
    ],
    [
      "cubic volumes",
      () => F.gridSample(zeros([1, 1, 2, 2, 2]), zeros([1, 1, 1, 1, 3]), { mode: "bicubic" }),
      ...(["SHAPE_MISMATCH", "mode bicubic is for images: x [1, 1, 2, 2, 2]"] as const),
    ],
    [
      "a map",
      () => F.affineGrid(zeros([1, 2, 3]), [2, 1, 3, 3]),
      "SHAPE_MISMATCH",
      "theta [1, 2, 3], size [2, 1, 3, 3]",
    ],
    [
      "a place beyond",
      () => F.maxUnpool1d(zeros([1, 1]), tensor([[4]], { dtype: "int32" }), 2),
      ...(["INDEX_OUT_OF_RANGE", "index out of range: 4"] as const),
    ],
    [
      "another size",
      () => F.maxUnpool1d(zeros([1, 2]), zeros([1, 2], { dtype: "int32" }), 2, { outputSize: [7] }),
      ...([
        "SHAPE_MISMATCH",
        "outputSize differs from [4] by less than the stride: [7] for x [1, 2], stride [2]",
      ] as const),
    ],
    ["a norm", () => F.lpPool2d(image, 0, 2), "INVALID_VALUE", "normType is a number other than 0: 0"],
    [
      "a ratio",
      () => F.fractionalMaxPool2d(image, 2, { outputRatio: 1.5 }),
      "INVALID_VALUE",
      "between 0 and 1, or 2 of them",
    ],
    [
      "samples",
      () => F.fractionalMaxPool2d(image, 2, 2, { randomSamples: zeros([1, 2, 3]) }),
      ...(["SHAPE_MISMATCH", "[1, 2, 3] for float32 [1, 2, 4, 4]"] as const),
    ],
    ["rows", () => F.pdist(zeros([2, 2, 2])), "SHAPE_MISMATCH", "pdist: x is [N, D]: [2, 2, 2]"],
    [
      "classes",
      () => F.oneHot(tensor([1], { dtype: "int32" }), 0),
      "INVALID_VALUE",
      "numClasses is an integer >= 1, or -1: 0",
    ],
    [
      "no classes",
      () => F.oneHot(zeros([0], { dtype: "int32" })),
      "INVALID_VALUE",
      "number of classes is needed",
    ],
  ])("%s", (_, call, code, message) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});
