/** What compiling a step costs: its first call, which records and plans. */
import type { FirstCall } from "../../contestants/once/first-call.js";
import type { Context } from "../../context.js";
import { median } from "../../measure.js";
import { runOurs, runPython } from "../../once.js";
import { micro, type Table, times } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, withoutNativeCore } from "./part.js";

/** Milliseconds. */
const TARGET = 10;

const network = networks[0];
const what = `First call of a compiled step of ${network.sizes.join("-")}, B ${network.batch}`;

interface Row {
  name: string;
  rounds: FirstCall[];
}

export async function firstCall({ options, progress }: Context): Promise<Part> {
  const rows: Row[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const run = await runOurs<[FirstCall, FirstCall]>("first-call", network);
    if (run === null) return withoutNativeCore(what);
    const names = [`${run.name}, in a new process`, `${run.name}, another step in the same process`];
    for (const [i, name] of names.entries()) {
      rows[i] ??= { name, rounds: [] };
      rows[i].rounds.push(run.result[i]);
    }
  }
  if (options.compile) {
    progress("training: torch.compile");
    // What it compiled in an earlier process would make this one's first call a look into a file.
    const env = { TORCHINDUCTOR_FORCE_DISABLE_CACHES: "1" };
    const run = await runPython<FirstCall>("first_call.py", network, env);
    if (run !== null) rows.push({ name: `${run.name}, in a new process`, rounds: [run.result] });
  }
  return { table: table(rows), data: rows };
}

function table(rows: Row[]): Table {
  const extra = ({ rounds }: Row) => median(rounds.map(({ first, later }) => first - later));
  return {
    title: `${what}: ms`,
    head: ["", "first call", "by rounds", "later call", "first, more than later", "times ours", "target"],
    rows: rows.map((row, i) => {
      const firsts = row.rounds.map(({ first }) => first);
      return [
        row.name,
        micro(median(firsts)),
        `${micro(Math.min(...firsts))} … ${micro(Math.max(...firsts))}`,
        micro(median(row.rounds.map(({ later }) => later))),
        micro(extra(row)),
        times(extra(row) / extra(rows[0])),
        i === 0 ? `<= ${TARGET}` : "",
      ];
    }),
    notes: [
      "First calls are medians of the rounds, one process a round. What the first one takes more than a later one is recording, planning " +
        "and, in a new process, the start of threads and JavaScript that V8 has not compiled yet.",
    ],
  };
}
