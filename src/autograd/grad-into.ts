import type { Tensor } from "../tensor/tensor.js";
import { run, type Wanted } from "./engine.js";
import { LeafEdges } from "./leaf-edges.js";

/** Called once for each leaf, when its gradient is final, and under `noGrad`. */
export type OnFinal = (leaf: Tensor, reached: boolean) => void;

/**
 * Writes the gradients of a scalar into given memory, so that nothing need be copied together. `memory`: a
 * leaf's gradient, contiguous and of its shape. Returns the leaves that the scalar depends on; the memory of
 * the others is unchanged. `onFinal` learns during backward which gradients will not change any more;
 * `reached` is false for a leaf that the scalar does not depend on.
 */
export function gradInto(
  root: Tensor,
  memory: ReadonlyMap<Tensor, Tensor>,
  onFinal: OnFinal | null = null,
): Set<Tensor> {
  const leaves = [...memory.keys()];
  const wanted: Wanted = new Map(leaves.map((leaf) => [leaf, null]));
  const watch = onFinal === null ? null : new LeafEdges(leaves, onFinal);
  run("grad", [root], [undefined], {}, wanted, memory, watch);
  return new Set(leaves.filter((leaf) => wanted.get(leaf) !== null));
}
