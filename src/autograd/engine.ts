import { AutogradError, formatShape, ShapeError } from "../errors.js";
import { sameShape } from "../shape.js";
import type { GradHook, Tensor } from "../tensor/tensor.js";
import { withGradMode } from "./grad-mode.js";
import { edgeOf, type GradTargets, Node } from "./graph.js";

/** The arithmetic that the engine itself needs; `ops/` hands it over, since imports point the other way. */
export interface EngineOps {
  add(a: Tensor, b: Tensor): Tensor;
  onesLike(x: Tensor): Tensor;
  emptyLike(x: Tensor): Tensor;
  copyInto(out: Tensor, x: Tensor): void;
  addInto(out: Tensor, x: Tensor): void;
}

let ops: EngineOps;

export function setEngineOps(given: EngineOps): void {
  ops = given;
}

export interface BackwardOptions {
  /** Keep the graph for another backward. Default: `createGraph`. */
  retainGraph?: boolean;
  /** Note the operations of backward too, so that gradients can be differentiated again. Default false. */
  createGraph?: boolean;
}

/**
 * Gradients of `roots`, weighted by `cotangents`, added to the `grad` of every leaf (PyTorch's
 * `torch.autograd.backward`). A root that is not a scalar needs its cotangent.
 */
export function backward(
  roots: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  options: BackwardOptions = {},
): void {
  run("backward", roots, cotangents, options, null);
}

export interface GradOptions extends BackwardOptions {
  /** One cotangent per output. Default: 1 for scalars. */
  gradOutputs?: readonly (Tensor | undefined)[];
  /** Give null for an input that does not take part, instead of an error. Default false. */
  allowUnused?: boolean;
}

/** Gradients of `outputs` with respect to `inputs`, without touching any `grad` (PyTorch's `torch.autograd.grad`). */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const roots = Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor];
  const wanted = new Map<Node | Tensor, Tensor | null>();
  const keys = inputs.map((x, i) => {
    const edge = edgeOf(x);
    if (edge === null)
      throw new AutogradError(
        `grad: input ${i} does not require a gradient: ${formatShape(x.shape)}`,
        "NO_GRAD",
      );
    wanted.set(edge, null);
    return edge;
  });
  run("grad", roots, options.gradOutputs ?? roots.map(() => undefined), options, wanted);
  return keys.map((key, i) => {
    const g = wanted.get(key)!;
    if (g === null && !options.allowUnused)
      throw new AutogradError(
        `grad: input ${i} takes no part in the outputs: pass { allowUnused: true }`,
        "UNUSED_INPUT",
      );
    return g;
  });
}

/** `wanted` null: accumulate into leaves. Otherwise: fill `wanted` and leave every `grad` alone. */
function run(
  op: string,
  roots: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  options: BackwardOptions,
  wanted: Map<Node | Tensor, Tensor | null> | null,
): void {
  const createGraph = options.createGraph ?? false;
  const retainGraph = options.retainGraph ?? createGraph;
  const grads = new Map<Node | Tensor, Tensor>();
  withGradMode(createGraph, () => {
    const add = (edge: Node | Tensor, g: Tensor) => {
      const sum = grads.get(edge);
      grads.set(edge, sum === undefined ? g : ops.add(sum, g));
    };
    for (const [i, root] of roots.entries()) add(...rootGradient(op, root, cotangents[i]));
    const nodes = reachable(grads.keys());
    for (const node of nodes) {
      let g = grads.get(node);
      if (g === undefined) continue;
      grads.delete(node);
      g = runHooks(node.hooks, g);
      if (node.retained !== null && wanted === null) node.retained.gradient = g;
      if (wanted?.has(node)) wanted.set(node, g);
      const inputGrads = backwardThrough(node, g, createGraph, wanted);
      for (let i = 0; i < node.edges.length; i++) {
        const edge = node.edges[i];
        const gx = inputGrads[i];
        if (edge === null || gx === null) continue;
        if (edge instanceof Node || (gx !== edge.gradientMemory && gx !== edge.gradient)) add(edge, gx);
        else edge.gradient = gx; // the rule wrote into the leaf's own memory
      }
      if (!retainGraph) node.release();
    }
    for (const [leaf, g] of grads) settleLeaf(leaf as Tensor, g, createGraph, wanted);
  });
}

function rootGradient(op: string, root: Tensor, cotangent: Tensor | undefined): [Node | Tensor, Tensor] {
  const edge = edgeOf(root);
  if (edge === null)
    throw new AutogradError(
      `${op}: no input of this tensor requires a gradient: ${formatShape(root.shape)}`,
      "NO_GRAD",
    );
  if (cotangent === undefined) {
    if (root.numel !== 1)
      throw new AutogradError(
        `${op}: only a scalar can do without a cotangent: ${formatShape(root.shape)}; reduce it (sum, mean) or pass one of its shape`,
        "NOT_SCALAR",
      );
    return [edge, ops.onesLike(root)];
  }
  if (!sameShape(cotangent.shape, root.shape))
    throw new ShapeError(
      `${op}: the cotangent has the shape of the tensor: ${formatShape(cotangent.shape)} for ${formatShape(root.shape)}`,
    );
  if (cotangent.dtype !== root.dtype)
    throw new ShapeError(
      `${op}: the cotangent has the dtype of the tensor: ${cotangent.dtype} for ${root.dtype}`,
    );
  return [edge, cotangent];
}

/** Every node below the roots, latest first. */
function reachable(roots: Iterable<Node | Tensor>): Node[] {
  const seen = new Set<Node>();
  const stack: Node[] = [];
  const visit = (edge: Node | Tensor | null) => {
    if (edge instanceof Node && !seen.has(edge)) {
      seen.add(edge);
      stack.push(edge);
    }
  };
  for (const root of roots) visit(root);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) node.edges.forEach(visit);
  return [...seen].sort((a, b) => b.id - a.id);
}

function backwardThrough(
  node: Node,
  g: Tensor,
  createGraph: boolean,
  wanted: Map<Node | Tensor, Tensor | null> | null,
): (Tensor | null)[] {
  const { rule } = node;
  if (rule === null)
    throw new AutogradError(
      `backward: ${node.name} was already gone through and its saved tensors are freed: pass { retainGraph: true } to the first backward`,
      "SECOND_BACKWARD",
    );
  node.checkSaved();
  if (createGraph && node.composed !== null && node.inputs !== null) {
    const inputs = node.inputs.filter((x) => x.requiresGrad);
    const found = grad(node.composed(), inputs, { gradOutputs: [g], createGraph: true, allowUnused: true });
    return node.inputs.map((x) => (x.requiresGrad ? found[inputs.indexOf(x)] : null));
  }
  const targets: GradTargets = {
    needs: (i) => node.edges[i] !== null,
    into(i) {
      const leaf = node.edges[i];
      if (createGraph || wanted !== null || leaf === null || leaf instanceof Node || leaf.hooks !== null)
        return null;
      if (leaf.gradient !== null)
        return leaf.gradient.isContiguous ? { out: leaf.gradient, accumulate: true } : null;
      return { out: memoryFor(leaf), accumulate: false };
    },
  };
  return rule(g, targets);
}

function memoryFor(leaf: Tensor): Tensor {
  leaf.gradientMemory ??= ops.emptyLike(leaf);
  return leaf.gradientMemory;
}

function settleLeaf(
  leaf: Tensor,
  given: Tensor,
  createGraph: boolean,
  wanted: Map<Node | Tensor, Tensor | null> | null,
): void {
  const g = runHooks(leaf.hooks, given);
  if (wanted !== null) {
    if (wanted.has(leaf)) wanted.set(leaf, g);
  } else if (createGraph) {
    leaf.gradient = leaf.gradient === null ? g : ops.add(leaf.gradient, g);
  } else if (leaf.gradient === null) {
    const memory = memoryFor(leaf);
    ops.copyInto(memory, g);
    leaf.gradient = memory;
  } else {
    ops.addInto(leaf.gradient, g);
  }
}

function runHooks(hooks: GradHook[] | null, g: Tensor): Tensor {
  if (hooks === null) return g;
  for (const hook of hooks) g = hook(g) ?? g;
  return g;
}
