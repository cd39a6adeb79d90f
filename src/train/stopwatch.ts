/** Seconds spent between `start` and `stop`. */
export class Stopwatch {
  seconds = 0;
  #since = 0;
  start(): void {
    this.#since = performance.now();
  }
  stop(): void {
    this.seconds += (performance.now() - this.#since) / 1000;
  }
}
