/** Requests and their answers, in order. */
export class RequestsAhead<T> {
  readonly #underWay: (T | PromiseLike<T>)[] = [];
  /** Answers that are available at once are not requested ahead: that would cost memory and save no time. */
  #waits = true;

  /**
   * At most `most` requests are under way; with 0 they are made one by one, when somebody takes the answer.
   */
  constructor(
    readonly requests: Iterator<T | PromiseLike<T>>,
    readonly most: number,
  ) {}

  /** The answer to the oldest request, a promise or not; null after the last. */
  take(): { answer: T | PromiseLike<T> } | null {
    this.#fill(this.#waits ? Math.max(1, this.most) : 1);
    return this.#underWay.length === 0 ? null : { answer: this.#underWay.shift()! };
  }

  /** The answer that was taken has arrived, so another request may start while the consumer works on it. */
  goOn(): void {
    if (this.#waits) this.#fill(this.most);
  }

  #fill(most: number): void {
    while (this.#underWay.length < most) {
      const { value, done } = this.requests.next();
      if (done) return;
      this.#waits = isThenable(value);
      // Its turn comes, or the consumer left before it
      if (isThenable(value)) value.then(undefined, () => {});
      this.#underWay.push(value);
      if (!this.#waits) return;
    }
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
