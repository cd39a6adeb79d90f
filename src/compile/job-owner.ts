import { claim, type Owner, type Use } from "../busy.js";
import { nextTurn } from "../host/turn.js";
import type { Job } from "../kernels/addon.js";

/** A job as the owner of the memory that it works on. */
export class JobOwner implements Owner {
  #claimed: (() => void) | null;
  #over = false;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly job: Job,
    private readonly memory: Use,
  ) {
    this.#claimed = claim(memory, this);
  }

  release(): void {
    this.#over = true;
    this.#claimed?.();
    this.#claimed = null;
  }

  /**
   * Pauses take turns. If the thread were resumed after one of them while the next is working on the memory,
   * both would access it.
   */
  whilePaused(fn: () => void): Promise<boolean> {
    const mine = this.#turns.then(() => this.#betweenSteps(fn));
    this.#turns = mine.catch(() => {});
    return mine;
  }

  async #betweenSteps(fn: () => void): Promise<boolean> {
    while (!this.#over) {
      if (!(await this.job.pause())) {
        // The job has ended, and `release` will follow.
        await nextTurn();
        continue;
      }
      this.#claimed?.();
      try {
        fn();
        return true;
      } finally {
        this.#claimed = claim(this.memory, this);
        this.job.resume();
      }
    }
    return false;
  }
}
