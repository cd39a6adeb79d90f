export type { Collated } from "./collate.js";
export { type BatchOf, DataLoader, type DataLoaderOptions, type DataLoaderState } from "./dataloader.js";
export {
  type BatchDataset,
  type SampleDataset,
  TensorDataset,
  type TensorDatasetOptions,
} from "./dataset.js";
export { readIdx, readIdxSync } from "./idx.js";
export { type Mnist, type MnistOptions, type MnistPart, mnist } from "./mnist.js";
