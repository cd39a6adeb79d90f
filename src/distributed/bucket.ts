/** Memory in which the values that ranks exchange lie side by side: a collective moves a bucket as one. */
import { arrayTypes, type DType } from "../dtype.js";
import { narrow, reshape } from "../ops/shape/views.js";
import { empty, type Tensor } from "../tensor/tensor.js";
import { partOf, type Span } from "./tree.js";

/**
 * A bucket takes no more gradients once it has so many bytes. An exchange of nothing takes 20 to 30 µs
 * between two ranks on one machine, and 1 MB takes 163 µs: with this size at most a sixth of the time is
 * latency. A larger bucket would wait for more layers before its exchange can start.
 */
const FULL = 1 << 20;

interface Bucket {
  readonly dtype: DType;
  length: number;
  /** Number of gradients in it. */
  gradients: number;
}

/**
 * Where values lie. Gradients are in buckets in reverse order, because backward finishes the last ones first;
 * each bucket has one dtype. Other values are in the last bucket of their dtype, or `apart` from gradients.
 */
export class Layout {
  readonly #buckets: Bucket[] = [];
  /** In the order of the values. */
  readonly #places: { readonly like: Tensor; readonly bucket: number; readonly from: number }[] = [];

  /** `gradients` and `others`: tensors of the shapes and dtypes that are stored. */
  constructor(gradients: readonly Tensor[], others: readonly Tensor[], apart = false) {
    for (let i = gradients.length - 1; i >= 0; i--) {
      const bucket = this.#bucketFor(gradients[i].dtype, FULL, 0);
      this.#places[i] = this.#placed(gradients[i], bucket);
      this.#buckets[bucket].gradients++;
    }
    const first = apart ? this.#buckets.length : 0;
    for (const other of others)
      this.#places.push(this.#placed(other, this.#bucketFor(other.dtype, Number.POSITIVE_INFINITY, first)));
  }

  /** The last bucket of a dtype, from `first` on, or a new one if that has `full` bytes. */
  #bucketFor(dtype: DType, full: number, first: number): number {
    const last = this.#buckets.findLastIndex((bucket) => bucket.dtype === dtype);
    if (last >= first && this.#buckets[last].length * arrayTypes[dtype].BYTES_PER_ELEMENT < full) return last;
    return this.#buckets.push({ dtype, length: 0, gradients: 0 }) - 1;
  }

  #placed(like: Tensor, bucket: number) {
    const from = this.#buckets[bucket].length;
    this.#buckets[bucket].length += like.numel;
    return { like, bucket, from };
  }

  /** A new vector for each bucket, whose elements are not set. */
  allocate(): Tensor[] {
    return this.#buckets.map(({ dtype, length }) => empty([length], dtype));
  }

  /** The values that lie in these vectors, as views: gradients, then others. */
  viewsOf(vectors: readonly Tensor[]): Tensor[] {
    return this.#places.map(({ like, bucket, from }) =>
      reshape(narrow(vectors[bucket], 0, from, like.numel), like.shape),
    );
  }

  /** The same for layouts that can use the same memory. */
  get form(): string {
    const places = this.#places.map(({ like, bucket, from }) => `${bucket} ${from} ${like.shape}`);
    return [...this.#buckets.map(({ dtype, length }) => `${dtype} ${length}`), ...places].join("; ");
  }

  /** The bucket of a value. */
  bucketOf(value: number): number {
    return this.#places[value].bucket;
  }

  /** Which elements of a gradient a rank owns: those in its part of the bucket (kernel `exchangeStart`). */
  ownPart(gradient: number, rank: number, ranks: number): Span {
    const { like, bucket, from } = this.#places[gradient];
    const own = partOf(this.#buckets[bucket].length, rank, ranks);
    const within = (at: number) => Math.min(Math.max(at - from, 0), like.numel);
    return { from: within(own.from), to: within(own.to) };
  }

  /** The size of each bucket. */
  get bytes(): number[] {
    return this.#buckets.map(({ dtype, length }) => length * arrayTypes[dtype].BYTES_PER_ELEMENT);
  }

  /** For each bucket, the number of gradients in it. */
  get gradients(): number[] {
    return this.#buckets.map(({ gradients }) => gradients);
  }
}
