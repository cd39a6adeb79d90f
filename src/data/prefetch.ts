/** Requests and their results, in order. */
export class RequestsAhead<T> {
  readonly #underWay: (T | PromiseLike<T>)[] = [];
  /** Results that are available at once are not requested ahead: that would cost memory and save no time. */
  #waits = true;

  /** At most `most` requests are pending; with 0, each request is made when the consumer takes its result. */
  constructor(
    readonly requests: Iterator<T | PromiseLike<T>>,
    readonly most: number,
  ) {}

  /** The result of the oldest request, a promise or not; null after the last. */
  take(): { answer: T | PromiseLike<T> } | null {
    this.#fill(this.#waits ? Math.max(1, this.most) : 1);
    return this.#underWay.length === 0 ? null : { answer: this.#underWay.shift()! };
  }

  /**
   * Called when the taken result has arrived, so that another request may start while the consumer works on
   * it.
   */
  goOn(): void {
    if (this.#waits) this.#fill(this.most);
  }

  #fill(most: number): void {
    while (this.#underWay.length < most) {
      const { value, done } = this.requests.next();
      if (done) return;
      this.#waits = isThenable(value);
      // Prevents an unhandled rejection: the consumer gets the error later, or has already stopped
      if (isThenable(value)) value.then(undefined, () => {});
      this.#underWay.push(value);
      if (!this.#waits) return;
    }
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
