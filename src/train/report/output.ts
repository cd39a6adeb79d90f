/** What writes the report of a run. */
import type { FitProgress } from "../fit-progress.js";
import type { StepNorms } from "./gradients.js";
import type { Point } from "./points.js";
import type { RunData } from "./run-data.js";
import type { Values } from "./weights.js";

export interface Output {
  /** Where it writes, for warnings. */
  readonly path: string;
  /** Called before the first step. @throws FileError. */
  open(data: () => RunData): void;
  point(point: Point): void;
  epoch(event: FitProgress): void;
  norms(norms: StepNorms, names: readonly string[]): void;
  weights(values: readonly Values[], step: number): void;
  /** Called between steps, after so many seconds of training, and at the end. @throws FileError. */
  write(data: () => RunData, seconds: number, last: boolean): void;
}
