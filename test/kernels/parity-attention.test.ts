import { describe, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, check, guard, out } from "./harness.js";
import { bytes, floats, threadCounts } from "./samples.js";
import { tolerances } from "./tolerances.js";

interface Setting {
  batch?: number;
  heads?: number;
  groups?: number;
  queries: number;
  keys: number;
  width?: number;
  valueWidth?: number;
  causal?: boolean;
  dropout?: number;
  mask?: "bool" | "float" | "padding";
  /** Heads are parts of longer rows, as after one product for queries, keys and values. */
  joined?: boolean;
  threads?: readonly number[];
}

/** An operand of rows and its strides. */
function rows(batch: number, heads: number, n: number, width: number, joined: boolean, seed: number) {
  const gap = joined ? 5 : 0;
  const values = floats(batch * heads * n * (width + gap), -1.5, 1.5, seed);
  const strides = joined
    ? [heads * n * (width + gap), width + gap, heads * (width + gap)]
    : [heads * n * width, n * width, width];
  return { values, strides };
}

/** A mask with its strides over [batch, heads, queries, keys]. */
function maskOf({ mask, batch = 1, heads = 1, queries, keys }: Setting) {
  if (mask === undefined) return null;
  const strides = mask === "padding" ? [keys, 0, 0, 1] : [0, queries * keys, keys, 1];
  const n = mask === "padding" ? batch * keys : heads * queries * keys;
  // The first query of the first head may attend to no key.
  const values = mask === "float" ? floats(n, -2, 2, 9) : bytes(n, 3, 9);
  if (mask !== "padding") values.fill(mask === "bool" ? 0 : -Infinity, 0, keys);
  return { values, strides };
}

function compare(setting: Setting): void {
  const { batch = 1, heads = 1, queries, keys, width = 8, causal = false, dropout = 0 } = setting;
  const { groups = heads, valueWidth = width, joined = false, threads } = setting;
  const [q, k, v] = [
    rows(batch, heads, queries, width, joined, 1),
    rows(batch, groups, keys, width, joined, 2),
    rows(batch, groups, keys, valueWidth, joined, 3),
  ];
  const g = rows(batch, heads, queries, valueWidth, joined, 4);
  const mask = maskOf(setting);
  const state = Int32Array.of(12, 34, -3, 7);
  const head = [
    ...[batch, heads, groups, queries, keys, width, valueWidth, 1 / Math.sqrt(Math.max(width, 1))],
    ...[causal ? 1 : 0, dropout],
    ...[q, k, v].flatMap(({ values, strides }) => [new Buffer(values), ...strides]),
    ...(mask === null ? [null, 0, 0, 0, 0] : [new Buffer(mask.values), ...mask.strides]),
  ];
  const rowCount = batch * heads * queries;
  const result = { values: new Float32Array(g.values.length), strides: g.strides };
  const name = JSON.stringify(setting);
  const scale = 2;
  check(
    {
      name: `attention ${name}`,
      kernel: "attention",
      args: [
        ...head,
        ...(dropout > 0 ? [new Buffer(state), new Buffer(new Int32Array(4))] : [null, null]),
        ...[new Buffer(result.values, "out"), ...result.strides, out(rowCount)],
      ],
      tolerance: tolerances["attention"],
      scale,
    },
    threads,
  );
  const plain = head.flatMap((arg) =>
    arg instanceof Buffer ? [arg.array, guard] : arg === null ? [null, 0] : [arg],
  );
  const stats = new Float32Array(rowCount);
  const drawn = new Int32Array(4);
  (js.attention as (...args: unknown[]) => number)(
    ...plain,
    ...(dropout > 0 ? [state.slice(), 0, drawn, 0] : [null, 0, null, 0]),
    ...[result.values, 0, ...result.strides, stats, 0],
  );
  const gradients = [q, k, v].map(({ values, strides }) => [out(values.length), ...strides]);
  for (const none of [[], [0], [1, 2], [2]])
    check(
      {
        name: `attentionGrad ${name} without ${none}`,
        kernel: "attentionGrad",
        args: [
          ...head,
          dropout > 0 ? new Buffer(drawn) : null,
          ...[new Buffer(result.values), ...result.strides, new Buffer(stats)],
          ...[new Buffer(g.values), ...g.strides],
          ...gradients.flatMap((gradient, i) => (none.includes(i) ? [null, 0, 0, 0] : gradient)),
        ],
        tolerance: tolerances["attentionGrad"],
        scale: 2 * Math.sqrt(queries + 1),
      },
      threads,
    );
}

describe("attention", () => {
  const lengths = [
    [1, 1],
    [2, 7],
    [5, 5],
    [16, 64],
    [33, 65],
    [64, 31],
    [70, 140],
  ];
  test.each(lengths)("%i queries, %i keys", (queries, keys) => {
    for (const causal of [false, true])
      for (const joined of [false, true]) compare({ batch: 2, heads: 3, queries, keys, causal, joined });
  });
  test.each(["bool", "float", "padding"] as const)("a mask: %s", (mask) => {
    for (const [queries, keys] of lengths) compare({ batch: 2, heads: 2, queries, keys, mask });
    compare({ batch: 2, heads: 2, queries: 3, keys: 600, mask });
  });
  test.each([0.25, 0.9, 1])("dropout %f", (dropout) => {
    for (const [queries, keys] of lengths)
      for (const causal of [false, true]) compare({ batch: 2, heads: 2, queries, keys, dropout, causal });
  });
  test("widths", () => {
    for (const [width, valueWidth] of [
      [1, 1],
      [3, 17],
      [32, 32],
      [64, 31],
      [100, 2],
      [130, 80],
    ])
      for (const queries of [1, 40])
        compare({ heads: 2, queries, keys: 70, width, valueWidth, joined: true });
  });
  test("heads that share keys and values", () => {
    for (const groups of [1, 2, 4])
      for (const queries of [1, 4, 37])
        compare({ batch: 2, heads: 4, groups, queries, keys: 50, causal: queries > 4, joined: true });
  });
  test("few queries over a long cache", () => {
    for (const queries of [1, 2, 3, 4])
      for (const keys of [255, 256, 257, 1000])
        compare({ heads: 4, groups: 2, queries, keys, width: 33, valueWidth: 70, threads: threadCounts });
  });
  test("large, with threads", () => {
    for (const causal of [false, true]) {
      compare({ batch: 2, heads: 5, queries: 200, keys: 300, width: 32, causal, threads: threadCounts });
      compare({ queries: 700, keys: 1100, width: 16, causal, joined: true, threads: [1, 2, 4, 7] });
    }
    compare({ heads: 3, queries: 150, keys: 150, dropout: 0.5, mask: "float", threads: threadCounts });
  });
  test("nothing: no heads, no queries, no keys, no width", () => {
    compare({ batch: 0, queries: 3, keys: 3 });
    compare({ queries: 0, keys: 3 });
    for (const queries of [2, 40]) compare({ queries, keys: 0, heads: 2 });
    compare({ queries: 5, keys: 6, width: 0, valueWidth: 3 });
    compare({ queries: 5, keys: 6, width: 3, valueWidth: 0 });
  });
});
