/** The zoo: training steps of networks of many kinds, beside PyTorch and JAX. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FirstSteps, NetworkCase } from "../contestants/protocol.js";
import { type Context, type starts, withStands } from "../context.js";
import { type Measurement, measure } from "../measure.js";
import { runOurs } from "../once.js";
import type { Section } from "../table.js";
import { type Entry, entries } from "./zoo/entries.js";
import { zooTables } from "./zoo/tables.js";

/** Contestants of the zoo, in the order of the columns; the first ones are ours. */
export const names = ["native", "compiled", "pytorch", "pytorchCompiled", "jaxJit"] as const;
type Name = (typeof names)[number];

export interface NetworkResult {
  entry: Entry;
  results: Partial<Record<Name, Measurement>>;
  /** Billions of operations a second. */
  peak: number;
}

/** First steps whose losses are compared. */
const COMPARED = 3;

/**
 * Contestants sum in other orders, and Adam divides a gradient by its own size: after three steps, losses
 * agree to four digits.
 */
const TOLERANCE = 1e-3;

function checkAgreement({ title }: Entry, results: Partial<Record<Name, Measurement>>): void {
  const all = Object.values(results) as (Measurement & { firstSteps: FirstSteps })[];
  const [own] = all;
  for (const other of all) {
    if (other.firstSteps.parameters !== own.firstSteps.parameters)
      throw new Error(
        `${title}: ${own.name} has ${own.firstSteps.parameters} parameters, ${other.name} ${other.firstSteps.parameters}`,
      );
    for (const [i, loss] of own.firstSteps.losses.entries())
      if (!(Math.abs(loss - other.firstSteps.losses[i]) <= TOLERANCE * Math.abs(loss)))
        throw new Error(
          `${title}: losses of the first steps are ${own.firstSteps.losses} of ${own.name}, ${other.firstSteps.losses} of ${other.name}`,
        );
  }
}

/** The entries whose names begin with one of the given names; all without names. */
function selected(given: string[]): [string, Entry][] {
  const all = Object.entries(entries);
  for (const name of given)
    if (!all.some(([key]) => key.startsWith(name)))
      throw new Error(`--networks: of ${Object.keys(entries).join(", ")}: ${name}`);
  return given.length === 0 ? all : all.filter(([key]) => given.some((name) => key.startsWith(name)));
}

export async function zoo({ options, limits, progress }: Context): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-zoo-"));
  const done: NetworkResult[] = [];
  try {
    for (const [name, entry] of selected(options.networks)) {
      progress(`zoo: ${name}`);
      const { network, sizes, random = false, jax = false } = entry;
      const file = join(folder, `${name}.safetensors`);
      const given: NetworkCase = { kind: "network", network, sizes, random, file, compared: COMPARED };
      if ((await runOurs("problems", [given])) === null) break;
      const left = new Set<keyof typeof starts>();
      if (!options.compile) left.add("pytorchCompiled");
      if (!jax) left.add("jaxJit");
      // Processes of their own for each network: memory is measured, and nothing of another network is left.
      const results = await withStands(
        names.filter((contestant) => !left.has(contestant)),
        async (stands) => {
          const able = names.filter((contestant) => stands[contestant] !== undefined);
          const turns = { rounds: options.rounds, milliseconds: 4 * options.milliseconds };
          const measured = await measure(
            able.map((contestant) => [stands[contestant]!, given] as const),
            turns,
          );
          return Object.fromEntries(able.map((contestant, i) => [contestant, measured[i]]));
        },
      );
      checkAgreement(entry, results);
      done.push({ entry, results, peak: await limits.peak(limits.threads) });
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { name: "zoo", tables: zooTables(done), data: done };
}
