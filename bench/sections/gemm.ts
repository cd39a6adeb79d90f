/**
 * Matrix products: ours and the installed BLAS libraries, called from one C++ program in turn, warm operands, minimum time
 * against minimum time.
 *
 * One program, because then everyone has the same operands, pages, compiler and clock. Libraries in one process do disturb
 * each other: the worker threads of OpenBLAS spin for 26 ms after a call, those of OpenMP for 5 to 10 ms, and whoever comes next
 * gets half a core from them. Processes of their own do not help: the threads spin there, too, on the same cores. What helps is
 * that a turn ends only when the threads of its library sleep (native/clock.h). `--spin` and `--processes each` show both.
 */

import { Contestant, Stand } from "../contestant.js";
import type { GemmCase } from "../contestants/protocol.js";
import { type Context, withStands } from "../context.js";
import { type Measurement, measure, type Turns } from "../measure.js";
import { nativeProgram } from "../places.js";
import { micro, percent, type Section, short, type Table, times } from "../table.js";
import { describe, flops, isLarge, isSmall, randomShapes, type Shape, squares, trained } from "./shapes.js";

/** One shape on one number of threads. */
export interface Product {
  shape: Shape;
  threads: number;
  /** Ours first. */
  libraries: Measurement[];
  /** Ours, called from Node. */
  node?: Measurement;
}

export interface GemmData {
  products: { trained: Product[]; squares: Product[]; random: Product[] };
  /** GFLOP/s of FMAs in registers by number of threads. */
  peaks: Record<number, number>;
}

/** Random shapes get shorter turns: there are many, and what counts is their distribution. */
const brief: Turns = { rounds: 3, milliseconds: 4 };

const fastestPeer = (product: Product, of: "best" | "median") =>
  Math.min(...product.libraries.slice(1).map((library) => library[of]));
/** How many times as fast as the fastest peer. */
const ratio = (product: Product, of: "best" | "median" = "best") =>
  fastestPeer(product, of) / product.libraries[0][of];

async function run(
  shapes: Shape[],
  threads: number,
  contestants: Contestant[],
  {
    quiet,
    turns,
    node,
    tell,
  }: { quiet: boolean; turns: Turns; node?: Contestant; tell: (done: number) => void },
): Promise<Product[]> {
  const products: Product[] = [];
  for (const shape of shapes) {
    tell(products.length);
    const given: GemmCase = { kind: "gemm", ...shape, threads, quiet };
    const all = node === undefined ? contestants : [...contestants, node];
    const results = await measure(
      all.map((contestant) => [contestant, given] as const),
      turns,
    );
    for (const { name, check } of results)
      if (check > 1) throw new Error(`${name} computes ${describe(shape)} wrongly: ${check} times the bound`);
    products.push({
      shape,
      threads,
      libraries: results.slice(0, contestants.length),
      node: results[contestants.length],
    });
  }
  return products;
}

/** The libraries, in one process or in one each. */
async function startLibraries({
  native,
  options,
}: Context): Promise<{ contestants: Contestant[]; stop(): void }> {
  if (native === null) return { contestants: [], stop() {} };
  if (options.processes === "one") return { contestants: Contestant.all(native), stop() {} };
  const names = native.hello.libraries!.map(({ name }) => name);
  const stands = await Promise.all(names.map((name) => Stand.start(nativeProgram, [name])));
  return {
    contestants: stands.flatMap((stand) => Contestant.all(stand)),
    stop: () => {
      for (const stand of stands) stand?.stop();
    },
  };
}

export async function gemm(context: Context): Promise<Section & { data: GemmData }> {
  const { options, limits, native, progress } = context;
  const data: GemmData = { products: { trained: [], squares: [], random: [] }, peaks: {} };
  const { contestants, stop } = await startLibraries(context);
  await withStands(["native"], async ({ native: node }) => {
    if (contestants.length === 0 && node === undefined) return;
    const counts = limits.threads === 1 ? [1] : [1, limits.threads];
    for (const threads of counts) {
      data.peaks[threads] = await limits.peak(threads);
      const sets = {
        trained,
        squares,
        random: contestants.length > 1 ? randomShapes(options.random, options.seed) : [],
      };
      for (const name of ["trained", "squares", "random"] as const) {
        const tell = (done: number) =>
          progress(`gemm, ${threads} threads, ${name}: ${done} of ${sets[name].length}`);
        const settings = { quiet: !options.spin, turns: name === "random" ? brief : options, tell };
        const withNode = name === "trained" ? node : undefined;
        // Without the native program, ours from Node is all there is.
        const libraries = contestants.length > 0 ? contestants : [node!];
        data.products[name].push(
          ...(await run(sets[name], threads, libraries, {
            ...settings,
            node: contestants.length > 0 ? withNode : undefined,
          })),
        );
      }
    }
  });
  stop();
  const versions = (native?.hello.libraries ?? [])
    .map(({ name, version }) => `${name} ${version}`)
    .join(", ");
  const counts = Object.keys(data.peaks).map(Number);
  const tables = counts.flatMap((threads) => [
    table("products of training steps", data.products.trained, data, threads),
    table("squares", data.products.squares, data, threads),
  ]);
  if (contestants.length > 1) tables.push(summary(data, versions));
  return { name: "gemm", tables, data };
}

const onThreads = (threads: number) => (threads === 1 ? "1 thread" : `${threads} threads`);

function table(title: string, all: Product[], data: GemmData, threads: number): Table {
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

function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** The value below which that part of all lies. */
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
    ["all below 1 MFMA", all.filter(({ shape }) => isSmall(shape))],
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
