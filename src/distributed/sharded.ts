/** Backward over a batch that is cut into shards: what `fit` and `DistributedDataParallel` have in common. */
import { gradInto } from "../autograd/engine.js";
import { noGrad } from "../autograd/index.js";
import { formatShape, ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { mul } from "../ops/elementwise/elementwise.js";
import { clone, narrow } from "../ops/shape/views.js";
import { binary_, copy_, zero_ } from "../ops/write/in-place.js";
import { quoted } from "../quote.js";
import { advance, defaultGenerator, Generator, philox, withStream } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layout } from "./bucket.js";
import { joined, type Node, Reduction } from "./reduction.js";
import { fold, lastLeafOf, partOf, ShardTree, type Span } from "./tree.js";

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

export class Sharding {
  readonly tree: ShardTree;
  /** A stream of random numbers for each shard. This rank advances those of its own shards. */
  readonly streams: readonly Generator[];

  /**
   * `streams`: the states of the streams, if another run goes on here.
   * @throws ValueError if there are fewer shards than ranks.
   */
  constructor(
    private readonly op: string,
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
    const places = new Map(wanted.map((param, i) => [param, i]));
    const buffers = [...model.namedBuffers()].map(([, buffer]) => buffer);
    const before = noGrad(() => buffers.map((buffer) => clone(buffer)));
    const changed = new Set<number>();
    const size = batch[0].shape[0];
    let layout!: Layout;
    /** The parameters that the loss of the first shard depends on; those of all shards must be the same. */
    let used: Dependence | null = null;
    let averaged: readonly Tensor[] = [];
    /** `begin` is called before the backward of the shard; it returns what is called for each gradient. */
    const leaf = (index: number, begin: (node: Node) => (gradient: number) => void): Node => {
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
      layout = new Layout(wanted, [loss, ...averaged]);
      const node = noGrad(() => layout.allocate());
      const values = noGrad(() => layout.viewsOf(node));
      const weight = samples / size;
      const weighted = mul(loss, weight);
      noGrad(() => {
        copy_(values[wanted.length], weighted.detach());
        for (const [i, buffer] of averaged.entries())
          copy_(values[wanted.length + 1 + i], mul(buffer, weight));
      });
      const final = begin(node);
      const reached = gradInto(
        weighted,
        new Map(wanted.map((param, i) => [param, values[i]])),
        (param, reached) => {
          const i = places.get(param)!;
          if (!reached) zero_(values[i]);
          final(i);
        },
      );
      used ??= { params: reached, shard: index };
      this.#checkSame(wanted, used, { params: reached, shard: index });
      return node;
    };
    const whole = (tree: Span) =>
      fold(
        tree,
        (index) => leaf(index, () => () => {}),
        (a, b) => noGrad(() => joined(a, b)),
      );
    const nodes = this.tree.nodes.slice(0, -1).map(whole);
    const { parts, last } = lastLeafOf(this.tree.nodes.at(-1)!);
    const waiting = { nodes, before: parts.map(whole) };
    let reduction: Reduction | null = null;
    try {
      leaf(last, (node) => {
        const made = new Reduction(this.tree, layout, waiting, node);
        reduction = made;
        return (gradient) => made.final(gradient);
      });
      const values = noGrad(() => layout.viewsOf(reduction!.result()));
      return {
        loss: values[wanted.length],
        apply: () =>
          noGrad(() => {
            for (const [i, param] of wanted.entries())
              if (!used!.params.has(param)) continue;
              else if (param.gradient === null) param.gradient = values[i];
              else binary_("add", param.gradient, values[i]);
            for (const [i, buffer] of averaged.entries()) copy_(buffer, values[wanted.length + 1 + i]);
          }),
      };
    } catch (error) {
      (reduction as Reduction | null)?.abandon();
      throw error;
    }
  }

  /** @throws ValueError `SHARDS_DIFFER` if the losses of two shards depend on other parameters. */
  #checkSame(wanted: readonly Tensor[], a: Dependence, b: Dependence): void {
    const one = wanted.findIndex((param) => a.params.has(param) !== b.params.has(param));
    if (one < 0) return;
    const [does, not] = a.params.has(wanted[one]) ? [a, b] : [b, a];
    throw new ValueError(
      `${this.op}: the losses of all shards depend on the same parameters: that of shard ${does.shard} depends on parameter ${one}, ${formatShape(wanted[one].shape)}, that of shard ${not.shard} does not`,
      "SHARDS_DIFFER",
    );
  }
}

/** The parameters that the loss of a shard depends on. */
interface Dependence {
  readonly params: ReadonlySet<Tensor>;
  readonly shard: number;
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
