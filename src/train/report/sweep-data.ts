/** What a page knows of a sweep. */
import type { Fact } from "./run-data.js";

/** A run of a sweep: what varied, and what came of it. */
export interface SweptRun {
  readonly parameters: number;
  /** On the validation samples after the last epoch; null for a run that failed. */
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly seconds: number;
  /** The error code of a run without numbers: `NAN_LOSS`. */
  readonly failure: string | null;
  /** After each epoch, on the validation samples. */
  readonly history: readonly { readonly epoch: number; readonly loss: number; readonly accuracy: number }[];
}

export interface SweepData {
  /** Best first. */
  readonly runs: readonly (SweptRun & Readonly<Record<string, unknown>>)[];
  /** Names of the hyperparameters, in their order. */
  readonly varied: readonly string[];
  readonly combinations: number;
  readonly running: boolean;
  readonly facts: readonly Fact[];
  readonly command: string;
}
