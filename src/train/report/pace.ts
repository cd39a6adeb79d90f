/** Work beside training that may take a share of its time. */
export class Pace {
  #spent = 0;
  #last = Number.NEGATIVE_INFINITY;
  #cost: number;

  /**
   * @param share Of the time of training.
   * @param guess Milliseconds that the work takes, before it was measured.
   * @param apart The least seconds of training from one time to the next.
   */
  constructor(
    private readonly share: number,
    guess: number,
    private readonly apart = 0,
  ) {
    this.#cost = guess;
  }

  /** Whether the work fits now: as long as the last time, it stays within its share. */
  due(seconds: number): boolean {
    return seconds - this.#last >= this.apart && this.#spent + this.#cost <= 1000 * this.share * seconds;
  }

  /** Does the work and measures it. `free`: at the start or the end of a run, which is not counted. */
  spend<T>(seconds: number, work: () => T, free = false): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#cost = performance.now() - start;
      if (!free) this.#spent += this.#cost;
      this.#last = seconds;
    }
  }
}
