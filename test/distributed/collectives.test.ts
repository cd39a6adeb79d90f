import { describe, expect, test } from "vitest";
import { alone, program, ranks, underEach } from "./launchers.js";
import { asOnCluster } from "./manifests.js";

const rank = program("rank.mjs");

test("a world of one needs no launcher, and loads no MPI", () => {
  expect(alone([rank, "alone"])).toMatchObject({ status: 0, stdout: "[0,1,null,1,false]\n", stderr: "" });
});

describe("collective operations", () => {
  underEach((launcher) => {
    test("give every rank the same values, in the order of a tree", () => {
      const { status, stdout, stderr } = ranks(launcher, 3, [rank, "collectives"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const { results, names, same, shares } = JSON.parse(stdout);
      const f = Math.fround;
      // (rank 0 + rank 1) + rank 2
      const tenths = f(f(f(0.1) + f(0.2)) + f(0.1 * 3));
      expect(same).toBe(true);
      expect(results).toEqual([
        [6, -3, tenths],
        [2, -1, f(tenths / 3)],
        [3, 0, f(0.1 * 3)],
        [1, -2, f(0.1)],
        [2 ** 30 + 2, 2],
        [3, -2, f(0.1 * 3)],
        [
          [0, 7],
          [1, 7],
          [2, 7],
        ],
      ]);
      // The values of `require` are live too.
      expect(names).toEqual([0, 0, 3, launcher.name.slice(0, 3)]);
      expect(shares).toBe(true);
    });
  });
});

describe("a loop with DistributedDataParallel", () => {
  const loop = program("loop.mjs");
  const shards = "5";
  // Five shards: the subtrees of ranks have other sizes for each number of ranks.
  const [one] = [alone([loop, shards])];

  test("has the same bits eagerly and compiled", () => {
    expect(one.stderr).toBe("");
    expect(one.stdout).toMatch(/^same (\w{16}) same \1\n$/);
  });

  test("has other bits with another number of shards", () => {
    expect(alone([loop, "4"]).stdout).not.toBe(one.stdout);
  });

  underEach((launcher) => {
    test.each([2, 3])("has the same bits on %i ranks", (count) => {
      expect(ranks(launcher, count, [loop, shards])).toMatchObject({ status: 0, stdout: one.stdout });
    });

    test("has the same bits on 4 ranks that a manifest starts", () => {
      const { status, stdout, stderr } = asOnCluster[launcher.name](loop, [shards]);
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: one.stdout, stderr: "" });
    });
  });
});
