import { FileError, ValueError } from "../errors.js";
import { type Path, pathOf, readBytes, within } from "../io/read.js";
import { checkOptions } from "../options.js";
import { excerpt, quoted, quotedPath } from "../quote.js";
import { sharedArray } from "../tensor/storage.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import { TensorDataset } from "./dataset.js";

/** Options of `cifar10`. */
export interface Cifar10Options {
  /** The 50,000 training images (five files) or the 10,000 test images. Default true. */
  train?: boolean;
  /**
   * Mean and deviation of the pixels, on a scale from 0 to 1. Default: those of all channels of the training
   * images, 0.4734 and 0.2516.
   */
  mean?: number;
  /** The deviation of the pixels, from 0 to 1. Default 0.2516. */
  std?: number;
}

const CHANNELS = 3;
const SIDE = 32;
const PIXELS = CHANNELS * SIDE * SIDE;
const RECORD = 1 + PIXELS;

/**
 * Names of the classes, in the order of the labels.
 * @example data.cifar10Classes.length // 10
 */
export const cifar10Classes: readonly string[] = [
  ...["airplane", "automobile", "bird", "cat", "deer"],
  ...["dog", "frog", "horse", "ship", "truck"],
];

const trainFiles = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
const testFiles = ["test_batch.bin"];

/**
 * CIFAR-10 in its binary format (torchvision's `CIFAR10`): `folder` holds `data_batch_1.bin` …
 * `data_batch_5.bin` and `test_batch.bin`, records of a label and 32 × 32 pixels in planes of red, green and
 * blue.
 *
 *     const train = await data.cifar10("cifar-10-batches-bin")
 *     const test = await data.cifar10("cifar-10-batches-bin", { train: false })
 *
 * Batches are normalised images, float32 [B, 3, 32, 32], and labels, int32 [B]. Images stay uint8 in memory;
 * they are normalised when a batch is fetched. To use one mean and deviation per channel, pass `{ mean: 0,
 * std: 1 }` and apply the transform `normalize`.
 * @throws FileError that names the file: `FILE_NOT_FOUND`, `TRUNCATED`, `EMPTY_DATASET`,
 * `LABEL_OUT_OF_RANGE`.
 * @throws ValueError `INVALID_NORMALIZATION` for a `mean` or `std` that is not finite, or a `std` of 0 or
 * less.
 */
export async function cifar10(
  folder: Path,
  options: Cifar10Options = {},
): Promise<TensorDataset<[Tensor, Tensor]>> {
  checkOptions("cifar10", options, ["train", "mean", "std"]);
  const { train = true, mean = 0.4734, std = 0.2516 } = options;
  if (typeof train !== "boolean")
    throw new ValueError(`cifar10: train is true or false: ${excerpt(String(train))}`, "INVALID_OPTION");
  if (!Number.isFinite(mean) || !Number.isFinite(std) || std <= 0)
    throw new ValueError(
      `cifar10: mean is finite and std is above 0: ${quoted(mean)} and ${quoted(std)}`,
      "INVALID_NORMALIZATION",
    );
  const paths = (train ? trainFiles : testFiles).map((name) => within(pathOf(folder), name));
  const files = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readBytes("cifar10", path);
      checkRecords(bytes, path);
      return bytes;
    }),
  );
  const count = files.reduce((n, { length }) => n + length / RECORD, 0);
  const images = sharedArray("uint8", count * PIXELS) as Uint8Array;
  const labels = sharedArray("int32", count) as Int32Array;
  let at = 0;
  for (const bytes of files)
    for (let from = 0; from < bytes.length; from += RECORD, at++) {
      labels[at] = bytes[from];
      images.set(bytes.subarray(from + 1, from + RECORD), at * PIXELS);
    }
  return new TensorDataset(
    fromData(images, [count, CHANNELS, SIDE, SIDE], "uint8"),
    fromData(labels, [count], "int32"),
    { scale: 1 / (255 * std), shift: -mean / std },
  );
}

function checkRecords(bytes: Uint8Array, path: string): void {
  const fail = (code: string, rule: string, given: string) =>
    new FileError(`cifar10: ${rule}: ${given} in ${quotedPath(path)}`, code, path);
  if (bytes.length === 0) throw fail("EMPTY_DATASET", "no images in the file", "0 bytes");
  if (bytes.length % RECORD !== 0)
    throw fail(
      "TRUNCATED",
      `a file is records of ${RECORD} bytes`,
      `${bytes.length} bytes, ${bytes.length % RECORD} after the last whole record,`,
    );
  for (let from = 0; from < bytes.length; from += RECORD)
    if (bytes[from] >= cifar10Classes.length)
      throw fail(
        "LABEL_OUT_OF_RANGE",
        `a label outside the ${cifar10Classes.length} classes`,
        `${bytes[from]} at position ${from / RECORD}`,
      );
}
