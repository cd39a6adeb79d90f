/**
 * The binary tree in which the shards of a batch meet. Its shape depends on the number of shards alone; each
 * rank has a few whole subtrees of it. So every sum has the same bits, whichever ranks make it.
 */
import { sharedArray } from "../tensor/storage.js";

/** A subtree: the shards from … to - 1. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The two halves: the first has the largest power of two that is less than the whole. */
function halves({ from, to }: Span): [Span, Span] {
  const middle = from + 2 ** Math.ceil(Math.log2(to - from) - 1);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** The largest subtrees of `tree` within a range of shards, in order. */
function subtrees(tree: Span, { from, to }: Span): Span[] {
  if (from >= tree.to || to <= tree.from) return [];
  if (from <= tree.from && to >= tree.to) return [tree];
  return halves(tree).flatMap((half) => subtrees(half, { from, to }));
}

/** Part `index` of `parts`, which are as equal as integers can be: ⌊index·whole/parts⌋ and the next one. */
export function partOf(whole: number, index: number, parts: number): Span {
  return { from: Math.floor((index * whole) / parts), to: Math.floor(((index + 1) * whole) / parts) };
}

/** Folds the leaves of a subtree, left before right: few results wait at a time. */
export function fold<T>(tree: Span, leaf: (shard: number) => T, join: (a: T, b: T) => T): T {
  if (tree.to - tree.from === 1) return leaf(tree.from);
  const [left, right] = halves(tree).map((half) => () => fold(half, leaf, join));
  const first = left();
  return join(first, right());
}

/**
 * The last leaf of a subtree, and the parts before it. With the leaf x, `fold` computes
 * parts[0] + (parts[1] + (… + x)).
 */
export function lastLeafOf(tree: Span): { readonly parts: readonly Span[]; readonly last: number } {
  const parts: Span[] = [];
  let rest = tree;
  while (rest.to - rest.from > 1) {
    const [left, right] = halves(rest);
    parts.push(left);
    rest = right;
  }
  return { parts, last: rest.from };
}

export class ShardTree {
  /** The shards of this rank. */
  readonly own: Span;
  /** The largest subtrees that this rank has as a whole. */
  readonly nodes: readonly Span[];
  /** For the kernel `exchange`. */
  readonly schedule: Int32Array;

  constructor(
    readonly shards: number,
    readonly rank: number,
    readonly ranks: number,
  ) {
    const root = { from: 0, to: shards };
    const ofRanks = Array.from({ length: ranks }, (_, r) => subtrees(root, partOf(shards, r, ranks)));
    this.own = partOf(shards, rank, ranks);
    this.nodes = ofRanks[rank];
    const all = ofRanks.flat();
    const folds: number[] = [];
    const place = (tree: Span): number => {
      const index = all.findIndex(({ from, to }) => from === tree.from && to === tree.to);
      if (index >= 0) return index;
      const [a, b] = halves(tree).map(place);
      folds.push(a, b);
      return a;
    };
    place(root);
    const list = [ranks, ...ofRanks.map(({ length }) => length), folds.length / 2, ...folds];
    this.schedule = sharedArray("int32", list.length) as Int32Array;
    this.schedule.set(list);
  }
}
