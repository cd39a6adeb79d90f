/** Where a stopped or killed run resumes. `String(resumed)` describes it in a sentence. */
export class Resumed {
  constructor(
    /** The checkpoint file. */
    readonly file: string,
    /** The epoch in which the run resumes, counted from 1; `epochs + 1` if the run was finished. */
    readonly epoch: number,
    readonly epochs: number,
    /** Number of steps before the checkpoint. */
    readonly step: number,
    readonly steps: number,
    /** Maximum number of steps made after the checkpoint was written; they are repeated. */
    readonly again: number,
  ) {}

  toString(): string {
    const { file, epoch, epochs, step, steps, again } = this;
    if (epoch > epochs)
      return `${file} holds a finished run: step ${step} of ${steps}, epoch ${epochs} of ${epochs}; nothing is left to train`;
    const before =
      again === 0
        ? "where the run before was stopped: no step is made again"
        : `the run before may have been further: at most ${again} ${again === 1 ? "step is" : "steps are"} made again`;
    return `resumed from ${file}: goes on in epoch ${epoch} of ${epochs} with step ${step + 1} of ${steps}; ${before}`;
  }
}
