/** The option `report` of `fit`. */
import type { Path } from "../io/index.js";
import type { TrainingData } from "./batches.js";
import type { TensorBoard } from "./tensorboard.js";

/** A page about a run, with what only you know about it. */
export interface ReportOptions {
  /** The HTML file. It is replaced while the run goes on, at most once a second, and at the end. */
  path: Path;
  /** Default: the name of the model's class. */
  title?: string;
  /** Names of the classes, in the order of their indices. Default: the indices. */
  classes?: readonly string[];
  /**
   * Data for the confusion matrix and the most wrong samples, read once, after the last step. Default:
   * `validation`, else none.
   */
  test?: TrainingData;
  /**
   * The shape of a sample as a picture: `[height, width]`, `[1, height, width]` or `[3, height, width]`.
   * Default: the sample's own shape, if it is one of these.
   */
  image?: readonly number[];
  /** How to start the run again. Default: the command line of this process. */
  command?: string;
}

/** What describes a run: the path of an HTML file, a page with options, or a folder for TensorBoard. */
export type Report = Path | ReportOptions | TensorBoard;
