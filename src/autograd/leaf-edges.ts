import type { Tensor } from "../tensor/tensor.js";
import type { Watch } from "./engine.js";
import { Node } from "./graph.js";

/** Counts the edges to leaves, by which backward knows when the gradient of a leaf is final. */
export class LeafEdges implements Watch {
  /** By leaf, the edges that backward has not passed yet. */
  readonly #left: Map<Tensor, number>;

  constructor(
    leaves: readonly Tensor[],
    readonly final: Watch["final"],
  ) {
    this.#left = new Map(leaves.map((leaf) => [leaf, 0]));
  }

  begin(nodes: readonly Node[]): Tensor[] {
    for (const { edges } of nodes)
      for (const edge of edges) {
        const left = this.#countOf(edge);
        if (left !== undefined) this.#left.set(edge as Tensor, left + 1);
      }
    return [...this.#left].filter(([, left]) => left === 0).map(([leaf]) => leaf);
  }

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
