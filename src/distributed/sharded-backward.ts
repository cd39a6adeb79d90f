/** Forward and backward of one batch that is cut into shards. */
import { gradInto } from "../autograd/grad-into.js";
import { noGrad } from "../autograd/index.js";
import { isFloating } from "../dtype.js";
import { formatShape, ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { mul } from "../ops/elementwise/elementwise.js";
import { clone, narrow, reshape } from "../ops/shape/views.js";
import { binary_, copy_, zero_ } from "../ops/write/in-place.js";
import { type Generator, withStream } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layout } from "./bucket.js";
import type { LayoutMemory, Vectors } from "./layout-memory.js";
import { joined, type Node, Reduction } from "./reduction.js";
import { fold, lastLeafOf, partOf, type ShardTree, type Span } from "./tree.js";

/** A shard of a batch. */
export interface Shard {
  readonly index: number;
  /** 0 for a shard without samples: it computes with the first sample of the batch, and with weight 0. */
  readonly samples: number;
}

/** The outcome of a backward. */
export interface ShardedResult {
  /** The mean over the whole batch, the same on every rank. */
  readonly loss: Tensor;
  /**
   * Sets the gradients of the parameters and the buffers of the model. Of gradients in parts, a rank has the
   * values of its own parts; the other elements have no meaning.
   */
  apply(): void;
  /** After the optimizer's step: if ranks update parts, each gets those of the others. Clears gradients. */
  gather(): void;
}

/** The mean loss over a shard, of its part of the batch. */
export type LossOf = (batch: readonly Tensor[], shard: Shard) => Tensor;

/** How batches are cut. */
export interface Shards {
  /** What errors name. */
  readonly op: string;
  readonly shards: number;
  readonly tree: ShardTree;
  /** A stream of random numbers for each shard. */
  readonly streams: readonly Generator[];
  /** The parameters of which each rank updates its parts only; null if each updates all. */
  readonly divided: readonly Tensor[] | null;
  /** Whether a rank that is alone calls the kernels of exchanges too. */
  readonly evenAlone: boolean;
  /** Memory for the sums of a batch. Each batch writes it again. */
  readonly sums: LayoutMemory;
}

/** What a batch is trained with. */
interface Given {
  readonly model: Module;
  readonly params: readonly Tensor[];
  readonly batch: readonly Tensor[];
  readonly lossOf: LossOf;
}

/** Forward of a shard, and the memory of what it contributes to the sum over all shards. */
interface Forward {
  /** The loss, times its share of the batch. */
  readonly loss: Tensor;
  readonly layout: Layout;
  readonly node: Node;
  /** The gradients in `node`. */
  readonly gradients: readonly Tensor[];
}

/** The parameters that the loss of a shard depends on. */
interface Dependence {
  readonly params: ReadonlySet<Tensor>;
  readonly shard: number;
}

export class ShardedBackward {
  /** The parameters that get a gradient. */
  readonly #wanted: readonly Tensor[];
  readonly #buffers: readonly Tensor[];
  /** The buffers before the batch: each shard starts from them. */
  readonly #before: readonly Tensor[];
  /** Indices of the buffers that forward has changed. */
  readonly #changed = new Set<number>();
  /** What the loss of the first shard depends on. Those of all shards must be the same. */
  #used: Dependence | null = null;
  /** The memory for the sums, if this batch writes them there. */
  #kept: Vectors | null = null;

  constructor(
    private readonly sharding: Shards,
    private readonly given: Given,
  ) {
    this.#wanted = given.params.filter(({ requiresGrad }) => requiresGrad);
    const { op, divided } = sharding;
    if (
      divided !== null &&
      !(divided.length === this.#wanted.length && divided.every(({ requiresGrad }) => requiresGrad))
    )
      throw new ValueError(
        `${op}: with shardOptimizer, requiresGrad of a parameter stays as it was when ${op} began`,
      );
    this.#buffers = [...given.model.namedBuffers()].map(([, buffer]) => buffer);
    this.#before = noGrad(() => this.#buffers.map((buffer) => clone(buffer)));
  }

  run(): ShardedResult {
    const { op, tree, divided, evenAlone } = this.sharding;
    const nodes = tree.nodes.slice(0, -1).map((span) => this.#whole(span));
    const { parts, last } = lastLeafOf(tree.nodes.at(-1)!);
    const before = parts.map((span) => this.#whole(span));
    const forward = this.#forward(last);
    const reduction = new Reduction(op, tree, forward.layout, { nodes, before }, forward.node, {
      inParts: divided !== null,
      evenAlone,
    });
    try {
      this.#backward(last, forward, (gradient) => reduction.final(gradient));
      const values = noGrad(() => this.#viewsOf(forward.layout, reduction.result()));
      return { ...this.#result(values), gather: () => this.#gather(forward.layout, values, reduction) };
    } catch (error) {
      reduction.abandon();
      throw error;
    }
  }

  /** The sum over the shards of a subtree. */
  #whole(span: Span): Node {
    const leaf = (shard: number) => {
      const forward = this.#forward(shard);
      this.#backward(shard, forward, () => {});
      return forward.node;
    };
    return fold(span, leaf, (a, b) => noGrad(() => joined(this.sharding.op, a, b)));
  }

  #forward(index: number): Forward {
    const { batch, lossOf } = this.given;
    const buffers = this.#buffers;
    const size = batch[0].shape[0];
    const { from, to } = partOf(size, index, this.sharding.shards);
    const samples = to - from;
    const part = batch.map((x) => narrow(x, 0, samples > 0 ? from : 0, Math.max(samples, 1)));
    noGrad(() => {
      for (const i of this.#changed) copy_(buffers[i], this.#before[i]);
    });
    const versions = buffers.map(({ storage }) => storage.version);
    const mean = withStream(this.sharding.streams[index], () => lossOf(part, { index, samples }));
    for (const [i, { storage }] of buffers.entries())
      if (storage.version !== versions[i]) this.#changed.add(i);
    const share = samples / size;
    const loss = mul(mean, share);
    return noGrad(() => {
      const others = [loss.detach(), ...this.#averaged];
      const layout = new Layout(this.#wanted, others, this.sharding.divided !== null);
      if (index === this.#summing) this.#kept = this.sharding.sums.of(layout, this.#wanted);
      const kept = index === this.#summing ? this.#kept : null;
      const node = kept?.node ?? layout.allocate();
      const values = kept?.views ?? layout.viewsOf(node);
      const gradients = values.slice(0, this.#wanted.length);
      for (const [i, place] of values.slice(this.#wanted.length).entries())
        copy_(place, i === 0 ? others[i] : mul(others[i], share));
      return { loss, layout, node, gradients };
    });
  }

  /** The shard whose memory will hold the sums: the first of the rank. -1 if they are copied elsewhere. */
  get #summing(): number {
    const { nodes, own } = this.sharding.tree;
    return nodes.length === 1 ? own.from : -1;
  }

  #viewsOf(layout: Layout, sums: Node): readonly Tensor[] {
    const kept = this.#kept;
    return kept?.node.every((vector, i) => vector === sums[i]) ? kept.views : layout.viewsOf(sums);
  }

  /** `final` is called with the index of each gradient when it will not change any more. */
  #backward(shard: number, { loss, gradients }: Forward, final: (gradient: number) => void): void {
    const places = new Map(this.#wanted.map((param, i) => [param, i]));
    const memory = new Map(this.#wanted.map((param, i) => [param, gradients[i]]));
    const params = gradInto(loss, memory, (param, reached) => {
      const i = places.get(param)!;
      if (!reached) zero_(gradients[i]);
      final(i);
    });
    this.#used ??= { params, shard };
    this.#checkSame(this.#used, { params, shard });
  }

  /** `values`: the sums over all shards, in the order of the layout. */
  #result(values: readonly Tensor[]): Pick<ShardedResult, "loss" | "apply"> {
    const wanted = this.#wanted;
    const averaged = this.#averaged;
    const apply = () => {
      for (const [i, param] of wanted.entries())
        if (!this.#used!.params.has(param)) continue;
        else if (param.gradient === null) {
          // So `grad` returns a copy to who reads it.
          if (this.#kept !== null) param.gradientMemory = values[i];
          param.gradient = values[i];
        } else binary_("add", param.gradient, values[i]);
      for (const [i, buffer] of averaged.entries()) copy_(buffer, values[wanted.length + 1 + i]);
    };
    // A copy: the next step writes to the memory of the buckets.
    const loss = noGrad(() => clone(values[wanted.length]));
    return { loss, apply: () => noGrad(apply) };
  }

  /** Sends updated parts of parameters in the memory of their gradients. */
  #gather(layout: Layout, values: readonly Tensor[], reduction: Reduction): void {
    const { divided, tree } = this.sharding;
    if (divided === null) return;
    noGrad(() => {
      for (const [i, param] of this.#wanted.entries()) {
        const { from, to } = layout.ownPart(i, tree.rank, tree.ranks);
        const part = (x: Tensor) => narrow(reshape(x.detach(), [-1]), 0, from, to - from);
        if (to > from) copy_(part(values[i]), part(param));
      }
      reduction.gather();
      for (const [i, param] of this.#wanted.entries()) {
        param.gradient = null;
        copy_(param.detach(), values[i]);
      }
    });
  }

  /** The buffers whose mean over the shards is taken. */
  get #averaged(): Tensor[] {
    return this.#buffers.filter(({ dtype }, i) => this.#changed.has(i) && isFloating(dtype));
  }

  /** @throws ValueError `SHARDS_DIFFER` if the losses of two shards depend on other parameters. */
  #checkSame(a: Dependence, b: Dependence): void {
    const one = this.#wanted.findIndex((param) => a.params.has(param) !== b.params.has(param));
    if (one < 0) return;
    const [does, not] = a.params.has(this.#wanted[one]) ? [a, b] : [b, a];
    throw new ValueError(
      `${this.sharding.op}: the losses of all shards depend on the same parameters: shard ${does.shard} depends on parameter ${one}, of shape ${formatShape(this.#wanted[one].shape)}, shard ${not.shard} does not`,
      "SHARDS_DIFFER",
    );
  }
}
