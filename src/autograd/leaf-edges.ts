import type { Tensor } from "../tensor/tensor.js";
import { Node } from "./graph.js";

/** Counts the edges to leaves, by which backward knows when the gradient of a leaf is final. */
export class LeafEdges {
  /** By leaf, the edges that backward has not passed yet. */
  readonly #left = new Map<Tensor, number>();
  /** The leaves without any edge. */
  readonly none: readonly Tensor[];

  /** `nodes`: those that backward passes, each once. */
  constructor(nodes: readonly Node[], leaves: Iterable<Tensor>) {
    for (const leaf of leaves) this.#left.set(leaf, 0);
    for (const { edges } of nodes)
      for (const edge of edges) {
        const left = this.#countOf(edge);
        if (left !== undefined) this.#left.set(edge as Tensor, left + 1);
      }
    this.none = [...this.#left].filter(([, left]) => left === 0).map(([leaf]) => leaf);
  }

  /** Backward has passed the node. Returns the leaves whose last edge was one of the node's. */
  passed({ edges }: Node): Tensor[] {
    return edges.filter((edge): edge is Tensor => {
      const left = this.#countOf(edge);
      if (left === undefined) return false;
      this.#left.set(edge as Tensor, left - 1);
      return left === 1;
    });
  }

  #countOf(edge: Node | Tensor | null): number | undefined {
    return edge === null || edge instanceof Node ? undefined : this.#left.get(edge);
  }
}
