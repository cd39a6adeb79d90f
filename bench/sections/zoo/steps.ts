/** Training steps of the networks of the zoo. */
import type { Contestant } from "../../contestant.js";
import type { FirstSteps, NetworkCase } from "../../contestants/protocol.js";
import { type Context, type starts, withStands } from "../../context.js";
import { type Measurement, measure } from "../../measure.js";
import type { Entry } from "./entries.js";

/** Contestants of the zoo, in the order of the columns; the first ones are ours. */
const names = ["native", "compiled", "pytorch", "pytorchCompiled", "jaxJit"] as const;
type Name = (typeof names)[number];

export interface NetworkResult {
  entry: Entry;
  results: Partial<Record<Name, Measurement>>;
  /** Where torch.compile has other losses. */
  notes: string[];
  /** Billions of operations a second. */
  peak: number;
}

/** Microseconds of the fastest peer; NaN without any. */
export function fastestPeer({ results: { native, compiled, ...peers } }: NetworkResult): number {
  const all = Object.values(peers).map(({ best }) => best);
  return all.length === 0 ? Number.NaN : Math.min(...all);
}

/** First steps whose losses are compared. */
const COMPARED = 3;

/**
 * Contestants sum in other orders, and Adam divides a gradient by its own size: after three steps, losses
 * agree to four digits.
 */
const TOLERANCE = 1e-3;

/**
 * Compares the contestants with the first. Returns what the table has to say of torch.compile, whose
 * generated code draws other random numbers and sums in other orders. @throws Error if any other has other
 * losses.
 */
function checkAgreement({ title }: Entry, results: Partial<Record<Name, Measurement>>): string[] {
  const all = Object.entries(results) as [Name, Measurement & { firstSteps: FirstSteps }][];
  const [[, own]] = all;
  const notes: string[] = [];
  for (const [name, other] of all) {
    if (other.firstSteps.parameters !== own.firstSteps.parameters)
      throw new Error(
        `${title}: ${own.name} has ${own.firstSteps.parameters} parameters, ${other.name} ${other.firstSteps.parameters}`,
      );
    const differs = (loss: number, i: number) =>
      !(Math.abs(loss - other.firstSteps.losses[i]) <= TOLERANCE * Math.abs(loss));
    if (!own.firstSteps.losses.some(differs)) continue;
    const what = `${title}: losses of the first steps are ${own.firstSteps.losses} of ${own.name}, ${other.firstSteps.losses} of ${other.name}`;
    if (name !== "pytorchCompiled" || differs(own.firstSteps.losses[0], 0)) throw new Error(what);
    notes.push(`${what}.`);
  }
  return notes;
}

/** Whether a contestant is here and can make the step. A line says why a peer cannot; we must. */
async function prepares(
  name: Name,
  contestant: Contestant | undefined,
  given: NetworkCase,
): Promise<boolean> {
  try {
    await contestant?.run(given, 1);
    return contestant !== undefined;
  } catch (error) {
    if (name === "native" || name === "compiled") throw error;
    console.error(`bench: left out: ${(error as Error).message}`);
    return false;
  }
}

/** A network by all contestants that are here. `file`: of its initial weights and batch. */
export async function measureNetwork(
  { options, limits }: Context,
  entry: Entry,
  file: string,
): Promise<NetworkResult> {
  const { network, sizes, random = false, jax = false } = entry;
  const given: NetworkCase = { kind: "network", network, sizes, random, file, compared: COMPARED };
  const left = new Set<keyof typeof starts>();
  if (!options.compile) left.add("pytorchCompiled");
  if (!jax) left.add("jaxJit");
  // Processes of their own for each network: memory is measured, and nothing of another network is left.
  const results = await withStands(
    names.filter((name) => !left.has(name)),
    async (stands) => {
      const able: Name[] = [];
      for (const name of names) if (await prepares(name, stands[name], given)) able.push(name);
      const turns = { rounds: options.rounds, milliseconds: 4 * options.milliseconds };
      const measured = await measure(
        able.map((name) => [stands[name]!, given] as const),
        turns,
      );
      return Object.fromEntries(able.map((name, i) => [name, measured[i]]));
    },
  );
  const notes = checkAgreement(entry, results);
  return { entry, results, notes, peak: await limits.peak(limits.threads) };
}
