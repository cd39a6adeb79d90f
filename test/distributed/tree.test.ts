import { describe, expect, test } from "vitest";
import { fold, partOf, ShardTree } from "../../src/distributed/tree.js";
import { exchange } from "../../src/kernels/js/exchange.js";

const whole = (shards: number) =>
  fold(
    { from: 0, to: shards },
    (shard) => `${shard}`,
    (a, b) => `(${a}+${b})`,
  );

describe("the tree of shards", () => {
  test.each([
    [1, "0"],
    [2, "(0+1)"],
    [3, "((0+1)+2)"],
    [5, "(((0+1)+(2+3))+4)"],
    [7, "(((0+1)+(2+3))+((4+5)+6))"],
  ])("of %i shards has a fixed shape", (shards, form) => {
    expect(whole(shards)).toBe(form);
  });

  test("is the same whichever ranks have the shards", () => {
    for (let shards = 1; shards <= 17; shards++)
      for (let ranks = 1; ranks <= shards; ranks++) {
        const trees = Array.from({ length: ranks }, (_, rank) => new ShardTree(shards, rank, ranks));
        const nodes = trees.flatMap((tree) =>
          tree.nodes.map((node) =>
            fold(
              node,
              (shard) => `${shard}`,
              (a, b) => `(${a}+${b})`,
            ),
          ),
        );
        const [count, ...list] = trees[0].schedule;
        expect(count).toBe(ranks);
        expect(list.slice(0, ranks)).toEqual(trees.map((tree) => tree.nodes.length));
        const folds = list.slice(ranks + 1);
        expect(folds.length).toBe(2 * list[ranks]);
        for (let i = 0; i < folds.length; i += 2)
          nodes[folds[i]] = `(${nodes[folds[i]]}+${nodes[folds[i + 1]]})`;
        expect(nodes[0]).toBe(whole(shards));
      }
  });

  test("gives every rank as many shards as every other, or one more", () => {
    const parts = Array.from({ length: 3 }, (_, rank) => partOf(8, rank, 3));
    expect(parts).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 5 },
      { from: 5, to: 8 },
    ]);
  });
});

test.each([
  [0, [1 + 10 + 100, 7 - 2 + 3]],
  [1, [100, 7]],
  [2, [1, -2]],
])("rule %i of the kernel folds all nodes of one rank", (rule, expected) => {
  const x = Float32Array.of(0, 1, 7, 10, -2, 100, 3);
  const schedule = Int32Array.of(9, 1, 3, 2, 0, 1, 0, 2);
  expect(exchange(2, 3, 7, rule, schedule, 1, x, 1)).toBe(-1);
  expect([...x.subarray(1, 3)]).toEqual(expected);
});
