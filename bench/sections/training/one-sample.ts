/** Inference for one sample: every weight is needed once, so reading them from the caches is the limit. */
import type { Contestant } from "../../contestant.js";
import type { Case, InferenceCase, StreamCase } from "../../contestants/protocol.js";
import { type Context, type starts, withStands } from "../../context.js";
import { measure } from "../../measure.js";
import { short, type Table, times } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, withoutNativeCore } from "./part.js";

type Start = keyof typeof starts;

/** Times the read of the weights. */
const TARGET = 1.2;

const given: InferenceCase = { kind: "inference", sizes: networks[0].sizes, batch: 1 };
const what = `One sample through ${given.sizes.join("-")}`;
const weights = given.sizes.slice(1).reduce((sum, size, i) => sum + given.sizes[i] * size, 0);

export async function oneSample({ options, limits, loops, progress }: Context): Promise<Part> {
  progress("training: one sample");
  const names: Start[] = ["compiled", "native", "pytorch"];
  if (options.compile) names.push("pytorchCompiled");
  const counts = loops === null ? [] : [...new Set([limits.threads, 1])];
  return withStands(names, async (stands) => {
    if (stands.compiled === undefined) return withoutNativeCore(what);
    const reads = counts.map((threads): [Contestant, StreamCase] => [
      loops!,
      { kind: "stream", pattern: "read", elements: weights, threads, past: false },
    ]);
    const forward = names.flatMap((name) => stands[name] ?? []);
    const entries: (readonly [Contestant, Case])[] = [
      ...reads,
      ...forward.map((contestant) => [contestant, given] as const),
    ];
    const results = await measure(entries, options);
    for (const [i, threads] of counts.entries())
      results[i].name = `reading the weights, ${threads} ${threads === 1 ? "thread" : "threads"}`;
    return { table: table(results, counts.length), data: { case: given, weights, results } };
  });
}

function table(results: Awaited<ReturnType<typeof measure>>, reads: number): Table {
  const own = results[reads];
  return {
    title: `${what}: µs, no gradients`,
    head: ["", "fastest", "median", "rounds", "times ours", "times the read", "target"],
    rows: results.map((result) => [
      result.name,
      short(result.best),
      short(result.median),
      `${short(Math.min(...result.rounds))} … ${short(Math.max(...result.rounds))}`,
      times(result.best / own.best),
      reads === 0 ? "" : times(result.best / results[0].best),
      result === own ? `<= ${TARGET}` : "",
    ]),
    notes: [
      `${weights.toLocaleString("en-US")} weights, ${short((4 * weights) / 1e6)} MB, read again and again by a loop that only loads, shared by ` +
        "the threads. Ratios are of fastest times.",
    ],
  };
}
