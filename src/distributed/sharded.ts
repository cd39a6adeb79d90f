/** How batches are cut into shards: what `fit` and `DistributedDataParallel` have in common. */
import { ValueError } from "../errors.js";
import { others } from "../kernels/collective.js";
import type { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import { advance, defaultGenerator, Generator, philox } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layout } from "./bucket.js";
import { LayoutMemory } from "./layout-memory.js";
import { type LossOf, ShardedBackward, type ShardedResult, type Shards } from "./sharded-backward.js";
import { ShardTree, type Span } from "./tree.js";

export type { Shard, ShardedResult } from "./sharded-backward.js";

export class Sharding implements Shards {
  #divided: readonly Tensor[] | null = null;
  #evenAlone = false;
  readonly sums = new LayoutMemory();
  readonly tree: ShardTree;
  /** A stream of random numbers for each shard. This rank advances those of its own shards. */
  readonly streams: readonly Generator[];

  /**
   * `streams`: the states of the streams, if another run goes on here.
   * @throws ValueError if there are fewer shards than ranks.
   */
  constructor(
    readonly op: string,
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

  get divided(): readonly Tensor[] | null {
    return this.#divided;
  }

  get evenAlone(): boolean {
    return this.#evenAlone;
  }

  /**
   * From now on a rank that is alone calls the kernels of exchanges too. They do nothing then, but show in a
   * profile when exchanges begin. Returns the bytes of each bucket of gradients, in the order of exchanges.
   */
  showExchanges(params: readonly Tensor[]): number[] {
    this.#evenAlone = true;
    return new Layout(params, []).bytes;
  }

  /**
   * From now on each rank updates its parts of these parameters only. Returns the parts of a rank, by
   * parameter.
   * @throws ValueError `TENSOR_TOO_LARGE`.
   */
  intoParts(params: readonly Tensor[]): (rank: number) => Map<Tensor, Span> {
    const wanted = params.filter(({ requiresGrad }) => requiresGrad);
    const layout = new Layout(wanted, [], true);
    const { ranks, schedule } = this.tree;
    const nodes = schedule.slice(1, 1 + ranks).reduce((sum, count) => sum + count, 0);
    const most = others?.onePieceBytes(nodes) ?? Number.POSITIVE_INFINITY;
    const largest = Math.max(...layout.bytes);
    if (largest > most)
      throw new ValueError(
        `${this.op}: shardOptimizer: with ${this.shards} shards on ${ranks} ranks a parameter has at most ${Math.floor(most / 2 ** 20)} MB: ${Math.ceil(largest / 2 ** 20)} MB`,
        "TENSOR_TOO_LARGE",
      );
    this.#divided = wanted;
    return (rank) => new Map(wanted.map((param, i) => [param, layout.ownPart(i, rank, ranks)]));
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
    lossOf: LossOf,
  ): ShardedResult {
    return new ShardedBackward(this, { model, params, batch, lossOf }).run();
  }
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
