/**
 * Memory of the sums over all shards, which is kept from one batch to the next. New memory for each batch
 * would cost a page fault for every 4 KB, and those of 2 MB took longer than a whole step of a small network.
 */
import { longLivedLike, type Tensor } from "../tensor/tensor.js";
import { withTracing } from "../tracing.js";
import type { Layout } from "./bucket.js";

/** A vector for each bucket of a layout, and the values in them. */
export interface Vectors {
  readonly node: readonly Tensor[];
  readonly views: readonly Tensor[];
}

export class LayoutMemory {
  #kept: (Vectors & { readonly form: string }) | null = null;

  /** Null while a gradient of these parameters is in the memory: it would change. */
  of(layout: Layout, params: readonly Tensor[]): Vectors | null {
    if (this.#kept?.form !== layout.form) {
      // It outlives a trace.
      const node = withTracing(null, () => layout.allocate().map((like) => longLivedLike("gradients", like)));
      this.#kept = { form: layout.form, node, views: layout.viewsOf(node) };
    }
    const { node } = this.#kept;
    const holds = ({ gradient }: Tensor) => node.some(({ storage }) => storage === gradient?.storage);
    return params.some(holds) ? null : this.#kept;
  }
}
