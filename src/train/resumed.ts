/** Where a run goes on that was stopped or killed before. `String(resumed)` says so in a sentence. */
export class Resumed {
  constructor(
    /** The checkpoint. */
    readonly file: string,
    /** The one that it goes on in, from 1; `epochs + 1` when the run was finished. */
    readonly epoch: number,
    readonly epochs: number,
    /** Steps that the checkpoint holds. */
    readonly step: number,
    readonly steps: number,
    /** Steps at most that were made after the checkpoint was written, and are made again. */
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
