/** The tables of the matrix products: rates by shape, and the ratio to the fastest peer. */
import type { Library } from "../contestants/protocol.js";
import { micro, percent, short, type Table, times } from "../table.js";
import type { GemmData, Product } from "./gemm.js";
import { describe, flops, isLarge, isNarrow, isSmall } from "./shapes.js";

export function gemmTables(data: GemmData, libraries: Library[]): Table[] {
  const { trained, squares } = data.products;
  const tables = Object.keys(data.peaks).flatMap((threads) => [
    rateTable("products of training steps", trained, data, Number(threads)),
    vectorTable(data, Number(threads)),
    rateTable("squares", squares, data, Number(threads)),
  ]);
  const versions = libraries.map(({ name, version }) => `${name} ${version}`).join(", ");
  return libraries.length > 1 ? [...tables, summary(data, versions)] : tables;
}

const fastestPeer = (product: Product, of: "best" | "median") =>
  Math.min(...product.libraries.slice(1).map((library) => library[of]));
/** Speed relative to the fastest peer. */
const ratio = (product: Product, of: "best" | "median" = "best") =>
  fastestPeer(product, of) / product.libraries[0][of];

const onThreads = (threads: number) => (threads === 1 ? "1 thread" : `${threads} threads`);

function rateTable(title: string, all: Product[], data: GemmData, threads: number): Table {
  const products = all.filter((product) => product.threads === threads);
  const names = products[0].libraries.map(({ name }) => name);
  const peers = names.length > 1;
  const node = products[0].node !== undefined;
  const head = [
    "M, N, K",
    ...names,
    ...(peers ? ["times best peer", "by medians"] : []),
    "of peak",
    "spread, µs",
  ];
  const rows = products.map((product) => {
    const { shape, libraries } = product;
    const rate = (us: number) => flops(shape) / us / 1e3;
    const [own] = libraries;
    const spread = `${micro(own.best)} … ${micro(Math.max(...own.rounds))}`;
    return [
      describe(shape),
      ...libraries.map(({ best }) => short(rate(best))),
      ...(peers ? [times(ratio(product)), times(ratio(product, "median"))] : []),
      percent(rate(own.best) / data.peaks[threads]),
      spread,
      ...(product.node ? [short(product.node.best - own.best)] : []),
    ];
  });
  return {
    title: `GEMM, ${title}, ${onThreads(threads)}: GFLOP/s at the fastest time`,
    head: node ? [...head, "call from Node, + µs"] : head,
    rows,
  };
}

function vectorTable({ products: { vectors: all }, bandwidths }: GemmData, threads: number): Table {
  const products = all
    .map((product, i) => ({ ...product, limit: bandwidths[i] }))
    .filter((p) => p.threads === threads);
  const peers = products[0].libraries.length > 1;
  const rows = products.map((product) => {
    const { shape, libraries, limit } = product;
    const rate = (us: number) => (4 * Math.max(shape.m, shape.n) * shape.k) / us / 1e3;
    return [
      describe(shape),
      ...libraries.map(({ best }) => short(rate(best))),
      ...(peers ? [times(ratio(product)), times(ratio(product, "median"))] : []),
      short(limit),
      percent(rate(libraries[0].best) / limit),
    ];
  });
  return {
    title: `GEMM, matrix times vector, ${onThreads(threads)}: GB/s of the matrix at the fastest time`,
    head: [
      "M, N, K",
      ...products[0].libraries.map(({ name }) => name),
      ...(peers ? ["times best peer", "by medians"] : []),
      ...["limit", "of limit"],
    ],
    rows,
  };
}

function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** The quantile: this share of all values lies below it. */
function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** Fastest peer's time over ours, by set of shapes; and ours on all threads against ours on one. */
function summary({ products, peaks }: GemmData, versions: string): Table {
  const all = [...products.trained, ...products.squares, ...products.random];
  const listed = [...products.trained, ...products.random];
  const sets: [string, Product[]][] = [
    ["training steps and random", listed],
    ["training steps", products.trained],
    ["random, m, n, k in 1..600", products.random],
    ["training steps, n <= 20", products.trained.filter(({ shape }) => isNarrow(shape))],
    ["all below 10⁶ multiply-adds", all.filter(({ shape }) => isSmall(shape))],
    ["all from 512³ on", all.filter(({ shape }) => isLarge(shape))],
  ];
  const counts = Object.keys(peaks).map(Number);
  const rows = sets.flatMap(([name, set]) =>
    counts.flatMap((threads) => {
      const mine = set.filter((product) => product.threads === threads);
      if (mine.length === 0) return [];
      const ratios = mine.map((product) => ratio(product));
      const worst = mine[ratios.indexOf(Math.min(...ratios))];
      const fastest = Math.max(...mine.map(({ shape, libraries }) => flops(shape) / libraries[0].best / 1e3));
      const scaling = mine.map((product) => {
        const alone = set.find((other) => other.threads === 1 && other.shape === product.shape) ?? product;
        return alone.libraries[0].best / product.libraries[0].best;
      });
      return [
        [
          ...[
            name,
            String(mine.length),
            String(threads),
            geometricMean(ratios).toFixed(3),
            quantile(ratios, 0.01).toFixed(3),
          ],
          ...[`${times(Math.min(...ratios))} at ${describe(worst.shape)}`, percent(fastest / peaks[threads])],
          threads === 1 ? "" : times(Math.min(...scaling)),
        ],
      ];
    }),
  );
  return {
    title: "GEMM, summary: time of the fastest peer at each shape over ours",
    head: [
      "shapes",
      "count",
      "threads",
      "geometric mean",
      "1st percentile",
      "worst",
      "best, of peak",
      "least gain over 1 thread",
    ],
    rows,
    notes: [versions],
  };
}
