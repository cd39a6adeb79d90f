/**
 * The reduction of the gradients of one batch. It overlaps with backward: in the last shard of a rank, the
 * exchange of a bucket starts as soon as all gradients in it are final.
 */
import { formatShape, ShapeError } from "../errors.js";
import { collectiveError, keep } from "../kernels/collective.js";
import { run } from "../kernels/run.js";
import { cat } from "../ops/shape/join.js";
import { narrow } from "../ops/shape/views.js";
import { binary_ } from "../ops/write/in-place.js";
import type { Tensor } from "../tensor/tensor.js";
import { tracing } from "../tracing.js";
import type { Layout } from "./bucket.js";
import type { ShardTree } from "./tree.js";

/** Phases of the kernel `exchangeStart`. */
const REDUCE = 1;
const GATHER = 2;

/** What a node of the tree holds: a vector for each bucket of a layout. */
export type Node = readonly Tensor[];

/** a + b, in the memory of `a`. @throws ShapeError if they have other forms. */
export function joined(op: string, a: Node, b: Node): Node {
  checkForms(op, a, b);
  return a.map((x, i) => binary_("add", x, b[i]));
}

function checkForms(op: string, ...nodes: readonly [Node, Node]): void {
  const [one, other] = nodes.map((node) => formatShape(node.map(({ numel }) => numel)));
  if (one !== other)
    throw new ShapeError(
      `${op}: all shards change the same buffers, and have gradients of the same parameters: buckets of ${one} and ${other} elements`,
    );
}

/** What the rank holds when its last shard begins. */
export interface Waiting {
  /** Other whole subtrees of the rank. */
  readonly nodes: readonly Node[];
  /** In the subtree of the last shard, what lies before it, from the largest part on. */
  readonly before: readonly Node[];
}

/** How gradients are exchanged. */
export interface Manner {
  /** Each rank gets its parts of the sums of gradients only. */
  readonly inParts: boolean;
  /** A rank that is alone calls the kernels too. */
  readonly evenAlone: boolean;
}

/** The vector of a bucket in which the result will be, and where it is exchanged. */
interface Started {
  readonly all: Tensor;
  readonly n: number;
  readonly nodes: number;
}

export class Reduction {
  /** For each bucket, the number of gradients that are not final yet. */
  readonly #left: number[];
  /** By bucket. */
  readonly #started: Started[] = [];
  /** Those that are under way. */
  #open: Started[] = [];

  /**
   * `last`: what the last shard writes.
   * @throws ShapeError if nodes have other forms.
   */
  constructor(
    op: string,
    private readonly tree: ShardTree,
    private readonly layout: Layout,
    private readonly waiting: Waiting,
    private readonly last: Node,
    private readonly manner: Manner,
  ) {
    for (const node of [...waiting.nodes, ...waiting.before]) checkForms(op, node, last);
    this.#left = layout.gradients;
  }

  /**
   * The last shard has written a gradient for the last time. Exchanges start in the order of the layout,
   * which is the same on all ranks, whatever the order in which gradients become final.
   */
  final(gradient: number): void {
    this.#left[this.layout.bucketOf(gradient)]--;
    this.#startComplete();
  }

  #startComplete(): void {
    while (this.#left[this.#started.length] === 0) this.#start(this.#started.length);
  }

  #start(bucket: number): void {
    const { waiting, last } = this;
    const node = waiting.before.reduceRight((sum, part) => binary_("add", part[bucket], sum), last[bucket]);
    const nodes = [...waiting.nodes.map((other) => other[bucket]), node];
    const all = nodes.length === 1 ? node : cat(nodes);
    const started = { all, n: node.numel, nodes: nodes.length };
    const parts = this.manner.inParts && this.layout.gradients[bucket] > 0;
    this.#exchange(started, parts ? REDUCE : REDUCE | GATHER);
    this.#started.push(started);
  }

  #exchange(started: Started, phases: number): void {
    const { ranks, schedule } = this.tree;
    if (ranks === 1 && !this.manner.evenAlone) return;
    const { all, n, nodes } = started;
    const list = { array: schedule, offset: 0 };
    const status = run.exchangeStart(n, nodes, schedule.length, 0, phases, list, all);
    if (status !== -1) throw failed(status);
    this.#open.push(started);
  }

  /** The root of the tree, when the last shard has ended. @throws SimdgradError of a collective. */
  result(): Node {
    this.#startComplete();
    this.#wait();
    return this.#started.map(({ all, n, nodes }) => (nodes === 1 ? all : narrow(all, 0, 0, n)));
  }

  /**
   * Each rank has written something to its parts of the gradients in `result`: gets the parts of the others.
   * @throws SimdgradError of a collective.
   */
  gather(): void {
    try {
      for (const [bucket, started] of this.#started.entries())
        if (this.layout.gradients[bucket] > 0) this.#exchange(started, GATHER);
      this.#wait();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** After an error: waits for what has started, since MPI writes to memory that would be freed. */
  abandon(): void {
    // A trace has started nothing.
    if (tracing === null) this.#statuses();
  }

  #wait(): void {
    const open = this.#open;
    const bad = this.#statuses().find((status) => status !== -1);
    if (bad !== undefined) throw failed(bad);
    for (const { all } of open) all.storage.changed();
  }

  /** Waits for all that is under way. */
  #statuses(): number[] {
    const open = this.#open;
    this.#open = [];
    return open.map(({ all, n, nodes }) => {
      const status = run.exchangeWait(n, nodes, all);
      if (status !== -1) keep(all);
      return status;
    });
  }
}

const failed = (status: number) => collectiveError("exchange of gradients", status);
