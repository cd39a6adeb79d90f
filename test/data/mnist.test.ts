import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataLoader, mnist } from "../../src/data/index.js";
import { FileError } from "../../src/index.js";

let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), "simdgrad-mnist-"));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

function idx(shape: number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, shape.length]);
  shape.forEach((size, d) => void view.setUint32(4 + 4 * d, size));
  bytes.set(Array.from(values), 4 + 4 * shape.length);
  return bytes;
}

const trainPixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
const files = (): Record<string, Uint8Array> => ({
  "train-images-idx3-ubyte": idx([4, 2, 3], trainPixels),
  "train-labels-idx1-ubyte": idx([4], [0, 1, 2, 1]),
  "t10k-images-idx3-ubyte": idx([2, 2, 3], new Uint8Array(12).fill(255)),
  "t10k-labels-idx1-ubyte": idx([2], [2, 0]),
});

function write(contents: Record<string, Uint8Array>): string {
  const dir = fs.mkdtempSync(join(root, "set-"));
  for (const [name, bytes] of Object.entries(contents)) fs.writeFileSync(join(dir, name), bytes);
  return dir;
}

it.each(["train", "test"] as const)("reads one part and needs no other file: %s", async (only) => {
  const all = await mnist({ dir: write(files()) });
  const { classes, mean, std } = all;
  const own = Object.entries(files()).filter(([name]) => name.startsWith("train") === (only === "train"));
  const part = await mnist({ dir: write(Object.fromEntries(own)), only, classes, mean, std });
  expect(part).not.toHaveProperty(only === "train" ? "test" : "train");
  expect([part.classes, part.mean, part.std]).toEqual([classes, mean, std]);
  const first = (set: typeof all.train) => set.batch(Int32Array.of(0)).map((x) => x.toArray());
  expect(first(part[only])).toEqual(first(all[only]));
});

it("the training images alone say their own classes, mean and std", async () => {
  const { classes, mean, std } = await mnist({ dir: write(files()) });
  expect(await mnist({ dir: write(files()), only: "train" })).toMatchObject({ classes, mean, std });
});

it.each<[string, (name: string) => string, boolean]>([
  ["MNIST", (name) => name, false],
  ["MNIST, gzipped", (name) => `${name}.gz`, true],
  ["MNIST with dots", (name) => name.replace("-idx", ".idx"), false],
  ["EMNIST", (name) => `emnist-letters-${name.replace("t10k", "test")}.gz`, true],
])("reads files named like those of %s", async (_, rename, gzip) => {
  const renamed = Object.entries(files()).map(([name, bytes]) => [
    rename(name),
    gzip ? gzipSync(bytes) : bytes,
  ]);
  const { train, test, classes, mean, std } = await mnist({ dir: write(Object.fromEntries(renamed)) });
  expect([train.length, test.length, classes]).toEqual([4, 2, 3]);
  // Of 0, 10 … 230, on a scale from 0 to 1: mean 115, variance 100 · (24² - 1) / 12.
  expect(mean).toBe(Math.round((115 / 255) * 1e4) / 1e4);
  expect(std).toBe(Math.round((Math.sqrt((100 * 575) / 12) / 255) * 1e4) / 1e4);
  const [x, y] = train.batch(Int32Array.of(1, 3));
  expect(x.dtype).toBe("float32");
  expect(x.shape).toEqual([2, 1, 2, 3]);
  const expected = [...trainPixels.subarray(6, 12), ...trainPixels.subarray(18)];
  for (const [i, value] of expected.entries()) expect(x.data[i]).toBeCloseTo((value / 255 - mean) / std, 6);
  expect(y.dtype).toBe("int32");
  expect(y.toArray()).toEqual([1, 1]);
  // Test images are normalised like the training images.
  const [[white]] = new DataLoader(test);
  expect(white.data[0]).toBeCloseTo((1 - mean) / std, 6);
});

it("reads the real MNIST when the package with it is installed, and finds its usual mean and std", async () => {
  const { train, test, classes, mean, std } = await mnist();
  expect([train.length, test.length, classes, mean, std]).toEqual([60000, 10000, 10, 0.1307, 0.3081]);
  const [, y] = train.batch(Int32Array.of(0, 1, 2, 3, 4));
  expect(y.toArray()).toEqual([5, 0, 4, 1, 9]);
});

it("chooses among several data sets by split", async () => {
  const both = Object.fromEntries(
    ["letters", "digits"].flatMap((split) =>
      Object.entries(files()).map(([name, bytes]) => [
        `emnist-${split}-${name.replace("t10k", "test")}`,
        bytes,
      ]),
    ),
  );
  const dir = write(both);
  expect((await mnist({ dir, split: "digits" })).train.length).toBe(4);
  expect(await mnist({ dir }).catch((e) => e)).toMatchObject({
    code: "AMBIGUOUS_DATASET",
    message: expect.stringContaining("emnist-digits, emnist-letters"),
  });
  expect(await mnist({ dir, split: "byclass" }).catch((e) => e)).toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringContaining("emnist-digits"),
  });
});

it("takes classes, mean and std that are given", async () => {
  const result = await mnist({ dir: write(files()), classes: 47, mean: 0.5, std: 0.25 });
  expect(result).toMatchObject({ classes: 47, mean: 0.5, std: 0.25 });
  expect(result.test.batch(Int32Array.of(0))[0].data[0]).toBeCloseTo(2, 6);
});

it("survives images of one colour", async () => {
  const blank = { ...files(), "train-images-idx3-ubyte": idx([4, 2, 3], new Uint8Array(24).fill(255)) };
  const { train, mean, std } = await mnist({ dir: write(blank) });
  expect([mean, std]).toEqual([1, 1]);
  expect(train.batch(Int32Array.of(0))[0].data[0]).toBeCloseTo(0, 6);
});

describe("bad data sets", () => {
  const images = "train-images-idx3-ubyte";
  const labels = "train-labels-idx1-ubyte";
  const good = files();
  const cases: [what: string, file: string, bytes: Uint8Array | undefined, code: string][] = [
    ["missing images", images, undefined, "FILE_NOT_FOUND"],
    ["missing labels", labels, undefined, "FILE_NOT_FOUND"],
    ["missing test images", "t10k-images-idx3-ubyte", undefined, "FILE_NOT_FOUND"],
    ["truncated images", images, good[images].subarray(0, 20), "TRUNCATED"],
    ["oversized labels", labels, Buffer.concat([good[labels], Buffer.alloc(1)]), "TRAILING_BYTES"],
    ["corrupt gzip", images, gzipSync(good[images]).subarray(0, -4), "CORRUPT_GZIP"],
    ["wrong magic", labels, Buffer.alloc(12, 1), "BAD_MAGIC"],
    ["unknown dtype", labels, idx([4], [0, 1, 2, 1], 7), "UNKNOWN_DTYPE"],
    ["different counts", labels, idx([3], [0, 1, 2]), "COUNT_MISMATCH"],
    ["different counts in the test set", "t10k-labels-idx1-ubyte", idx([3], [0, 1, 2]), "COUNT_MISMATCH"],
    ["labels in place of images", images, good[labels], "NOT_IMAGES"],
    ["images of integers", images, idx([4, 2, 3], trainPixels, 9), "NOT_IMAGES"],
    ["images in place of labels", labels, good[images], "NOT_LABELS"],
    ["a negative label", labels, idx([4], [0, 255, 1, 1], 9), "LABEL_OUT_OF_RANGE"],
    ["a test label outside the classes", "t10k-labels-idx1-ubyte", idx([2], [0, 3]), "LABEL_OUT_OF_RANGE"],
    [
      "test images of another size",
      "t10k-images-idx3-ubyte",
      idx([2, 3, 2], new Uint8Array(12)),
      "SHAPE_MISMATCH",
    ],
    ["images without pixels", images, idx([4, 0, 3], []), "EMPTY_DATASET"],
    ["an empty file", labels, new Uint8Array(0), "EMPTY_FILE"],
  ];

  it.each(cases)("%s", async (_, file, bytes, code) => {
    const { [file]: _old, ...others } = good;
    const dir = write(bytes === undefined ? others : { ...others, [file]: bytes });
    const error = await mnist({ dir }).catch((e) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code, path: join(dir, file) });
    expect(error.message).toContain(JSON.stringify(join(dir, file)));
  });

  it("no samples at all", async () => {
    const dir = write({ ...good, [images]: idx([0, 2, 3], []), [labels]: idx([0], []) });
    expect(await mnist({ dir }).catch((e) => e)).toMatchObject({
      code: "EMPTY_DATASET",
      path: join(dir, images),
    });
  });

  it("a label outside the classes that were given", async () => {
    const dir = write(good);
    expect(await mnist({ dir, classes: 2 }).catch((e) => e)).toMatchObject({
      code: "LABEL_OUT_OF_RANGE",
      message: expect.stringContaining("2 at position 2"),
    });
  });

  it.each([
    ["classes 0", { classes: 0 }, "INVALID_CLASSES"],
    ["std 0", { std: 0 }, "INVALID_NORMALIZATION"],
    ["mean NaN", { mean: NaN }, "INVALID_NORMALIZATION"],
    ["a part that is none", { only: "validation" as "test" }, "INVALID_VALUE"],
    ["test images alone without classes", { only: "test", mean: 0.5, std: 1 }, "MISSING_OPTION"],
    ["test images alone without std", { only: "test", mean: 0.5, classes: 3 }, "MISSING_OPTION"],
    ["a misspelt option", { spilt: "letters" } as object, "UNKNOWN_OPTION"],
  ])("%s", async (_, options, code) => {
    expect(await mnist({ dir: write(good), ...options }).catch((e) => e)).toMatchObject({ code });
  });

  it("a directory that is missing, empty, or a file", async () => {
    expect(await mnist({ dir: join(root, "no such") }).catch((e) => e)).toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    const empty = write({});
    expect(await mnist({ dir: empty }).catch((e) => e)).toMatchObject({
      code: "FILE_NOT_FOUND",
      path: empty,
    });
    const file = join(write(good), images);
    expect(await mnist({ dir: file }).catch((e) => e)).toMatchObject({ code: "NOT_A_DIRECTORY", path: file });
  });
});
