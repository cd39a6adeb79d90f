/** Memory in which the values that ranks exchange lie side by side: a collective moves them as one. */
import type { DType } from "../dtype.js";
import { narrow, reshape } from "../ops/shape/views.js";
import { empty, type Tensor } from "../tensor/tensor.js";

/** Where values lie: one vector for each dtype, in which they follow one another. */
export class Layout {
  /** The length of each vector. */
  readonly #lengths = new Map<DType, number>();
  readonly #places: readonly { readonly like: Tensor; readonly from: number }[];

  /** `values`: tensors of the shapes and dtypes that are stored, in order. */
  constructor(values: readonly Tensor[]) {
    this.#places = values.map((like) => {
      const from = this.#lengths.get(like.dtype) ?? 0;
      this.#lengths.set(like.dtype, from + like.numel);
      return { like, from };
    });
  }

  /** New vectors, whose elements are not set. */
  allocate(): Tensor[] {
    return [...this.#lengths].map(([dtype, length]) => empty([length], dtype));
  }

  /** The values that lie in these vectors, as views. */
  viewsOf(vectors: readonly Tensor[]): Tensor[] {
    const dtypes = [...this.#lengths.keys()];
    return this.#places.map(({ like, from }) =>
      reshape(narrow(vectors[dtypes.indexOf(like.dtype)], 0, from, like.numel), like.shape),
    );
  }
}
