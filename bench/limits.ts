/** The limits of the machine, measured by loops of the native program: no kernel is faster. */
import type { Contestant } from "./contestant.js";
import type { Pattern } from "./contestants/protocol.js";
import { measure, type Turns } from "./measure.js";

/** Bytes that a pattern moves for each element: reads and writes, in floats of four bytes. */
export const bytesPerElement: Record<Pattern, number> = {
  read: 4,
  write: 4,
  copy: 8,
  add: 12,
  sgd: 20,
  adam: 28,
};

/** Larger arrays do not fit in the caches, and streaming stores are tried too. */
const PAST_FROM = 1_000_000;

export class Limits {
  private readonly known = new Map<string, number>();

  constructor(
    private readonly native: Contestant | null,
    readonly threads: number,
    private readonly turns: Turns,
  ) {}

  /** Whether there is a native program to measure them. */
  get available(): boolean {
    return this.native !== null;
  }

  /** Operations a second of all threads together, in billions; NaN without the native program. */
  async peak(threads: number): Promise<number> {
    if (this.native === null) return Number.NaN;
    // Measured again at every request: disturbances can only lower the result.
    const [{ best }] = await measure([[this.native, { kind: "peak", threads }]], this.turns);
    const peak = Math.max((threads * 1e3) / best, this.known.get(`peak ${threads}`) ?? 0);
    this.known.set(`peak ${threads}`, peak);
    return peak;
  }

  /** GB/s of a pattern over arrays of that many elements, on that many threads. */
  async stream(pattern: Pattern, elements: number, threads: number): Promise<number> {
    return this.cached(`stream ${pattern} ${elements} ${threads}`, async (native) => {
      const storing = pattern === "write" || pattern === "copy" || pattern === "add";
      const ways = storing && elements >= PAST_FROM ? [false, true] : [false];
      const entries = ways.map(
        (past) => [native, { kind: "stream", pattern, elements, threads, past }] as const,
      );
      const results = await measure(entries, this.turns);
      return (bytesPerElement[pattern] * elements) / Math.min(...results.map(({ best }) => best)) / 1e3;
    });
  }

  /** The better of one thread and all: what a kernel that chooses well could reach. */
  async fastestStream(pattern: Pattern, elements: number): Promise<number> {
    const one = await this.stream(pattern, elements, 1);
    return this.threads === 1 ? one : Math.max(one, await this.stream(pattern, elements, this.threads));
  }

  private async cached(key: string, find: (native: Contestant) => Promise<number>): Promise<number> {
    if (this.native === null) return Number.NaN;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const value = await find(this.native);
    this.known.set(key, value);
    return value;
  }
}
