/** Lets the event loop turn during long work on this thread. */
import { nextTurn } from "./host/turn.js";

/**
 * Milliseconds of work between two turns. Even with the longest step added, the pause stays well below 100.
 */
const TURN_EVERY = 10;

/** Unknown before the first check: reading the clock would load Node's perf_hooks during import. */
let last: number | undefined;

/**
 * Whether timers, requests and signals have waited for `TURN_EVERY`. The check goes by time and not by the
 * number of steps: a step takes between a few microseconds and a tenth of a second. Checking first saves a
 * short step the cost of an await.
 */
export function turnIsDue(): boolean {
  const now = performance.now();
  last ??= now;
  return now - last >= TURN_EVERY;
}

/** Lets timers, requests and signals run. */
export async function takeTurn(): Promise<void> {
  await nextTurn();
  last = performance.now();
}
