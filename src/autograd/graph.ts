import { AutogradError, formatShape } from "../errors.js";
import type { GradFn, GradHook, Tensor } from "../tensor/tensor.js";
import { callerOf } from "./caller.js";
import { isGradEnabled } from "./grad-mode.js";

/** Where a gradient goes: on to the node that made the input, or into a leaf. */
export type Edge = Node | Tensor | null;

/** Gives the gradients of the inputs, in their order; null where an input needs none. Called under `noGrad` unless `createGraph`. */
export type BackwardRule = (g: Tensor, inputs: GradTargets) => (Tensor | null)[];

/**
 * Gives the gradients of the inputs of a node with several outputs. `gs` has a gradient for each output, or null where backward
 * did not reach the output.
 */
export type JointRule = (gs: readonly (Tensor | null)[]) => (Tensor | null)[];

/** What a backward rule may ask about the inputs whose gradients it computes. */
export interface GradTargets {
  /** Whether input `i` needs a gradient: what nobody needs is not computed. */
  needs(i: number): boolean;
  /**
   * Memory into which the gradient of input `i` may be written at once instead of being returned: the gradient of a
   * leaf. `accumulate` says whether to add to what is there. A rule that takes it returns `out`.
   */
  into(i: number): { out: Tensor; accumulate: boolean } | null;
}

let nextId = 0;

/** One operation in the graph. Ids grow with time, so sorting by id is a topological order. */
export class Node implements GradFn {
  readonly id = nextId++;
  hooks: GradHook[] | null = null;
  /** The tensor whose `grad` is kept although it is no leaf (`retainGrad`). */
  retained: Tensor | null = null;
  /** Set in a node that stands for one output of an operation with several outputs. */
  output: { readonly of: JointNode; readonly index: number } | null = null;
  /** What the user called; `name` is the part of it that this is. */
  readonly calledAs: string;
  private versions: number[];
  /** Versions only grow, so their sum tells whether one has. */
  private readonly inputVersions: number;

  constructor(
    readonly name: string,
    public edges: Edge[],
    public rule: BackwardRule | null,
    private saved: readonly Tensor[],
    /** For rules that call fused kernels: the same output made of differentiable ops, for gradients of gradients. */
    public composed: (() => Tensor) | null,
    public inputs: readonly Tensor[] | null,
  ) {
    this.calledAs = callerOf(name);
    this.versions = saved.map((x) => x.storage.version);
    this.inputVersions = inputs === null ? 0 : sumOfVersions(inputs);
  }

  /** Whether backward reads nothing but the gradient: then it may go through as often as it likes. */
  get savesNothing(): boolean {
    return this.saved.length === 0 && this.composed === null;
  }

  /** @throws AutogradError when a tensor that backward reads was changed after forward. */
  checkSaved(): void {
    for (let i = 0; i < this.saved.length; i++)
      if (this.saved[i].storage.version !== this.versions[i])
        throw new AutogradError(
          `backward: ${this.name} needs a tensor that was changed in place after forward: shape [${this.saved[i].shape.join(", ")}], version ${this.saved[i].storage.version}, expected ${this.versions[i]}`,
          "SAVED_TENSOR_CHANGED",
        );
  }

  /** @throws AutogradError when an input, from which the output would be composed again, was changed after forward. */
  checkInputs(): void {
    if (sumOfVersions(this.inputs!) !== this.inputVersions)
      throw new AutogradError(
        `backward: with createGraph ${this.name} needs an input that was changed in place after forward: shapes ${this.inputs!.map((x) => formatShape(x.shape)).join(", ")}`,
        "SAVED_TENSOR_CHANGED",
      );
  }

  /** Lets go of everything that was kept for backward. */
  release(): void {
    this.rule = null;
    this.composed = null;
    this.inputs = null;
    this.saved = [];
    this.versions = [];
  }
}

/**
 * An operation with several outputs. Each output has a node of its own, which has this node as its only edge. Backward collects the
 * gradients of the outputs and then calls `jointRule` once.
 */
export class JointNode extends Node {
  constructor(
    name: string,
    edges: Edge[],
    public jointRule: JointRule | null,
    saved: readonly Tensor[],
    readonly outputs: number,
  ) {
    super(name, edges, null, saved, null, null);
  }

  override release(): void {
    super.release();
    this.jointRule = null;
  }
}

const sumOfVersions = (tensors: readonly Tensor[]) =>
  tensors.reduce((sum, { storage }) => sum + storage.version, 0);

export interface DifferentiableOptions {
  /** The tensors that `rule` reads: backward makes sure they are unchanged. Default: none. */
  saves?: readonly Tensor[];
  /** Whether `rule` reads the output as well. Default false. */
  savesOutput?: boolean;
  /** See `Node.composed`; given by ops whose rule calls kernels that have no gradient of their own. */
  composed?: () => Tensor;
}

/**
 * Makes `out` the result of an operation on `inputs`: from here on `out.backward()` calls `rule`. Returns `out`. Does
 * nothing when gradients are off or no input needs one. `out` must be a tensor that nobody else holds yet.
 */
export function differentiable(
  name: string,
  inputs: readonly Tensor[],
  out: Tensor,
  rule: BackwardRule,
  options?: DifferentiableOptions,
): Tensor {
  // It may have been made as a view of memory that nobody else sees.
  if (out.viewState !== null) out.viewState = null;
  if (!isGradEnabled()) return out;
  const edges: Edge[] = [];
  let needed = false;
  for (let i = 0; i < inputs.length; i++) {
    const edge = edgeOf(inputs[i]);
    edges.push(edge);
    if (edge !== null) needed = true;
  }
  if (!needed) return out;
  const composed = options?.composed ?? null;
  const saves = options?.saves ?? [];
  const saved = options?.savesOutput ? [...saves, out] : saves;
  out.gradFn = new Node(name, edges, rule, saved, composed, composed === null ? null : inputs);
  return out;
}

/**
 * Makes `outs` the results of one operation on `inputs`. The outputs at the indices `without` get no gradient and no node.
 * `saves`: the tensors that `rule` reads. Does nothing when gradients are off or no input needs one.
 */
export function differentiableJointly(
  name: string,
  inputs: readonly Tensor[],
  outs: readonly Tensor[],
  without: ReadonlySet<number>,
  rule: JointRule,
  saves: readonly Tensor[],
): void {
  for (const out of outs) if (out.viewState !== null) out.viewState = null;
  if (!needsGrad(inputs)) return;
  const joint = new JointNode(name, inputs.map(edgeOf), rule, saves, outs.length);
  for (const [index, out] of outs.entries()) {
    if (without.has(index)) continue;
    const node = new Node(name, [joint], passOn, [], null, null);
    node.output = { of: joint, index };
    out.gradFn = node;
  }
}

const passOn: BackwardRule = (g) => [g];

/** Makes `out` a view of `x`: `rule` takes its gradient to that of `x`. Returns `out`. */
export function differentiableView(
  name: string,
  x: Tensor,
  out: Tensor,
  rule: (g: Tensor) => Tensor,
): Tensor {
  if (!isGradEnabled()) out.viewState!.withoutGrad = true;
  else {
    const edge = edgeOf(x);
    if (edge !== null) out.gradFn = new Node(name, [edge], (g) => [rule(g)], [], null, null);
  }
  return out;
}

/** `x` gets another node: hooks stay with the value that they were registered for, and what `retainGrad` asked for moves along. */
export function keepRetained(x: Tensor, before: GradFn | null, node: Node): void {
  if (!(before instanceof Node) || before.retained !== x) return;
  before.retained = null;
  node.retained = x;
}

/** Whether an operation on these inputs is being noted for backward. */
export function needsGrad(inputs: readonly Tensor[]): boolean {
  if (!isGradEnabled()) return false;
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad) return true;
  return false;
}

export function edgeOf(x: Tensor): Edge {
  const node = x.gradFn as Node | null;
  if (node !== null) return node;
  return x.requiresGrad ? x : null;
}
