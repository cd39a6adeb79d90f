import { setImmediate } from "node:timers/promises";

/** Milliseconds of work between two turns: with the longest step on top still well below 100. */
const TURN_EVERY = 10;

/**
 * Lets timers, requests and signals run, but only when `TURN_EVERY` has passed since they last did. What counts is
 * time: a step takes between a few microseconds and a tenth of a second.
 */
export class EventLoopTurns {
  #last = performance.now();

  /** Whether it is time for `take`. Asking first spares a short step the cost of an await. */
  get due(): boolean {
    return performance.now() - this.#last >= TURN_EVERY;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
  }
}
