/** The machine: its description, and the peak rates of its arithmetic and its memories. */
import { readdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Context } from "../context.js";
import { type Section, short, type Table } from "../table.js";

/** Sizes of the data caches by level, in bytes, as Linux reports them. */
function caches(): Map<number, number> {
  const sizes = new Map<number, number>();
  const folder = "/sys/devices/system/cpu/cpu0/cache";
  const text = (path: string) => readFileSync(`${folder}/${path}`, "utf8").trim();
  try {
    for (const index of readdirSync(folder).filter((name) => name.startsWith("index"))) {
      if (text(`${index}/type`) === "Instruction") continue;
      const [, size, unit] = /^(\d+)([KM]?)$/.exec(text(`${index}/size`)) ?? [];
      sizes.set(
        Number(text(`${index}/level`)),
        Number(size) * (unit === "M" ? 1 << 20 : unit === "K" ? 1024 : 1),
      );
    }
  } catch {
    // Not Linux, or a container that hides the sizes: typical sizes are used.
  }
  return sizes;
}

/** Bytes to stream for each memory: they fit well inside it and are much larger than the memory before it. */
function workingSets(threads: number): { level: string; one: number; all: number }[] {
  const sizes = caches();
  const l1 = sizes.get(1) ?? 32 << 10;
  const l2 = sizes.get(2) ?? 1 << 20;
  const l3 = sizes.get(3) ?? 16 << 20;
  const shared = Math.max(l3 / 4, 2 * threads * l2);
  // Cores may have an L3 each, of which Linux reports one.
  const memory = Math.min(Math.max(16 * l3, 512 << 20), totalmem() / 4);
  return [
    { level: `L1, ${l1 >> 10} KB a core`, one: l1 / 2, all: (threads * l1) / 2 },
    { level: `L2, ${l2 >> 10} KB a core`, one: l2 / 2, all: (threads * l2) / 2 },
    { level: `L3, ${l3 >> 20} MB`, one: shared, all: shared },
    { level: "memory", one: memory, all: memory },
  ];
}

export async function machine({ limits, isa }: Context): Promise<Section> {
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  const { threads } = limits;
  const counts = threads === 1 ? [1] : [1, threads];
  const peaks: number[] = [];
  for (const count of counts) peaks.push(await limits.peak(count));
  const facts = { model, isa, cores: cpus().length, threads, memory: totalmem(), node: process.version };
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const about = `${model}, ${isa}, ${cpus().length} cores, ${threads} threads, ${gigabytes} GB, Node ${process.version}`;

  const bandwidth: { level: string; read: number[]; copy: number[] }[] = [];
  for (const { level, one, all } of workingSets(threads)) {
    const row = { level, read: [] as number[], copy: [] as number[] };
    for (const count of counts) {
      const bytes = count === 1 ? one : all;
      // Element counts are whole rounds of the loop on every thread.
      const elements = (arrays: number) => Math.floor(bytes / 4 / arrays / (128 * threads)) * 128 * threads;
      row.read.push(await limits.stream("read", elements(1), count));
      row.copy.push(await limits.stream("copy", elements(2), count));
    }
    bandwidth.push(row);
  }
  const onEach = (what: string) =>
    counts.map((count) => `${what}, ${count === 1 ? "1 thread" : `${count} threads`}`);
  const table: Table = {
    title: about,
    head: ["", ...onEach("GFLOP/s"), ...onEach("read GB/s"), ...onEach("copy GB/s")],
    rows: [
      [
        "FMA in registers",
        ...counts.map((_, i) => short(peaks[i])),
        ...counts.map(() => ""),
        ...counts.map(() => ""),
      ],
      ...bandwidth.map(({ level, read, copy }) => [
        level,
        ...counts.map(() => ""),
        ...read.map(short),
        ...copy.map(short),
      ]),
    ],
    notes: ["A copy counts the bytes read and the bytes written."],
  };
  const bare: Table = { title: about, head: [], rows: [] };
  return {
    name: "machine",
    tables: [limits.available ? table : bare],
    data: { ...facts, peaks, bandwidth },
  };
}
