/**
 * Matrix products: ours and the installed BLAS libraries, called from one C++ program in turn, warm operands,
 * minimum time against minimum time.
 *
 * All libraries run in one program, so that operands, pages, compiler and clock are the same. Libraries on
 * the same cores disturb each other: worker threads spin after a call (OpenBLAS's for 100 ms, OpenMP's for a
 * few ms), and the next library shares a core with them. Separate processes would not change that: the
 * threads spin there too. So a turn ends only when the threads of its library sleep (native/clock.h). With
 * that, the fastest times of all libraries in one process, of each in its own process, and of a library that
 * runs alone agree within 4 % for ours and oneDNN and within 9 % for OpenBLAS and BLIS; `--spin` and
 * `--processes each` repeat that comparison.
 */

import { Contestant } from "../contestant.js";
import type { GemmCase } from "../contestants/protocol.js";
import { type Context, startNative, withStands } from "../context.js";
import { type Measurement, measure, type Turns } from "../measure.js";
import type { Section } from "../table.js";
import { gemmTables } from "./gemm-tables.js";
import { describe, randomShapes, type Shape, squares, trained, vectors } from "./shapes.js";

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
  products: { trained: Product[]; vectors: Product[]; squares: Product[]; random: Product[] };
  /** GFLOP/s of FMAs in registers by number of threads. */
  peaks: Record<number, number>;
  /** GB/s of reading the matrix of each of `products.vectors`, in the same order. */
  bandwidths: number[];
}

/** Random shapes get shorter turns: there are many, and only their distribution matters. */
const brief: Turns = { rounds: 3, milliseconds: 4 };

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

/** The libraries, all in one process or each in its own. */
async function startLibraries({
  native,
  options,
}: Context): Promise<{ contestants: Contestant[]; stop(): void }> {
  if (native === null) return { contestants: [], stop() {} };
  if (options.processes === "one") return { contestants: Contestant.all(native), stop() {} };
  const names = native.hello.libraries!.map(({ name }) => name);
  const stands = await Promise.all(names.map((name) => startNative([name])));
  return {
    contestants: stands.flatMap((stand) => Contestant.all(stand)),
    stop: () => {
      for (const stand of stands) stand?.stop();
    },
  };
}

export async function gemm(context: Context): Promise<Section & { data: GemmData }> {
  const { options, limits, native, progress } = context;
  const data: GemmData = {
    products: { trained: [], vectors: [], squares: [], random: [] },
    ...{ peaks: {}, bandwidths: [] },
  };
  const { contestants, stop } = await startLibraries(context);
  const random = contestants.length > 1 ? randomShapes(options.random, options.seed) : [];
  const sets = { trained, vectors, squares, random };
  await withStands(["native"], async ({ native: node }) => {
    // Without the native program, only simdgrad called from Node can be measured.
    const libraries = contestants.length > 0 ? contestants : node === undefined ? [] : [node];
    if (libraries.length === 0) return;
    for (const threads of limits.threads === 1 ? [1] : [1, limits.threads]) {
      for (const { m, n, k } of vectors)
        data.bandwidths.push(await limits.stream("read", Math.max(m, n) * k, threads));
      for (const name of ["trained", "vectors", "squares", "random"] as const) {
        const shapes = sets[name];
        const products = await run(shapes, threads, libraries, {
          quiet: !options.spin,
          turns: name === "random" ? brief : options,
          node: name === "trained" && contestants.length > 0 ? node : undefined,
          tell: (done) => progress(`gemm, threads: ${threads}, ${name}: ${done} of ${shapes.length}`),
        });
        data.products[name].push(...products);
      }
      data.peaks[threads] = await limits.peak(threads);
    }
  });
  stop();
  return { name: "gemm", tables: gemmTables(data, native?.hello.libraries ?? []), data };
}
