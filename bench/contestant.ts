import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Case, Hello, Response } from "./contestants/protocol.js";

/** One of those compared: a process that measures on request. */
export class Contestant {
  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** Starts a contestant; null when it is not installed (its process ends without a hello). */
  static async start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Contestant | null> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...env } });
    child.on("error", () => {});
    child.stdin?.on("error", () => {});
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) return null;
    return new Contestant((JSON.parse(first.value) as Hello).name, child, lines);
  }

  /** Repeats a case for about that long. */
  async run(given: Case, milliseconds: number): Promise<Response> {
    this.process.stdin!.write(`${JSON.stringify({ case: given, milliseconds })}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`${this.name} stopped while measuring ${JSON.stringify(given)}`);
    return JSON.parse(line.value) as Response;
  }

  stop(): void {
    this.process.stdin!.end();
    this.process.kill();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Measurement {
  name: string;
  /** Median of each round, microseconds. */
  rounds: number[];
}

/** Every contestant on one case, in turn, round after round: what disturbs the machine disturbs all of them. */
export async function measure(
  contestants: readonly Contestant[],
  given: Case,
  rounds: number,
  milliseconds: number,
): Promise<Measurement[]> {
  const results = contestants.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = 0; round < rounds; round++)
    for (const [i, contestant] of contestants.entries()) {
      const { samples, check } = await contestant.run(given, milliseconds);
      if (!Number.isFinite(check)) throw new Error(`${contestant.name}: the loss is ${check}`);
      results[i].rounds.push(median(samples));
    }
  return results;
}
