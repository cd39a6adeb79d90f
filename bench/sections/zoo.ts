/** The zoo: training steps of networks of many kinds, and generation by one, beside PyTorch and JAX. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../context.js";
import type { Measurement } from "../measure.js";
import { runOurs } from "../once.js";
import type { Section } from "../table.js";
import { type Entry, entries } from "./zoo/entries.js";
import { generation, generationTable } from "./zoo/generation.js";
import { measureNetwork, type NetworkResult } from "./zoo/steps.js";
import { zooTables } from "./zoo/tables.js";

export interface ZooData {
  networks: NetworkResult[];
  /** Null if the network that generates was not selected. */
  generation: Measurement[] | null;
}

/** The entries whose names begin with one of the given names; all without names. */
function selected(given: string[]): [string, Entry][] {
  const all = Object.entries(entries);
  for (const name of given)
    if (!all.some(([key]) => key.startsWith(name)))
      throw new Error(`--networks: of ${Object.keys(entries).join(", ")}: ${name}`);
  return given.length === 0 ? all : all.filter(([key]) => given.some((name) => key.startsWith(name)));
}

export async function zoo(context: Context): Promise<Section> {
  const data: ZooData = { networks: [], generation: null };
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-zoo-"));
  try {
    for (const [name, entry] of selected(context.options.networks)) {
      context.progress(`zoo: ${name}`);
      const file = join(folder, `${name}.safetensors`);
      if ((await runOurs("problem", { ...entry, file })) === null) break;
      data.networks.push(await measureNetwork(context, entry, file));
      if (name === "gpt-256") {
        context.progress("zoo: generation");
        data.generation = await generation(context, file);
      }
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const tables = zooTables(data.networks);
  if (data.generation !== null) tables.push(generationTable(data.generation));
  return { name: "zoo", tables, data };
}
