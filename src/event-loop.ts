/** Turns of the event loop during long work on this thread. */
import { setImmediate } from "node:timers/promises";

/** Milliseconds of work between two turns: with the longest step on top still well below 100. */
const TURN_EVERY = 10;

let last = performance.now();

/**
 * Whether timers, requests and signals have waited for `TURN_EVERY`. What counts is time: a step takes
 * between a few microseconds and a tenth of a second. Asking first spares a short step the cost of an await.
 */
export function turnIsDue(): boolean {
  return performance.now() - last >= TURN_EVERY;
}

/** Lets timers, requests and signals run. */
export async function takeTurn(): Promise<void> {
  await setImmediate();
  last = performance.now();
}
