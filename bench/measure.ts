import type { Contestant } from "./contestant.js";
import type { Case, FirstSteps } from "./contestants/protocol.js";

/** The times of one contestant on one case, in microseconds. */
export interface Measurement {
  name: string;
  /** Fastest repetition of all rounds. */
  best: number;
  /** Median of the rounds' medians. */
  median: number;
  /** Median of each round. */
  rounds: number[];
  check: number;
  firstSteps?: FirstSteps;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Turns {
  rounds: number;
  milliseconds: number;
}

/**
 * Measures all contestants in turn, round after round (A B A B), so that a disturbance of the machine affects
 * all of them.
 */
export async function measure(
  entries: readonly (readonly [Contestant, Case])[],
  { rounds, milliseconds }: Turns,
): Promise<Measurement[]> {
  const results = entries.map(
    ([{ name }]): Measurement => ({
      ...{ name, best: Number.POSITIVE_INFINITY, median: 0, check: 0 },
      rounds: [] as number[],
    }),
  );
  for (let round = 0; round < rounds; round++)
    for (const [i, [contestant, given]] of entries.entries()) {
      const response = await contestant.run(given, milliseconds);
      // JSON has no NaN: it arrives as null, or as text that JSON.parse rejects.
      if (typeof response.check !== "number" || !Number.isFinite(response.check))
        throw new Error(`${contestant.name} computed ${response.check}: ${JSON.stringify(given)}`);
      const result = results[i];
      result.best = Math.min(result.best, response.best);
      result.rounds.push(response.median);
      result.check = response.check;
      result.firstSteps = response.firstSteps;
    }
  for (const result of results) result.median = median(result.rounds);
  return results;
}
