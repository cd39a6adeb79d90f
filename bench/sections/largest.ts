/** The largest networks: a training step of GPT-2 and a forward pass of ResNet-50, in time and memory. */
import type { Largest, LargestGiven } from "../contestants/once/largest.js";
import type { Context } from "../context.js";
import { type Run, runOurs, runPython } from "../once.js";
import { type Section, short, type Table, times } from "../table.js";

type Task = Omit<LargestGiven, "compiled" | "calls"> & { title: string };

const resnet50 = (batch: number): Task => ({
  title: `ResNet-50, forward pass of ${batch} x 3 x 224 x 224`,
  network: "resnet50",
  sizes: { batch, size: 224 },
  task: "forward",
});

const tasks: Task[] = [
  {
    title: "GPT-2 124M, training step, T 256, B 2, AdamW",
    network: "gpt",
    sizes: {
      ...{ layers: 12, heads: 12, width: 768, context: 1024, vocabulary: 50_257, bias: 1 },
      ...{ length: 256, batch: 2 },
    },
    task: "step",
  },
  resnet50(1),
  resnet50(8),
];

/** Calls after the first; a step takes seconds. */
const MOST_CALLS = 10;

/**
 * Each contestant draws its own weights, so only sizes must agree: losses of about ln(50,257) = 10.8 within a
 * tenth, mean squares of outputs within a factor of ten.
 */
function checkAgreement(title: string, task: Task["task"], [own, ...others]: Run<Largest>[]): void {
  for (const { name, result } of others) {
    const ratio = result.value / own.result.value;
    const alike = task === "step" ? Math.abs(ratio - 1) < 0.1 : ratio > 0.1 && ratio < 10;
    if (result.parameters !== own.result.parameters || !alike)
      throw new Error(
        `${title}: ${own.name} has ${JSON.stringify(own.result)}, ${name} ${JSON.stringify(result)}`,
      );
  }
}

export async function largest({ options, progress }: Context): Promise<Section> {
  const done: { title: string; runs: Run<Largest>[] }[] = [];
  for (const { title, ...task } of tasks) {
    const runs: Run<Largest>[] = [];
    const calls = Math.min(MOST_CALLS, options.rounds);
    for (const compiled of [false, true]) {
      progress(`largest: ${title}${compiled ? ", compiled" : ""}`);
      const given: LargestGiven = { ...task, compiled, calls };
      runs.push(...[await runOurs<Largest>("largest", given)].flatMap((run) => ours(run, compiled)));
      if (compiled && !options.compile) continue;
      runs.push(...[await runPython<Largest>("largest.py", given)].flatMap((run) => run ?? []));
    }
    if (runs.length === 0) continue;
    checkAgreement(title, task.task, runs);
    done.push({ title, runs });
  }
  return { name: "largest", tables: done.map(({ title, runs }) => table(title, runs)), data: done };
}

const ours = (run: Run<Largest> | null, compiled: boolean): Run<Largest>[] =>
  run === null ? [] : [{ ...run, name: `${run.name}${compiled ? " compiled" : ""}` }];

function table(title: string, runs: Run<Largest>[]): Table {
  const [{ result: own }] = runs;
  return {
    title: `${title}, ${own.parameters.toLocaleString("en-US")} parameters`,
    head: ["", "first call, ms", "fastest, ms", "times ours", "peak memory, MB", "times ours"],
    rows: runs.map(({ name, result }) => [
      name,
      short(result.first),
      short(result.best),
      times(result.best / own.best),
      short(result.peak / 1e6),
      times(result.peak / own.peak),
    ]),
    notes: ["A process each. Memory is that of the whole process."],
  };
}
