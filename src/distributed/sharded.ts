/** Backward over a batch that is cut into shards: what `fit` and `DistributedDataParallel` have in common. */
import { grad, noGrad } from "../autograd/index.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { collectiveError } from "../kernels/collective.js";
import { run } from "../kernels/run.js";
import type { Module } from "../nn/module.js";
import { mul } from "../ops/elementwise/elementwise.js";
import { cat } from "../ops/shape/join.js";
import { clone, narrow, reshape } from "../ops/shape/views.js";
import { binary_, copy_ } from "../ops/write/in-place.js";
import { quoted } from "../quote.js";
import { advance, defaultGenerator, Generator, philox, withStream } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
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

/** What a node of the tree holds, as one vector for each dtype: a collective moves it as a whole. */
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
    let layout: readonly Piece[] = [];
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
      const weight = samples / size;
      const grads = grad(mul(loss, weight), wanted, { allowUnused: true });
      return noGrad(() => {
        const gradients = grads.flatMap((value, i) => (value === null ? [] : [{ value, param: wanted[i] }]));
        const averaged = [...changed].sort((a, b) => a - b).map((i) => buffers[i]);
        const running = averaged
          .filter(({ dtype }) => dtype.startsWith("float"))
          .map((buffer) => ({ value: mul(buffer, weight), buffer }));
        layout = [{ value: mul(loss.detach(), weight) }, ...gradients, ...running];
        return vectorsOf(layout);
      });
    };
    const nodes = this.tree.nodes.map((node) =>
      fold(node, leaf, (a, b) => noGrad(() => a.map((x, i) => joined(x, b[i])))),
    );
    const [loss, ...values] = noGrad(() => this.#exchanged(nodes, layout));
    return {
      loss,
      apply: () =>
        noGrad(() => {
          for (const [i, { param, buffer }] of layout.slice(1).entries())
            if (buffer !== undefined) copy_(buffer, values[i]);
            else if (param!.gradient === null) param!.gradient = values[i];
            else binary_("add", param!.gradient, values[i]);
        }),
    };
  }

  /** The root of the tree, cut into the pieces of the layout. */
  #exchanged(nodes: readonly Node[], layout: readonly Piece[]): Tensor[] {
    const { tree } = this;
    const roots = nodes[0].map((first, i) => {
      if (tree.ranks === 1) return first;
      const all = nodes.length === 1 ? first : cat(nodes.map((node) => node[i]));
      const schedule = { array: tree.schedule, offset: 0 };
      const status = run.exchange(first.numel, nodes.length, tree.schedule.length, 0, schedule, all);
      if (status !== -1) throw collectiveError("exchange of gradients", status);
      all.storage.changed();
      return all;
    });
    const places = new Map<string, number>();
    return layout.map(({ value }) => {
      const root = roots.find(({ dtype }) => dtype === value.dtype)!;
      const from = places.get(value.dtype) ?? 0;
      places.set(value.dtype, from + value.numel);
      return reshape(narrow(root, 0, from, value.numel), value.shape);
    });
  }
}

/** A value of a node: the gradient of a parameter, the new value of a buffer, or the loss. */
interface Piece {
  readonly value: Tensor;
  readonly param?: Tensor;
  readonly buffer?: Tensor;
}

function vectorsOf(layout: readonly Piece[]): Node {
  const dtypes = [...new Set(layout.map(({ value }) => value.dtype))];
  return dtypes.map((dtype) =>
    cat(layout.filter(({ value }) => value.dtype === dtype).map(({ value }) => reshape(value, [-1]))),
  );
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
