/** What a run of `fit` tells: its events, and what it came to. */
import type { Evaluation } from "./evaluate.js";
import type { Resumed } from "./resumed.js";

export interface FitProgress {
  /** `progress` within an epoch, `epoch` at its end. */
  type: "progress" | "epoch";
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Optimizer steps so far, over all epochs. */
  step: number;
  /** Of the whole run; NaN when the length of the source is not known. */
  steps: number;
  /** Mean over the samples of this epoch so far, each measured just before the step it was used in. */
  loss: number;
  /** Likewise; null when targets are neither classes nor decisions, as in `Evaluation`. */
  accuracy: number | null;
  /**
   * Since the event before; at the end of an epoch, over the whole epoch. The consumer's own time does not
   * count.
   */
  imagesPerSecond: number;
  /** Where the run went on from a checkpoint; null when it began at the beginning. */
  resumed: Resumed | null;
  /** Learning rate of the first group, for the step that comes next. */
  lr: number;
  /** At the end of an epoch, when asked for. */
  validation?: Evaluation;
}

/** What the run came to. */
export interface FitResult {
  /** Finished ones. */
  epochs: number;
  steps: number;
  /** As in events. */
  resumed: Resumed | null;
  /** Of the last epoch, as in its last event. */
  loss: number;
  accuracy: number | null;
  validation?: Evaluation;
  /** Spent training and validating. */
  seconds: number;
  /** False after a `break`. */
  completed: boolean;
}
