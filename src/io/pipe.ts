/**
 * Named pipes. Opening a pipe blocks until the other end is opened, and it blocks a thread that no signal
 * reaches; so pipes are opened without waiting, asked again while nobody is there, and given up after a
 * while.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait for the other end. */
export const pipePatience = { ms: 10_000 };

export const NO_WRITER = "NO_WRITER";

const PAUSE = 10;
const bell = new Int32Array(new SharedArrayBuffer(4));

/** Without it, opening waits. Windows has no such flag and no such pipes. */
const NONBLOCK = fs.constants.O_NONBLOCK ?? 0;
export const readingFlags = fs.constants.O_RDONLY | NONBLOCK;
const writingFlags = fs.constants.O_WRONLY | NONBLOCK;

/** Makes attempts until one gives an answer: `attempt` says undefined for "not yet". */
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

/** Reads from what was opened with `readingFlags`; a pipe ends when all its writers have closed it. */
export class Source {
  readonly #deadline = performance.now() + pipePatience.ms;
  #begun: boolean;

  constructor(isPipe: boolean) {
    this.#begun = !isPipe;
  }

  /** @throws an error of code `NO_WRITER` when nothing comes. */
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
 * Opens a pipe when somebody reads it. Opening it again does not wait then; this descriptor is closed after
 * that, since the end of the last writer is the end of the pipe. @throws ENXIO when nobody comes.
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
