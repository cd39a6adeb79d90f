import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cifar10, cifar10Classes } from "../../src/data/index.js";
import "../../src/index.js"; // gives tensors their methods

const root = fs.mkdtempSync(join(tmpdir(), "simdgrad-cifar-"));
afterAll(() => fs.rmSync(root, { recursive: true }));

const record = (label: number, pixel: (i: number) => number) =>
  Uint8Array.of(label, ...Array.from({ length: 3072 }, (_, i) => pixel(i)));
const files = (): Record<string, Uint8Array> => ({
  ...Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [
      `data_batch_${n}.bin`,
      Buffer.concat([record(n, (i) => (i + n) % 256), record(9, () => n)]),
    ]),
  ),
  "test_batch.bin": record(0, (i) => Math.floor(i / 1024)),
});

function write(contents: Record<string, Uint8Array>): string {
  const folder = fs.mkdtempSync(join(root, "set-"));
  for (const [name, bytes] of Object.entries(contents)) fs.writeFileSync(join(folder, name), bytes);
  return folder;
}

it("reads the five files in order, planes of red, green and blue, bytes in memory", async () => {
  const train = await cifar10(write(files()), { mean: 0, std: 1 / 255 });
  expect(train.length).toBe(10);
  const [images, labels] = train.tensors;
  expect([images.dtype, images.shape, labels.dtype]).toEqual(["uint8", [10, 3, 32, 32], "int32"]);
  expect(labels.toArray()).toEqual([1, 9, 2, 9, 3, 9, 4, 9, 5, 9]);
  const [x, y] = train.batch(Int32Array.of(4, 9));
  expect([x.dtype, y.toArray()]).toEqual(["float32", [3, 9]]);
  // Channel 2, row 5, column 7 of the first record of the third file.
  expect(x.select(0, 0).toArray()[2][5][7]).toBe((2 * 1024 + 5 * 32 + 7 + 3) % 256);
  expect(new Set(x.select(0, 1).flatten().toArray())).toEqual(new Set([5]));
});

it("reads the test, normalised with the numbers of the training images", async () => {
  const test = await cifar10(write(files()), { train: false });
  const [x] = test.batch(Int32Array.of(0));
  const planes = x.mean([2, 3]).toArray()[0] as number[];
  for (const [value, mean] of planes.entries()) expect(mean).toBeCloseTo((value / 255 - 0.4734) / 0.2516, 5);
  expect(cifar10Classes).toHaveLength(10);
});

describe("files that are not what they should be", () => {
  it.each<[string, (all: Record<string, Uint8Array>) => void, string, string]>([
    [
      "truncated",
      (all) => {
        all["data_batch_3.bin"] = all["data_batch_3.bin"].subarray(0, 5000);
      },
      "TRUNCATED",
      "1927 after",
    ],
    ["missing", (all) => void delete all["data_batch_5.bin"], "FILE_NOT_FOUND", "data_batch_5.bin"],
    [
      "empty",
      (all) => {
        all["data_batch_1.bin"] = new Uint8Array();
      },
      "EMPTY_DATASET",
      "data_batch_1.bin",
    ],
    [
      "of other labels",
      (all) => {
        all["data_batch_2.bin"][3073] = 10;
      },
      "LABEL_OUT_OF_RANGE",
      "10 at position 1",
    ],
  ])("%s", async (_, damage, code, message) => {
    const all = files();
    damage(all);
    const reading = cifar10(write(all));
    await expect(reading).rejects.toMatchObject({ code, path: expect.stringContaining("data_batch_") });
    await expect(reading).rejects.toThrow(message);
  });

  it.each([
    ["a misspelt option", { trian: true }, "UNKNOWN_OPTION"],
    ["a deviation of 0", { std: 0 }, "INVALID_NORMALIZATION"],
    ["train as a word", { train: "yes" }, "INVALID_OPTION"],
  ])("%s", async (_, options, code) => {
    await expect(cifar10(write(files()), options as never)).rejects.toMatchObject({ code });
  });
});
