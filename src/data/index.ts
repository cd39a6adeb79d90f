/**
 * Data sets and the batches that a training loop takes: CSV, IDX, MNIST, CIFAR-10, streams, splits,
 * augmentation. `import * as data from "simdgrad/data"`, or `data` of `simdgrad`.
 * @module simdgrad/data
 */
export {
  type AugmentOptions,
  normalize,
  type RandomCropOptions,
  type RandomShiftOptions,
  randomCrop,
  randomHorizontalFlip,
  randomShift,
  type Transform,
} from "./augment.js";
export { type Cifar10Options, cifar10, cifar10Classes } from "./cifar10.js";
export { classWeights } from "./class-weights.js";
export type { Collated } from "./collate.js";
export { type CsvData, type CsvOptions, type CsvSample, csvSamples, parseCsv, readCsv } from "./csv.js";
export type { CsvColumn, CsvColumnType, MissingRule } from "./csv-columns.js";
export { type BatchOf, DataLoader, type DataLoaderOptions, type DataLoaderState } from "./dataloader.js";
export {
  type BatchDataset,
  type SampleDataset,
  TensorDataset,
  type TensorDatasetOptions,
} from "./dataset.js";
export { readIdx, readIdxSync } from "./idx.js";
export { iris } from "./iris.js";
export { type Mnist, type MnistOptions, type MnistPart, mnist } from "./mnist.js";
export * as playground from "./playground.js";
export { type ScalerState, StandardScaler } from "./scaler.js";
export {
  type KFoldOptions,
  kFold,
  randomSplit,
  type SplitOptions,
  type StratifiedOptions,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./split.js";
export { type SampleStream, StreamLoader, type StreamLoaderOptions } from "./stream.js";
export { Subset } from "./subset.js";
export { TransformedDataset } from "./transformed.js";
