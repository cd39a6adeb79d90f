/** Signals that end a program, with the exit codes that shells give them. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof signals;

/** Exit code of a program whose reader went away: 128 + SIGPIPE. */
export const BROKEN_PIPE = 141;

/**
 * The first signal asks the program to stop where it is safe, through `signal`; the second one ends it at once. So does
 * a reader that went away (`| head`).
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers = new Map<Signal, () => void>();
  /** What came first: `SIGINT`. */
  by?: Signal | "closed output";
  exitCode = 0;

  constructor() {
    for (const [name, exitCode] of Object.entries(signals) as [Signal, number][]) {
      const handler = () => {
        if (this.by !== undefined) process.exit(exitCode);
        this.#stop(name, exitCode);
      };
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  outputClosed(): void {
    if (this.by === undefined) this.#stop("closed output", BROKEN_PIPE);
  }

  #stop(by: Signal | "closed output", exitCode: number): void {
    this.by = by;
    this.exitCode = exitCode;
    this.#controller.abort();
  }

  /** Signals end the program again as they always do. */
  dispose(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
}
