import { describe, expect, it } from "vitest";
import {
  normalize,
  randomCrop,
  randomHorizontalFlip,
  randomShift,
  TensorDataset,
  TransformedDataset,
} from "../../src/data/index.js";
import {
  arange,
  fit,
  Generator,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import fc from "../property.js";

/** Images whose pixels are all different. */
const images = (b: number, c: number, h: number, w: number) =>
  arange(1, b * c * h * w + 1).reshape([b, c, h, w]);

/** The window of each image, read in plain loops. */
function window(x: Tensor, image: number, top: number, left: number, h: number, w: number): number[][][] {
  const from = x.toArray() as number[][][][];
  return from[image].map((plane) =>
    Array.from({ length: h }, (_, r) => Array.from({ length: w }, (_, c) => plane[top + r]?.[left + c] ?? 0)),
  );
}

/** Where the window lies: of all places, the one that gives these pixels. */
function placeOf(
  x: Tensor,
  image: number,
  out: unknown,
  h: number,
  w: number,
  reach: number,
): [number, number] {
  const [height, width] = x.shape.slice(2);
  for (let top = -reach; top <= height; top++)
    for (let left = -reach; left <= width; left++)
      if (JSON.stringify(window(x, image, top, left, h, w)) === JSON.stringify(out)) return [top, left];
  throw new Error(`no window of image ${image} is ${JSON.stringify(out)}`);
}

describe("randomCrop", () => {
  it("cuts a window out of each padded image, the same from each channel", () => {
    const cases = fc.record({
      ...{ b: fc.nat(3), c: fc.integer({ min: 1, max: 3 }), h: fc.integer({ min: 2, max: 5 }) },
      ...{ w: fc.integer({ min: 2, max: 5 }), padding: fc.nat(1), seed: fc.nat() },
    });
    fc.assert(
      fc.property(cases, ({ b, c, h, w, padding, seed }) => {
        const x = images(b, c, h, w);
        const size = [Math.max(2, h - 1), Math.max(2, w - 1)] as const;
        const out = randomCrop(size, { padding, seed })(x);
        expect(out.shape).toEqual([b, c, ...size]);
        for (const [i, image] of (out.toArray() as unknown[]).entries()) {
          const [top, left] = placeOf(x, i, image, ...size, padding);
          expect([top, left].every((at) => at >= -padding)).toBe(true);
          expect([top + size[0] <= h + padding, left + size[1] <= w + padding]).toEqual([true, true]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("reaches every place, as often as any other, and draws for each sample", () => {
    const x = images(1, 1, 4, 4).expand([3600, 1, 4, 4]);
    const out = randomCrop(4, { padding: 1, seed: 5 })(x).toArray() as number[][][][];
    const one = images(1, 1, 4, 4);
    const places = new Map<string, number>();
    for (const image of out) {
      const place = placeOf(one, 0, image, 4, 4, 1).join();
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    expect(places.size).toBe(9);
    // 400 each: six standard deviations are 113.
    for (const times of places.values()) expect(Math.abs(times - 400)).toBeLessThan(113);
  });

  it("fills with a value of one's own, and keeps bytes bytes", () => {
    const x = images(2, 1, 2, 2).to("uint8");
    const out = randomShift([2, 2], { fill: 9, seed: 0 })(x.expand([2, 1, 2, 2]));
    expect(out.dtype).toBe("uint8");
    expect(
      (out.toArray() as number[][][][]).flat(3).filter((v) => v === 9 || (v >= 1 && v <= 8)),
    ).toHaveLength(8);
    expect(randomCrop(4, { padding: 1, fill: 7, seed: 0 })(images(1, 1, 2, 2)).toArray()).toEqual(
      [
        [
          [7, 7, 7, 7],
          [7, 1, 2, 7],
          [7, 3, 4, 7],
          [7, 7, 7, 7],
        ].map((row) => row),
      ].map((plane) => [plane]),
    );
  });
});

describe("randomHorizontalFlip", () => {
  it("mirrors with its probability", () => {
    const x = images(2000, 2, 2, 3);
    const rows = x.toArray() as number[][][][];
    const mirrored = rows.map((image) => image.map((plane) => plane.map((row) => row.toReversed())));
    expect(randomHorizontalFlip(0)(x).toArray()).toEqual(rows);
    expect(randomHorizontalFlip(1)(x).toArray()).toEqual(mirrored);
    const out = randomHorizontalFlip(0.3, { seed: 1 })(x).toArray() as number[][][][];
    let flips = 0;
    for (const [i, image] of out.entries()) {
      const flipped = image[0][0][0] !== rows[i][0][0][0];
      expect(image).toEqual(flipped ? mirrored[i] : rows[i]);
      if (flipped) flips++;
    }
    // 600, with a standard deviation of 20.5.
    expect(Math.abs(flips - 600)).toBeLessThan(123);
  });
});

describe("randomShift", () => {
  it("moves by so many pixels at most, down and across", () => {
    const x = images(100, 1, 4, 5);
    const out = randomShift([0, 2], { seed: 2 })(x).toArray() as unknown[];
    const places = new Set(out.map((image, i) => placeOf(x, i, image, 4, 5, 2).join()));
    expect([...places].sort()).toEqual(["0,-1", "0,-2", "0,0", "0,1", "0,2"].sort());
  });
});

it("normalize has a mean and a deviation for each channel", () => {
  const out = normalize([1, 2], [2, 4])(tensor([[[[3, 5]], [[6, 10]]]]));
  expect(out.toArray()).toEqual([[[[1, 2]], [[1, 2]]]]);
});

describe("what is drawn", () => {
  it("follows the seed of the transform, else manualSeed, and is new each time", () => {
    const x = images(20, 1, 6, 6);
    const seeded = () => randomCrop(4, { seed: 3 })(x).toArray();
    expect(seeded()).toEqual(seeded());
    const crop = randomCrop(4);
    const first = (seed: number) => {
      manualSeed(seed);
      return crop(x).toArray();
    };
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(crop(x).toArray()).not.toEqual(crop(x).toArray());
    expect(randomCrop(4, { generator: new Generator(3) })(x).toArray()).toEqual(seeded());
  });
});

describe("TransformedDataset", () => {
  const labels = tensor(Int32Array.from({ length: 20 }, (_, i) => i % 3));
  const dataset = new TensorDataset(images(20, 1, 4, 4).to("uint8"), labels, { scale: 1 / 255 });

  it("changes the inputs of batches and of samples, not the labels", () => {
    const flipped = new TransformedDataset(dataset, randomHorizontalFlip(1), (x) => x.mul(2));
    const [x, y] = flipped.batch(Int32Array.of(3, 4));
    const [plain] = dataset.batch(Int32Array.of(3, 4));
    const expected = (plain.mul(2).toArray() as number[][][][]).map(([p]) => [
      p.map((row) => row.toReversed()),
    ]);
    expect([flipped.length, x.toArray(), y.toArray()]).toEqual([20, expected, [0, 1]]);
    const [image, label] = flipped.get(4);
    expect([image.toArray(), label.item()]).toEqual([expected[1], 1]);
  });

  it("waits for data sets that answer with promises, and takes them one by one where they have no batches", async () => {
    const later = new TransformedDataset(
      { length: 2, get: async (i: number) => [tensor([[[i, 1]]]), i] },
      randomHorizontalFlip(1),
    );
    const sample = (await later.get(1)) as unknown as [Tensor, number];
    expect([sample[0].toArray(), sample[1], later.batch]).toEqual([[[[1, 1]]].map((x) => x), 1, undefined]);
  });

  it("is part of the compiled step: the bits of eager", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const weights: unknown[] = [];
    for (const compile of [true, false]) {
      manualSeed(7);
      const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(16, 3));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const data = new TransformedDataset(dataset, randomCrop(4, { padding: 1 }), randomHorizontalFlip());
      await fit(model, data, { optimizer, epochs: 3, batchSize: 6, seed: 1, compile });
      weights.push(model.parameters().map((p) => p.toArray()));
    }
    process.off("warning", listen);
    expect(weights[0]).toEqual(weights[1]);
    expect(warnings).toEqual([]);
  });
});

describe("mistakes", () => {
  const x = randn([2, 1, 4, 4]);
  it.each<[string, () => unknown, string]>([
    ["a window larger than the image", () => randomCrop(7, { padding: 1 })(x), "CROP_TOO_LARGE"],
    ["rows of pixels", () => randomCrop(2)(randn([2, 16])), "SHAPE_MISMATCH"],
    ["images without pixels", () => randomHorizontalFlip()(randn([2, 1, 0, 4])), "SHAPE_MISMATCH"],
    ["a size of 0", () => randomCrop(0), "INVALID_OPTION"],
    ["half a pixel", () => randomShift(0.5), "INVALID_OPTION"],
    ["a negative padding", () => randomCrop(2, { padding: -1 }), "INVALID_OPTION"],
    ["NaN to fill with", () => randomShift(1, { fill: Number.NaN }), "INVALID_OPTION"],
    ["a probability above 1", () => randomHorizontalFlip(1.5), "INVALID_OPTION"],
    [
      "a seed and a generator",
      () => randomShift(1, { seed: 1, generator: new Generator() }),
      "INVALID_OPTION",
    ],
    ["a misspelt option", () => randomCrop(2, { pading: 1 } as never), "UNKNOWN_OPTION"],
    ["as many deviations as channels", () => normalize([1], [1])(randn([2, 3, 4, 4])), "SHAPE_MISMATCH"],
    ["a deviation of 0", () => normalize([1], [0]), "INVALID_NORMALIZATION"],
    [
      "a transform that is none",
      () => new TransformedDataset(new TensorDataset(x), 3 as never),
      "INVALID_VALUE",
    ],
    ["no data set", () => new TransformedDataset(x as never), "INVALID_DATASET"],
  ])("%s", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
