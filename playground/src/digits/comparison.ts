/** Which training images a network takes for most alike to a drawing. */
import { nearestRows } from "./alike.js";
import { type Classifier, datasetOf, featuresOf } from "./classifier.js";
import type { LabelledImages } from "./images.js";
import type { Alike } from "./messages.js";
import { imageSide } from "./reduce.js";

/** Images that pass through the network at once: some ten milliseconds, after which messages are handled. */
const chunk = 500;
const shown = 8;

export class Comparison {
  #table: Float32Array | undefined;
  #done = 0;

  constructor(
    private readonly classifier: Classifier,
    private readonly train: LabelledImages,
  ) {}

  get of(): number {
    return this.train.images.shape[0]!;
  }

  /** Computes the activations of the next images; returns how many have theirs. */
  proceed(): number {
    const { images, labels } = this.train;
    const count = Math.min(chunk, this.of - this.#done);
    const rows = Int32Array.from({ length: count }, (_, i) => this.#done + i);
    const values = featuresOf(this.classifier, datasetOf(this.classifier, images, labels).batch(rows)[0]);
    this.#table ??= new Float32Array((values.length / count) * this.of);
    this.#table.set(values, (values.length / count) * this.#done);
    this.#done += count;
    return this.#done;
  }

  /** The most alike images, by the distance of their activations; undefined while some are unknown. */
  alike(features: Float32Array): Alike[] | undefined {
    if (this.#table === undefined || this.#done < this.of) return undefined;
    const pixels = this.train.images.data as Uint8Array;
    const labels = this.train.labels.data as Int32Array;
    const size = imageSide * imageSide;
    return nearestRows(this.#table, features, shown).map(({ index, distance }) => ({
      ...{ index, distance, label: labels[index]! },
      pixels: pixels.slice(index * size, (index + 1) * size),
    }));
  }
}
