import { AutogradError, formatShape } from "../errors.js";
import type { Lifetimes } from "../tensor/reuse.js";
import { DetachableStorage } from "../tensor/storage.js";
import type { GradFn, GradHook, Tensor } from "../tensor/tensor.js";
import { callerOf } from "./caller.js";
import { isGradEnabled } from "./grad-mode.js";

/**
 * Where the gradient of an input goes: to the node that made the input, or to a leaf. Null if the input needs
 * no gradient.
 */
export type Edge = Node | Tensor | null;

/**
 * Returns the gradients of the inputs, in order; null for an input that needs none. Called under `noGrad`
 * unless `createGraph`.
 */
export type BackwardRule = (g: Tensor, inputs: GradTargets) => (Tensor | null)[];

/**
 * Gives the gradients of the inputs of a node with several outputs. `gs` has a gradient for each output, or
 * null where backward did not reach the output.
 */
export type JointRule = (gs: readonly (Tensor | null)[], inputs: GradTargets) => (Tensor | null)[];

/** Tells a backward rule which gradients are needed and where they may be written. */
export interface GradTargets {
  /** Whether input `i` needs a gradient. A rule does not compute gradients that are not needed. */
  needs(i: number): boolean;
  /**
   * The memory of a leaf's gradient, into which the rule may write the gradient of input `i` directly.
   * `accumulate` says whether to add to the values in that memory. A rule that writes there returns `out`.
   */
  into(i: number): { out: Tensor; accumulate: boolean } | null;
}

let nextId = 0;

/** What most nodes save. */
const none: readonly never[] = [];

/** One operation in the graph. Ids grow with time, so sorting by id is a topological order. */
export class Node implements GradFn {
  readonly id = nextId++;
  hooks: GradHook[] | null = null;
  /** The tensor that is not a leaf but keeps its `grad` (`retainGrad`). */
  retained: Tensor | null = null;
  /** Set in a node that stands for one output of an operation with several outputs. */
  output: { readonly of: JointNode; readonly index: number } | null = null;
  /** The function that the user called; `name` is the operation inside it that made this node. */
  readonly calledAs: string;
  private versions: readonly number[];
  /** The sum of the versions of all inputs. Versions only grow, so the sum changes if any version does. */
  private readonly inputVersions: number;

  constructor(
    readonly name: string,
    public edges: Edge[],
    public rule: BackwardRule | null,
    private saved: readonly Tensor[],
    /**
     * For rules that call fused kernels: computes the same output, or outputs, from differentiable ops, for
     * gradients of gradients.
     */
    public composed: (() => Tensor | readonly Tensor[]) | null,
    public inputs: readonly Tensor[] | null,
  ) {
    this.calledAs = callerOf(name);
    this.versions = saved.length === 0 ? none : saved.map((x) => x.storage.version);
    this.inputVersions = inputs === null ? 0 : sumOfVersions(inputs);
  }

  /** Whether backward reads only the gradient: it may then run through this node any number of times. */
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

  /**
   * @throws AutogradError when an input, from which the output would be composed again, was changed after
   * forward.
   */
  checkInputs(): void {
    if (sumOfVersions(this.inputs!) !== this.inputVersions)
      throw new AutogradError(
        `backward: with createGraph ${this.name} needs an input that was changed in place after forward: shapes ${this.inputs!.map((x) => formatShape(x.shape)).join(", ")}`,
        "SAVED_TENSOR_CHANGED",
      );
  }

  /**
   * Memory that the operation allocated for this node alone. With `lifetimes`, the rule is about to run for
   * the last time, and they may reuse the memory after it. Otherwise the rule, or what is made of it, may be
   * used again: the memory is left to V8.
   */
  passInside(lifetimes: Lifetimes | null): void {
    for (let i = 0; i < this.saved.length; i++) {
      const { storage } = this.saved[i];
      if (!(storage instanceof DetachableStorage) || !storage.inside) continue;
      storage.inside = false;
      lifetimes?.adopt(storage);
    }
  }

  /** Drops the rule and all saved tensors, so that their memory can be freed. */
  release(): void {
    this.rule = null;
    this.composed = null;
    this.inputs = null;
    this.saved = none;
    this.versions = none;
  }
}

/**
 * An operation with several outputs. Each output has a node of its own, which has this node as its only edge.
 * Backward collects the gradients of the outputs and then calls `jointRule` once.
 */
export class JointNode extends Node {
  constructor(
    name: string,
    edges: Edge[],
    public jointRule: JointRule | null,
    saved: readonly Tensor[],
    readonly outputs: number,
    composed: (() => readonly Tensor[]) | null,
    inputs: readonly Tensor[] | null,
  ) {
    super(name, edges, null, saved, composed, inputs);
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
 * Records `out` as the result of an operation on `inputs`: `out.backward()` will call `rule`. Returns `out`.
 * Does nothing if gradients are off or no input needs one. `out` must be a new tensor that no other code
 * holds.
 */
export function differentiable(
  name: string,
  inputs: readonly Tensor[],
  out: Tensor,
  rule: BackwardRule,
  options?: DifferentiableOptions,
): Tensor {
  // `out` may have been made as a view of memory that no other code uses.
  if (out.viewState !== null) out.viewState = null;
  if (!isGradEnabled()) return out;
  // A list that grows by `push` starts with room for 17 elements.
  const edges: Edge[] = new Array(inputs.length);
  let needed = false;
  for (let i = 0; i < inputs.length; i++) {
    const edge = edgeOf(inputs[i]);
    edges[i] = edge;
    if (edge !== null) needed = true;
  }
  if (!needed) return out;
  const composed = options?.composed ?? null;
  const saves = options?.saves ?? none;
  const saved = options?.savesOutput ? [...saves, out] : saves;
  out.gradFn = new Node(name, edges, rule, saved, composed, composed === null ? null : inputs);
  return out;
}

/**
 * Records `outs` as the results of one operation on `inputs`. The outputs at the indices `without` get no
 * gradient and no node. `saves`: the tensors that `rule` reads. `composed`: see `Node.composed`. Does nothing
 * when gradients are off or no input needs one.
 */
export function differentiableJointly(
  name: string,
  inputs: readonly Tensor[],
  outs: readonly Tensor[],
  without: ReadonlySet<number>,
  rule: JointRule,
  saves: readonly Tensor[],
  composed: (() => readonly Tensor[]) | null = null,
): void {
  for (const out of outs) if (out.viewState !== null) out.viewState = null;
  if (!needsGrad(inputs)) return;
  const edges = inputs.map(edgeOf);
  const kept = composed === null ? null : inputs;
  const joint = new JointNode(name, edges, rule, saves, outs.length, composed, kept);
  for (const [index, out] of outs.entries()) {
    if (!without.has(index)) out.gradFn = outputOf(joint, index);
  }
}

function outputOf(joint: JointNode, index: number): Node {
  const node = new Node(joint.name, [joint], passOn, [], null, null);
  node.output = { of: joint, index };
  return node;
}

const passOn: BackwardRule = (g) => [g];

/**
 * Records `out` as a view of `x`. `rule` computes the gradient of `x` from the gradient of `out`. Returns
 * `out`.
 */
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

/**
 * Records `outs` as views of `x`, made by one operation. `rule` computes the gradient of `x` from those of
 * all views.
 */
export function differentiableViews(name: string, x: Tensor, outs: readonly Tensor[], rule: JointRule): void {
  const edge = isGradEnabled() ? edgeOf(x) : null;
  if (edge === null) return;
  const joint = new JointNode(name, [edge], rule, [], outs.length, null, null);
  for (const [index, out] of outs.entries()) out.gradFn = outputOf(joint, index);
}

/** Called when `x` gets a new node: `retainGrad` moves to the new node, hooks stay with the old one. */
export function keepRetained(x: Tensor, before: GradFn | null, node: Node): void {
  if (!(before instanceof Node) || before.retained !== x) return;
  before.retained = null;
  node.retained = x;
}

/** Whether an operation on these inputs is recorded for backward. */
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
