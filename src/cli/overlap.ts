/** A model of the overlap of exchanges with backward: when a training step ends on several ranks. */

/** What a rank computes in a step, in milliseconds from the beginning of the step. */
export interface Timeline {
  /** For each bucket of gradients, in the order of their exchanges: when all gradients in it are final. */
  readonly final: readonly number[];
  /** When the rank has nothing left to compute and waits for the exchanges. */
  readonly waits: number;
  /** The whole step, with the update that follows, if no exchange took any time. */
  readonly whole: number;
}

/**
 * Milliseconds of a step in which the exchanges of the buckets take so long. One thread makes them, in their
 * order: each begins when its bucket is final and the one before it has ended. The update waits for all. The
 * model takes it that an exchange slows no kernel down: the thread has a core of its own, or the time passes
 * on the network.
 */
export function stepTime({ final, waits, whole }: Timeline, exchanges: readonly number[]): number {
  let ended = 0;
  for (const [bucket, milliseconds] of exchanges.entries())
    ended = Math.max(ended, final[bucket]) + milliseconds;
  return Math.max(ended, waits) + (whole - waits);
}
