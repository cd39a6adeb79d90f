import { printError } from "./terminal.js";

/** Signals that end a program, with the exit codes that shells give them. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof signals;

/** Exit code of a program whose reader has closed the pipe: 128 + SIGPIPE. */
export const BROKEN_PIPE = 141;

/**
 * The first signal asks the program, through `signal`, to stop at the next safe place. The second signal ends
 * the program at once; so does the first one while there is nothing to save. A closed pipe (`| head`) counts
 * as a signal.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers = new Map<Signal, () => void>();
  #worthSaving = false;
  /** The first signal that arrived: `SIGINT`. */
  by?: Signal | "closed output" | "another process";
  exitCode = 0;

  /** `command` is the start of messages: `simdgrad train`. */
  constructor(readonly command: string) {
    for (const [name, exitCode] of Object.entries(signals) as [Signal, number][]) {
      const handler = () => this.#arrived(name, exitCode);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From here on a signal waits for a safe place. */
  begin(): void {
    this.#worthSaving = true;
  }

  /** Another process of the same run was stopped, and this one with it. */
  elsewhere(): void {
    if (this.by !== undefined) return;
    this.by = "another process";
    this.exitCode = signals.SIGTERM;
  }

  outputClosed(): void {
    if (this.by === undefined) this.#arrived("closed output", BROKEN_PIPE);
  }

  #arrived(by: Signal | "closed output", exitCode: number): void {
    if (this.by !== undefined) this.#exit(exitCode);
    this.by = by;
    this.exitCode = exitCode;
    if (!this.#worthSaving) {
      this.say("before training began; nothing was saved");
      this.#exit(exitCode);
    }
    this.#controller.abort();
  }

  /**
   * Node waits for the threads of its pool, and a thread may be stuck in a read (a pipe, a network drive that
   * has disconnected). One more signal ends the process even then, because nothing handles it any more.
   */
  #exit(exitCode: number): never {
    this.dispose();
    process.exit(exitCode);
  }

  /** `simdgrad train: stopped by SIGINT at epoch 3, …` */
  say(where: string): void {
    printError(`${this.command}: stopped by ${this.by} ${where}`);
  }

  /** Restores the default: signals end the program. */
  dispose(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
}
