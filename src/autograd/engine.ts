import { checkOptionalTensors, checkTensorList, checkTensors } from "../arguments.js";
import { AutogradError, formatShape, ShapeError, ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { sameShape } from "../shape.js";
import { allocatedInside, exposing, Lifetimes, withLifetimes } from "../tensor/reuse.js";
import { type GradHook, longLivedLike, type Tensor } from "../tensor/tensor.js";
import { tracing } from "../tracing.js";
import { withGradMode } from "./grad-mode.js";
import { edgeOf, type GradTargets, JointNode, Node } from "./graph.js";
import { reachable } from "./reachable.js";

/**
 * The operations that the engine needs. `ops/` provides them at load time, because `autograd/` must not
 * import `ops/`.
 */
export interface EngineOps {
  add(a: Tensor, b: Tensor): Tensor;
  clone(x: Tensor): Tensor;
  onesLike(x: Tensor): Tensor;
  emptyLike(x: Tensor): Tensor;
  copyInto(out: Tensor, x: Tensor): void;
  addInto(out: Tensor, x: Tensor): void;
}

let ops: EngineOps;

export function setEngineOps(given: EngineOps): void {
  ops = given;
}

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keep the graph for another backward. Default: `createGraph`. */
  retainGraph?: boolean;
  /** Record the operations of backward too, so that gradients can be differentiated again. Default false. */
  createGraph?: boolean;
  /** The tensors whose `grad` backward accumulates into; they need not be leaves. Default: every leaf. */
  inputs?: Tensor | readonly Tensor[];
}

const backwardOptions: readonly (keyof BackwardOptions)[] = ["retainGraph", "createGraph", "inputs"];

/**
 * Computes the gradients of `roots`, weighted by `cotangents`, and adds them to the `grad` of every leaf
 * (PyTorch's `torch.autograd.backward`). A root that is not a scalar needs a cotangent.
 * @example const x = tensor([1, 2], { requiresGrad: true }); autograd.backward([x.sum()], [tensor(1)]);
 *   x.grad // [1, 1]
 * @throws ValueError for `cotangents` that are not an array, and for an empty list of inputs; AutogradError
 * `NO_GRAD` for an input that does not require a gradient.
 */
export function backward(
  roots: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  options: BackwardOptions = {},
): void {
  checkOptions("backward", options, backwardOptions);
  checkTensorList("backward", roots);
  if (!Array.isArray(cotangents))
    throw new ValueError(`backward: cotangents are an array, one for each root: ${quoted(cotangents)}`);
  checkOptionalTensors("backward", ...cotangents);
  const { inputs: given } = options;
  const inputs = given === undefined || Array.isArray(given) ? given : [given];
  if (inputs === undefined) {
    run("backward", roots, cotangents, options, null);
    return;
  }
  if (inputs.length === 0) throw new ValueError("backward: inputs are one tensor or more: []");
  const wanted = wantedOf("backward", inputs);
  run("backward", roots, cotangents, options, wanted);
  for (const x of new Set(inputs as Tensor[])) {
    const g = wanted.get(edgeOf(x)!) ?? null;
    if (g !== null) withGradMode(options.createGraph ?? false, () => accumulate(x, g));
  }
}

/** Options of `autograd.grad`. */
export interface GradOptions extends Omit<BackwardOptions, "inputs"> {
  /** One cotangent per output. Default: 1 for scalars. */
  gradOutputs?: readonly (Tensor | undefined)[];
  /** Return null for an input that the outputs do not depend on, instead of throwing. Default false. */
  allowUnused?: boolean;
}

const gradOptions: readonly (keyof GradOptions)[] = [
  "retainGraph",
  "createGraph",
  "gradOutputs",
  "allowUnused",
];

/**
 * Gradients of `outputs` with respect to `inputs`. Leaves every `grad` unchanged (PyTorch's
 * `torch.autograd.grad`). Each gradient has the shape of its input.
 * @example const x = tensor([1, 2], { requiresGrad: true }); autograd.grad(x.square().sum(), x) // [[2, 4]]
 * @throws AutogradError `UNUSED_INPUT` if the outputs do not depend on an input, unless `allowUnused`;
 * `NO_GRAD` for an input that does not require a gradient.
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  checkTensors("grad", ...(Array.isArray(outputs) ? outputs : [outputs]));
  checkTensors("grad", ...(Array.isArray(inputs) ? inputs : [inputs]));
  if (!Array.isArray(inputs)) return grad(outputs, [inputs as Tensor], options);
  checkOptions("grad", options, gradOptions);
  const roots = Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor];
  const wanted = wantedOf("grad", inputs);
  run("grad", roots, options.gradOutputs ?? roots.map(() => undefined), options, wanted);
  return inputs.map((x: Tensor, i) => {
    const g = wanted.get(edgeOf(x)!)!;
    if (g === null && !options.allowUnused)
      throw new AutogradError(
        `grad: the outputs do not depend on input ${i}: pass { allowUnused: true }`,
        "UNUSED_INPUT",
      );
    // `detach` drops the view state: no other code holds the base of this gradient.
    return options.createGraph || g === null ? g : g.detach();
  });
}

/** A map with a place for the gradient of each of these tensors. */
function wantedOf(op: string, inputs: readonly Tensor[]): Wanted {
  return new Map(
    inputs.map((x, i) => {
      const edge = edgeOf(x);
      if (edge === null)
        throw new AutogradError(
          `${op}: input ${i} does not require a gradient: ${formatShape(x.shape)}`,
          "NO_GRAD",
        );
      return [edge, null];
    }),
  );
}

/** Adds `g` to the gradient of `x`. The sum has its own memory. */
function accumulate(x: Tensor, g: Tensor): void {
  x.gradient = x.gradient === null ? ops.clone(g) : ops.add(x.gradient, g);
}

/** The gradients that are wanted. */
export type Wanted = Map<Node | Tensor, Tensor | null>;
/** Memory for gradients, by leaf. */
type Memory = ReadonlyMap<Tensor, Tensor>;

/** Tells when the gradients of leaves are final, during a backward into `memory`. */
export interface Watch {
  /** Backward is about to pass these nodes. Returns the leaves that none of them leads to. */
  begin(nodes: readonly Node[]): readonly Tensor[];
  /** Backward has passed the node. Returns the leaves whose gradients are final from now on. */
  passed(node: Node): readonly Tensor[];
  /** Called once for each of these leaves. `reached`: whether the roots depend on it. */
  final(leaf: Tensor, reached: boolean): void;
}

/**
 * @internal Runs backward. If `wanted` is null, gradients accumulate into leaves; otherwise they fill
 * `wanted`, in the memory that is given, and no `grad` changes.
 */
export function run(
  op: string,
  roots: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  options: BackwardOptions,
  wanted: Wanted | null,
  memory: Memory | null = null,
  watch: Watch | null = null,
): void {
  const createGraph = options.createGraph ?? false;
  const retainGraph = options.retainGraph ?? createGraph;
  const grads = new Map<Node | Tensor, Tensor>();
  // A graph that stays, and a trace, keep tensors that are made here.
  const lifetimes = retainGraph || createGraph || tracing !== null ? null : new Lifetimes();
  const inMode = (fn: () => void) => withGradMode(createGraph, () => withLifetimes(lifetimes, fn));
  inMode(() => {
    const add = (edge: Node | Tensor, g: Tensor) => {
      const sum = grads.get(edge);
      if (sum === undefined) {
        lifetimes?.hold(g);
        grads.set(edge, g);
      } else if (lifetimes?.isAlone(sum) && sum.isContiguous && sum.storage !== g.storage) {
        ops.addInto(sum, g);
      } else {
        const both = ops.add(sum, g);
        lifetimes?.hold(both);
        lifetimes?.drop(sum);
        grads.set(edge, both);
      }
    };
    for (const [i, root] of roots.entries()) add(...rootGradient(op, root, cotangents[i]));
    const nodes = reachable(grads.keys());
    const settle = (leaf: Tensor, g: Tensor) => {
      if (wanted !== null) lifetimes?.expose(g);
      settleLeaf(leaf, g, createGraph, wanted, memory);
      lifetimes?.drop(g);
    };
    const finish = (leaf: Tensor) => {
      const g = grads.get(leaf);
      if (g !== undefined) settle(leaf, g);
      grads.delete(leaf);
      withLifetimes(null, () => watch!.final(leaf, wanted!.get(leaf) !== null));
    };
    watch?.begin(nodes).forEach(finish);
    /** Gradients of the outputs of nodes with several outputs, by node. */
    let jointly: Map<Node, (Tensor | null)[]> | null = null;
    const pass = (node: Node) => {
      let g = grads.get(node);
      let through: Through;
      /** The gradients that the rule gets. */
      let reached: readonly (Tensor | null)[];
      if (g === undefined) {
        const gs = jointly?.get(node);
        if (gs === undefined) return;
        through = backwardThrough(node, gs, createGraph, wanted, memory, lifetimes);
        reached = gs;
      } else {
        grads.delete(node);
        g = runHooks(node.hooks, g);
        const { retained, output } = node;
        // `accumulate` copies: `g` may be the caller's cotangent, and the rule may return it unchanged.
        if (retained !== null && wanted === null) withLifetimes(null, () => accumulate(retained, g!));
        if (wanted?.has(node)) {
          lifetimes?.expose(g);
          wanted.set(node, g);
        }
        if (output !== null) {
          jointly ??= new Map();
          if (!jointly.has(output.of)) jointly.set(output.of, Array(output.of.outputs).fill(null));
          jointly.get(output.of)![output.index] = g;
          return;
        }
        reached = [g];
        through = backwardThrough(node, reached, createGraph, wanted, memory, lifetimes);
      }
      const { grads: inputGrads, written } = through;
      for (let i = 0; i < node.edges.length; i++) {
        const edge = node.edges[i];
        const gx = inputGrads[i];
        if (edge === null || gx === null) continue;
        if (written === null || written[i] !== gx) add(edge, gx);
        else if (wanted === null) (edge as Tensor).gradient = gx;
        else wanted.set(edge, gx);
      }
      if (!retainGraph && !node.savesNothing) node.release();
      if (lifetimes === null) return;
      for (const g of reached) if (g !== null) lifetimes.drop(g);
      lifetimes.endRule();
    };
    for (const node of nodes) {
      pass(node);
      watch?.passed(node).forEach(finish);
    }
    for (const [leaf, g] of grads) settle(leaf as Tensor, g);
    lifetimes?.endRule();
  });
}

function rootGradient(op: string, root: Tensor, cotangent: Tensor | undefined): [Node | Tensor, Tensor] {
  const edge = edgeOf(root);
  if (edge === null)
    throw new AutogradError(
      `${op}: no input of this tensor requires a gradient: ${formatShape(root.shape)}; results of noGrad and of compiled functions have no graph`,
      "NO_GRAD",
    );
  if (cotangent === undefined) {
    if (root.numel !== 1)
      throw new AutogradError(
        `${op}: a tensor that is not a scalar needs a cotangent: ${formatShape(root.shape)}; reduce it (sum, mean) or pass a cotangent of its shape`,
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

/**
 * The gradients of a node's inputs. `written`: the gradients that the rule wrote directly into a leaf's
 * memory, by input index.
 */
interface Through {
  grads: (Tensor | null)[];
  written: (Tensor | undefined)[] | null;
}

/** Where the rule of one node may write the gradients of its inputs. */
class Targets implements GradTargets {
  written: (Tensor | undefined)[] | null = null;

  constructor(
    private readonly node: Node,
    /** The gradients that the rule reads. */
    private readonly gs: readonly (Tensor | null)[],
    private readonly createGraph: boolean,
    private readonly wanted: Wanted | null,
    private readonly memory: Memory | null,
  ) {}

  needs(i: number): boolean {
    return this.node.edges[i] !== null;
  }

  into(i: number): { out: Tensor; accumulate: boolean } | null {
    const { node, gs, wanted, memory, written } = this;
    const leaf = node.edges[i];
    if (this.createGraph || leaf === null || leaf instanceof Node || leaf.hooks !== null) return null;
    if (wanted !== null && !memory?.has(leaf)) return null;
    const there = wanted === null ? leaf.gradient : wanted.get(leaf)!;
    if (there !== null) {
      const reads = (g: Tensor | null) => g !== null && there.storage.overlaps(g.storage);
      if (!there.isContiguous || gs.some(reads)) return null;
    }
    // If an input occurs twice, as in w.matmul(w), the engine adds the second gradient.
    if (written?.some((out, j) => out !== undefined && node.edges[j] === leaf)) return null;
    const out = there ?? memory?.get(leaf) ?? memoryFor(leaf);
    this.written ??= new Array(node.edges.length);
    this.written[i] = out;
    return { out, accumulate: there !== null };
  }
}

/** @throws AutogradError `SECOND_BACKWARD` for a node whose saved tensors were freed. */
function checkKept(node: Node, rule: unknown): void {
  if (rule === null)
    throw new AutogradError(
      `backward: an earlier backward freed the saved tensors of ${node.calledAs}: pass { retainGraph: true } to the first backward`,
      "SECOND_BACKWARD",
    );
}

/** `gs`: the gradient of each output of the node, null where backward did not reach it. */
function backwardThrough(
  node: Node,
  gs: readonly (Tensor | null)[],
  createGraph: boolean,
  wanted: Wanted | null,
  memory: Memory | null,
  lifetimes: Lifetimes | null,
): Through {
  const jointRule = node instanceof JointNode ? node.jointRule : null;
  checkKept(node, jointRule ?? node.rule);
  node.checkSaved();
  if (allocatedInside) node.passInside(lifetimes);
  if (createGraph && node.composed !== null && node.inputs !== null)
    return { grads: throughComposed(node.composed, node, node.inputs, gs), written: null };
  const targets = new Targets(node, gs, createGraph, wanted, memory);
  const grads = jointRule !== null ? jointRule(gs, targets) : node.rule!(gs[0]!, targets);
  return { grads, written: targets.written };
}

/** The gradients of a node whose outputs are computed again from differentiable operations. */
function throughComposed(
  composed: () => Tensor | readonly Tensor[],
  node: Node,
  inputs: readonly Tensor[],
  gs: readonly (Tensor | null)[],
): (Tensor | null)[] {
  node.checkInputs();
  const outs = composed();
  const roots = (Array.isArray(outs) ? (outs as readonly Tensor[]) : [outs as Tensor]).map(
    (out, i) => [out, gs[i]] as const,
  );
  const reached = roots.filter((root): root is readonly [Tensor, Tensor] => root[1] !== null);
  const needed = inputs.filter((x) => x.requiresGrad);
  const found = grad(
    reached.map(([out]) => out),
    needed,
    { gradOutputs: reached.map(([, g]) => g), createGraph: true, allowUnused: true },
  );
  return inputs.map((x) => (x.requiresGrad ? found[needed.indexOf(x)] : null));
}

/** Memory for the gradient of a leaf. It outlives backward. */
function memoryFor(leaf: Tensor): Tensor {
  const fresh = () => exposing([], () => ops.emptyLike(leaf));
  if (tracing?.gradientsRead.has(leaf)) return fresh();
  // A tensor that outlives a trace needs a gradient that outlives it too.
  leaf.gradientMemory ??=
    tracing === null || tracing.made(leaf.array) ? fresh() : longLivedLike("gradient", leaf);
  return leaf.gradientMemory;
}

function settleLeaf(
  leaf: Tensor,
  given: Tensor,
  createGraph: boolean,
  wanted: Wanted | null,
  memory: Memory | null,
): void {
  const g = runHooks(leaf.hooks, given);
  if (wanted !== null) {
    const own = memory?.get(leaf);
    if (own === undefined) {
      if (wanted.has(leaf)) wanted.set(leaf, g);
    } else {
      (wanted.get(leaf) === null ? ops.copyInto : ops.addInto)(own, g);
      wanted.set(leaf, own);
    }
  } else if (createGraph) {
    accumulate(leaf, g);
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
  for (const hook of hooks) {
    const before = g;
    const replaced = exposing([g], () => hook(before) ?? before);
    if (!sameShape(replaced.shape, g.shape) || replaced.dtype !== g.dtype)
      throw new ShapeError(
        `backward: a hook keeps the shape and dtype of the gradient: ${formatShape(replaced.shape)} ${replaced.dtype} for ${formatShape(g.shape)} ${g.dtype}`,
      );
    g = replaced;
  }
  return g;
}
