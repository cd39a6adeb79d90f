/** Epochs of MNIST from the files to the accuracy on the test images, with what the package offers for it. */
import { data, fit, manualSeed, nn, optim, train } from "simdgrad";
import { peakMemory } from "../peak-memory.js";
import { perceptron } from "../perceptron.js";
import { run } from "./run.js";

export interface MnistGiven {
  /** Directory with the four files. */
  dir: string;
  sizes: number[];
  batch: number;
  epochs: number;
  seed: number;
}

export interface Trained {
  /** Share of the test images. */
  accuracy: number;
  /** Bytes of resident memory. */
  peak: number;
}

await run(async ({ dir, sizes, batch, epochs, seed }: MnistGiven): Promise<Trained> => {
  manualSeed(seed);
  const images = await data.mnist({ dir });
  const model = new nn.Sequential(new nn.Flatten(), perceptron(sizes));
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  await fit(model, images.train, { optimizer, epochs, batchSize: batch, seed });
  const { accuracy } = await train.evaluate(model, images.test);
  return { accuracy: accuracy!, peak: peakMemory() };
});
