/** Backward over a batch that is cut into shards: what `fit` and `DistributedDataParallel` have in common. */
import { gradInto } from "../autograd/engine.js";
import { noGrad } from "../autograd/index.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { collectiveError } from "../kernels/collective.js";
import { run } from "../kernels/run.js";
import type { Module } from "../nn/module.js";
import { mul } from "../ops/elementwise/elementwise.js";
import { cat } from "../ops/shape/join.js";
import { clone, narrow } from "../ops/shape/views.js";
import { binary_, copy_, zero_ } from "../ops/write/in-place.js";
import { quoted } from "../quote.js";
import { advance, defaultGenerator, Generator, philox, withStream } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layout } from "./bucket.js";
import { fold, partOf, ShardTree } from "./tree.js";

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
  /** Sets the gradients of the parameters and the buffers of the model. */
  apply(): void;
}

/** What a node of the tree holds, in the vectors of a layout. */
type Node = readonly Tensor[];

export class Sharding {
  readonly tree: ShardTree;
  /** A stream of random numbers for each shard. This rank advances those of its own shards. */
  readonly streams: readonly Generator[];

  /**
   * `streams`: the states of the streams, if another run goes on here.
   * @throws ValueError if there are fewer shards than ranks.
   */
  constructor(
    op: string,
    readonly shards: number,
    rank: number,
    ranks: number,
    streams?: readonly (readonly number[])[],
  ) {
    if (!Number.isInteger(shards) || shards < ranks)
      throw new ValueError(
        `${op}: shards is an integer, at least the number of ranks (${ranks}): ${quoted(shards)}`,
        "INVALID_SHARDS",
      );
    this.tree = new ShardTree(shards, rank, ranks);
    this.streams = streams?.map((words) => new Generator().setState(words)) ?? streamsOf(shards);
  }

  /** Whether the shard is one of this rank's. */
  isOwn(shard: number): boolean {
    return shard >= this.tree.own.from && shard < this.tree.own.to;
  }

  /**
   * Calls `lossOf` for each shard of this rank, and sums up what backward gives, over all ranks in the order
   * of the tree. A loss is the mean over its shard. A buffer that forward changes (running statistics)
   * becomes the mean over the shards, each of which starts from the value before; integers count once.
   */
  backward(
    model: Module,
    params: readonly Tensor[],
    batch: readonly Tensor[],
    lossOf: (batch: readonly Tensor[], shard: Shard) => Tensor,
  ): ShardedResult {
    const wanted = params.filter(({ requiresGrad }) => requiresGrad);
    const buffers = [...model.namedBuffers()].map(([, buffer]) => buffer);
    const before = noGrad(() => buffers.map((buffer) => clone(buffer)));
    const changed = new Set<number>();
    const size = batch[0].shape[0];
    let layout!: Layout;
    /** The parameters that the loss of a shard depends on; the same for all shards. */
    let used: ReadonlySet<Tensor> | undefined;
    let averaged: readonly Tensor[] = [];
    const leaf = (index: number): Node => {
      const { from, to } = partOf(size, index, this.shards);
      const samples = to - from;
      const part = batch.map((x) => narrow(x, 0, samples > 0 ? from : 0, Math.max(samples, 1)));
      noGrad(() => {
        for (const i of changed) copy_(buffers[i], before[i]);
      });
      const versions = buffers.map(({ storage }) => storage.version);
      const loss = withStream(this.streams[index], () => lossOf(part, { index, samples }));
      for (const [i, { storage }] of buffers.entries()) if (storage.version !== versions[i]) changed.add(i);
      averaged = buffers.filter(({ dtype }, i) => changed.has(i) && dtype.startsWith("float"));
      layout = new Layout([loss, ...wanted, ...averaged]);
      const vectors = noGrad(() => layout.allocate());
      const [mean, ...places] = noGrad(() => layout.viewsOf(vectors));
      const weight = samples / size;
      const weighted = mul(loss, weight);
      const reached = gradInto(weighted, new Map(wanted.map((param, i) => [param, places[i]])));
      if (
        used !== undefined &&
        (used.size !== reached.size || [...used].some((param) => !reached.has(param)))
      )
        throw new ValueError("fit: the losses of all shards depend on the same parameters");
      used = reached;
      noGrad(() => {
        copy_(mean, weighted.detach());
        for (const [i, param] of wanted.entries()) if (!reached.has(param)) zero_(places[i]);
        for (const [i, buffer] of averaged.entries()) copy_(places[wanted.length + i], mul(buffer, weight));
      });
      return vectors;
    };
    const nodes = this.tree.nodes.map((node) =>
      fold(node, leaf, (a, b) => noGrad(() => a.map((x, i) => joined(x, b[i])))),
    );
    const [loss, ...values] = noGrad(() => layout.viewsOf(this.#exchanged(nodes)));
    return {
      loss,
      apply: () =>
        noGrad(() => {
          for (const [i, param] of wanted.entries())
            if (!used!.has(param)) continue;
            else if (param.gradient === null) param.gradient = values[i];
            else binary_("add", param.gradient, values[i]);
          for (const [i, buffer] of averaged.entries()) copy_(buffer, values[wanted.length + i]);
        }),
    };
  }

  /** The root of the tree. */
  #exchanged(nodes: readonly Node[]): Node {
    const { tree } = this;
    return nodes[0].map((first, i) => {
      if (tree.ranks === 1) return first;
      const all = nodes.length === 1 ? first : cat(nodes.map((node) => node[i]));
      const schedule = { array: tree.schedule, offset: 0 };
      const status = run.exchange(first.numel, nodes.length, tree.schedule.length, 0, schedule, all);
      if (status !== -1) throw collectiveError("exchange of gradients", status);
      all.storage.changed();
      return nodes.length === 1 ? all : narrow(all, 0, 0, first.numel);
    });
  }
}

/** a + b, in the memory of `a`. */
function joined(a: Tensor, b: Tensor): Tensor {
  if (a.numel !== b.numel)
    throw new ShapeError(
      `fit: all shards have gradients of the same parameters: ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return binary_("add", a, b);
}

/** A stream for each shard, from the state of the default generator, which advances by one block. */
function streamsOf(shards: number): Generator[] {
  const [key0, key1, low, high] = defaultGenerator.getState();
  const words = new Int32Array(4);
  const streams = Array.from({ length: shards }, (_, shard) => {
    philox(low, high, shard, 1, key0, key1, words);
    return new Generator().setState([words[0], words[1], 0, 0]);
  });
  advance(defaultGenerator.state, 0, 1);
  return streams;
}
