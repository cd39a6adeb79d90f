/** Whether memory stays as it is however long a program trains, and however many shapes it meets. */
import type { Look, MemoryGiven } from "../../contestants/once/memory.js";
import type { Context } from "../../context.js";
import { runOurs } from "../../once.js";
import { short, type Table } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, withoutNativeCore } from "./part.js";

const network = networks[4];
const what = `Memory over compiled steps of ${network.sizes.join("-")}`;

/** How the steps are made, and when we look; a hundred shapes are more than the recordings that are kept. */
const ways: { name: string; unit: string; way: MemoryGiven["way"]; looks: number[] }[] = [
  { name: "calls", unit: "steps", way: "calls", looks: [20_000, 1_020_000] },
  { name: "step.run", unit: "steps", way: "run", looks: [20_000, 1_020_000] },
  { name: "a call for each batch size", unit: "sizes", way: "shapes", looks: [100, 200, 1000] },
];

export async function memory({ progress }: Context): Promise<Part> {
  const rows: string[][] = [];
  const data: Record<string, Look[]> = {};
  for (const { name, unit, way, looks } of ways) {
    progress(`training: memory, ${name}`);
    const given: MemoryGiven = { ...network, way, looks };
    const run = await runOurs<Look[]>("memory", given, ["--expose-gc"]);
    if (run === null) return withoutNativeCore(what);
    data[way] = run.result;
    rows.push(...run.result.map((look, i) => row(i === 0 ? name : "", unit, look, run.result[0])));
  }
  return { table: table(rows), data };
}

const megabytes = (bytes: number) => short(bytes / 1e6);

function row(name: string, unit: string, look: Look, first: Look): string[] {
  const grown = (look.rss - first.rss) / 1e6;
  return [
    name,
    `${look.count.toLocaleString("en-US")} ${unit}`,
    String(look.recordings),
    ...[look.rss, look.heapUsed, look.external, look.arrayBuffers, look.peak].map(megabytes),
    ...(look === first ? ["", ""] : [`${grown < 0 ? "-" : "+"}${Math.abs(grown).toFixed(1)}`, "0"]),
  ];
}

const table = (rows: string[][]): Table => ({
  title: `${what}, B ${network.batch}: MB`,
  head: [
    ...["", "after", "recordings", "resident", "heapUsed", "external", "arrayBuffers", "resident at most"],
    ...["grown since warm-up", "target"],
  ],
  rows,
  notes: [
    "A process for each way; its first row is the end of the warm-up. Garbage is collected before each look. " +
      "Batch sizes from 1 to 1000 come in an order in which their mean stays the same.",
  ],
});
