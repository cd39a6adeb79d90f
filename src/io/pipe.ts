/**
 * Named pipes. Opening a pipe blocks until the other end is opened, and it blocks a thread that no signal can
 * interrupt. So pipes are opened without blocking; the attempt is repeated while the other end is closed, and
 * fails after a timeout.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait for the other end. */
export const pipePatience = { ms: 10_000 };

export const NO_WRITER = "NO_WRITER";

const PAUSE = 10;
const bell = new Int32Array(new SharedArrayBuffer(4));

/** Without this flag, opening blocks. Windows has neither this flag nor such pipes. */
const NONBLOCK = fs.constants.O_NONBLOCK ?? 0;
export const readingFlags = fs.constants.O_RDONLY | NONBLOCK;
const writingFlags = fs.constants.O_WRONLY | NONBLOCK;

/** Repeats `attempt` until it returns a value; undefined means "not yet". */
function untilSync<T>(attempt: () => T | undefined): T {
  for (;;) {
    const answer = attempt();
    if (answer !== undefined) return answer;
    Atomics.wait(bell, 0, 0, PAUSE);
  }
}

async function until<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    await sleep(PAUSE);
  }
}

const isNotYet = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

/** Reads from a file opened with `readingFlags`; a pipe ends when all its writers have closed it. */
export class Source {
  readonly #deadline = performance.now() + pipePatience.ms;
  #begun: boolean;

  constructor(isPipe: boolean) {
    this.#begun = !isPipe;
  }

  /** @throws an error of code `NO_WRITER` when no data arrives. */
  readSync(read: () => number): number {
    return untilSync(() => {
      try {
        return this.#answer(read());
      } catch (error) {
        if (!isNotYet(error, "EAGAIN")) throw error;
        return undefined;
      }
    });
  }

  read(read: () => Promise<number>): Promise<number> {
    return until(async () => {
      try {
        return this.#answer(await read());
      } catch (error) {
        if (!isNotYet(error, "EAGAIN")) throw error;
        return undefined;
      }
    });
  }

  #answer(count: number): number | undefined {
    this.#begun ||= count > 0;
    if (this.#begun) return count;
    if (performance.now() > this.#deadline)
      throw Object.assign(new Error("nobody writes the pipe"), { code: NO_WRITER });
    return undefined;
  }
}

/**
 * Opens a pipe once a reader has opened it. Opening the pipe again then does not block. Close this descriptor
 * only after that, because the pipe ends when its last writer closes it. @throws ENXIO when no reader comes.
 */
export function awaitReaderSync(path: string): number {
  const deadline = performance.now() + pipePatience.ms;
  return untilSync(() => openRead(path, deadline));
}

export function awaitReader(path: string): Promise<number> {
  const deadline = performance.now() + pipePatience.ms;
  return until(async () => openRead(path, deadline));
}

function openRead(path: string, deadline: number): number | undefined {
  try {
    return fs.openSync(path, writingFlags);
  } catch (error) {
    if (!isNotYet(error, "ENXIO") || performance.now() > deadline) throw error;
    return undefined;
  }
}
