import type { Tensor } from "../tensor/tensor.js";
import { Node } from "./graph.js";

/** All nodes that the roots depend on, latest first. */
export function reachable(roots: Iterable<Node | Tensor>): Node[] {
  const seen = new Set<Node>();
  const found: Node[] = [];
  let inOrder = true;
  const visit = (edge: Node | Tensor | null) => {
    if (!(edge instanceof Node) || seen.has(edge)) return;
    seen.add(edge);
    if (found.length > 0 && found[found.length - 1].id < edge.id) inOrder = false;
    found.push(edge);
  };
  for (const root of roots) visit(root);
  for (let i = 0; i < found.length; i++) {
    const { edges } = found[i];
    for (let j = 0; j < edges.length; j++) visit(edges[j]);
  }
  return inOrder ? found : found.sort((a, b) => b.id - a.id);
}
