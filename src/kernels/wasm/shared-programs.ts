/**
 * Recorded programs in the instance whose memory the threads share. The garbage collector does not count such
 * memory and runs no finalizer before the event loop turns, so a loop that makes programs would fill it. So
 * the programs that were not used for the longest time are freed when there are too many. A replay copies in
 * all that a program reads, so a program that was freed is made again when it runs next.
 */
import type { Exports } from "./module.js";

/** What programs may take before others are freed. */
const mostPrograms = 64;
const mostBytes = 512 << 20;

export class SharedProgram {
  constructor(
    private readonly owner: SharedPrograms,
    readonly address: number,
    readonly bytes: number,
  ) {}

  /** Does nothing if it was freed. */
  free(): void {
    this.owner.free(this);
  }
}

export class SharedPrograms {
  /** The last used one at the end. */
  readonly #programs = new Set<SharedProgram>();
  /** Memory that they take. */
  bytes = 0;

  constructor(private readonly exports: Exports) {}

  /** Frees programs until there is room for one more. */
  makeRoom(): void {
    for (const program of this.#programs) {
      if (this.#programs.size < mostPrograms && this.bytes <= mostBytes) return;
      this.free(program);
    }
  }

  add(address: number, bytes: number): SharedProgram {
    const program = new SharedProgram(this, address, bytes);
    this.#programs.add(program);
    this.bytes += bytes;
    return program;
  }

  /** Notes that a program is used. False if it was freed, or is in another instance. */
  use(program: SharedProgram): boolean {
    if (!this.#programs.delete(program)) return false;
    this.#programs.add(program);
    return true;
  }

  free(program: SharedProgram): void {
    if (!this.#programs.delete(program)) return;
    this.bytes -= program.bytes;
    this.exports.freeProgram(program.address);
  }
}
