/** Whether memory stays as it is however long a program trains, and however many shapes it meets. */
import type { Look, MemoryGiven } from "../../contestants/once/memory.js";
import type { Context } from "../../context.js";
import { runOurs } from "../../once.js";
import { short, type Table } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, withoutNativeCore } from "./part.js";

const network = networks[4];
const what = `Memory over compiled steps of ${network.sizes.join("-")}`;

/**
 * How the steps are made, and after how many we look. A hundred batch sizes are more than the recordings that
 * are kept.
 */
const ways: { name: string; way: MemoryGiven["way"]; looks: number[] }[] = [
  { name: "calls", way: "calls", looks: [20_000, 1_020_000] },
  { name: "step.run", way: "run", looks: [20_000, 1_020_000] },
  { name: "calls, a new batch size each", way: "shapes", looks: [100, 1000, 3000] },
  { name: "the same in one turn of the event loop", way: "shapesInOneTurn", looks: [100, 1000, 3000] },
];

export async function memory({ progress }: Context): Promise<Part> {
  const rows: string[][] = [];
  const data: Record<string, Look[]> = {};
  for (const { name, way, looks } of ways) {
    progress(`training: memory, ${name}`);
    const given: MemoryGiven = { ...network, way, looks };
    const run = await runOurs<Look[]>("memory", given, ["--expose-gc"]);
    if (run === null) return withoutNativeCore(what);
    data[way] = run.result;
    rows.push(...run.result.map((look, i) => row(i === 0 ? name : "", look, run.result[i - 1])));
  }
  return { table: table(rows), data };
}

const megabytes = (bytes: number) => short(bytes / 1e6);
/** Whole ones; `+ 0` because of -0. */
const bytes = (count: number) => (Math.round(count) + 0).toLocaleString("en-US");
const outsideHeap = ({ rss, heapTotal }: Look) => rss - heapTotal;

function row(name: string, look: Look, before: Look | undefined): string[] {
  const { steps, recordings, rss, heapTotal, heapUsed, external, arrayBuffers, peak } = look;
  const grown = before && (outsideHeap(look) - outsideHeap(before)) / (steps - before.steps);
  return [
    name,
    steps.toLocaleString("en-US"),
    // Those of a run are its own.
    recordings === 0 ? "" : String(recordings),
    ...[peak, rss, heapTotal, heapUsed, external, arrayBuffers].map(megabytes),
    ...(grown === undefined ? ["", ""] : [bytes(grown), "0"]),
  ];
}

const table = (rows: string[][]): Table => ({
  title: `${what}, B ${network.batch}: MB`,
  head: [
    ...["", "steps", "recordings", "resident, peak", "resident, now", "heapTotal", "heapUsed", "external"],
    ...["arrayBuffers", "outside the heap, + bytes a step", "target"],
  ],
  rows,
  notes: [
    "A process for each way; its first row is the end of the warm-up. Garbage is collected before each look. The last figures are growth " +
      "since the row above, of resident memory less heapTotal: V8 gives its young generation up to 32 MB when it sees fit. Batch sizes " +
      "of 1 to 1000 come in an order in which their mean stays the same. What native code holds of a recording that was dropped is freed " +
      "in a turn of the event loop.",
  ],
});
