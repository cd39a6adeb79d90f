/** Generation: tokens a second of one sequence of a GPT with a cache of keys and values. */
import type { GenerationCase } from "../../contestants/protocol.js";
import { type Context, type starts, withStands } from "../../context.js";
import { type Measurement, measure } from "../../measure.js";
import { micro, short, type Table, times } from "../../table.js";
import { entries } from "./entries.js";

const { sizes } = entries["gpt-256"];

export async function generation({ options }: Context, file: string): Promise<Measurement[]> {
  const names: (keyof typeof starts)[] = ["native", "compiled", "pytorch"];
  if (options.compile) names.push("pytorchCompiled");
  return withStands(names, async (stands) => {
    const given: GenerationCase = { kind: "generation", sizes, file };
    const able = names.filter((name) => stands[name] !== undefined);
    const turns = { rounds: options.rounds, milliseconds: 4 * options.milliseconds };
    const results = await measure(
      able.map((name) => [stands[name]!, given] as const),
      turns,
    );
    for (const { name, check } of results)
      if (check !== results[0].check)
        throw new Error(`generation: other tokens: ${name}, ${results[0].name}`);
    return results;
  });
}

export function generationTable(results: Measurement[]): Table {
  const { layers, heads, width, length } = sizes;
  return {
    title: `Generation, GPT ${layers} layers, ${heads} heads, ${width}: ${length} tokens of one sequence`,
    head: ["", "tokens a second", "µs a token", "median", "times ours"],
    rows: results.map(({ name, best, median }) => [
      name,
      Math.round(1e6 / best).toLocaleString("en-US"),
      short(best),
      micro(median),
      times(best / results[0].best),
    ]),
    notes: [
      "With a cache of keys and values. Every token is the likeliest one and is read by the program; all contestants make the same ones. " +
        "Eagerly, the keys so far are a view of the cache; compiled, a mask hides the rest of it.",
    ],
  };
}
