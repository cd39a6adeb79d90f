/** The events and the result of a run of `fit`. */
import type { Evaluation } from "./evaluate.js";
import type { Resumed } from "./resumed.js";

/** An event of a run of `fit`. */
export interface FitProgress {
  /** `progress` within an epoch, `epoch` at the end of one. */
  type: "progress" | "epoch";
  /** Counted from 1. */
  epoch: number;
  /** Number of epochs of the whole run. */
  epochs: number;
  /** Number of optimizer steps so far, over all epochs. */
  step: number;
  /** Number of steps of the whole run; NaN if the length of the source is not known. */
  steps: number;
  /** Mean over the samples of this epoch so far. Each is measured just before the step that trains on it. */
  loss: number;
  /** The same for the accuracy; null if targets are neither classes nor decisions, as in `Evaluation`. */
  accuracy: number | null;
  /**
   * Since the previous event; at the end of an epoch, over the whole epoch. Time in the consumer's code does
   * not count.
   */
  imagesPerSecond: number;
  /** Where the run resumed from a checkpoint; null if it started from the beginning. */
  resumed: Resumed | null;
  /** Learning rate of the first group for the next step. */
  lr: number;
  /** Of the validation data, at the end of an epoch. Absent without `validation`, and in other events. */
  validation?: Evaluation;
}

/** The result of a run. */
export interface FitResult {
  /** Number of finished epochs. */
  epochs: number;
  /** Number of optimizer steps. */
  steps: number;
  /** As in events. */
  resumed: Resumed | null;
  /** Loss of the last epoch, as in its last event. */
  loss: number;
  /** Accuracy of the last epoch, as in its last event. */
  accuracy: number | null;
  /** Validation of the last epoch. Absent without `validation`. */
  validation?: Evaluation;
  /** Time spent on training and validation. */
  seconds: number;
  /** False after a `break`. */
  completed: boolean;
}
