/** Work beside training that may take a share of its time. */
export class Pace {
  #spent = 0;
  #last = Number.NEGATIVE_INFINITY;
  /** The least milliseconds that it took: other programs may have had the processor the other times. */
  #cost: number | null = null;

  /**
   * @param share Of the time of training.
   * @param apart The least seconds of training from one time to the next.
   */
  constructor(
    private readonly share: number,
    private readonly apart = 0,
  ) {}

  /**
   * Whether the work fits now: what it has taken so far, and its next time, are within its share. `guess`:
   * the milliseconds that it takes, before it was measured.
   */
  due(seconds: number, guess: number): boolean {
    const budget = 1000 * this.share * seconds;
    return seconds - this.#last >= this.apart && this.#spent + (this.#cost ?? guess) <= budget;
  }

  /** Does the work and measures it. `needed`: the milliseconds that training would have taken instead. */
  spend<T>(seconds: number, work: () => T, needed = 0): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      const cost = Math.max(0, performance.now() - start - needed);
      this.#cost = Math.min(cost, this.#cost ?? cost);
      this.#spent += cost;
      this.#last = seconds;
    }
  }
}
