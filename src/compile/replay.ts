/** The arguments and results of a replay, for every kind of replay. */
import type { Data } from "../dtype.js";

/** A position in an array: the place of an input or an output. */
export interface Memory {
  readonly array: Data;
  readonly offset: number;
}

/** A call that returned a status other than OK. */
export interface Failure {
  readonly call: number;
  /** The position of the label or index that is out of range. */
  readonly status: number;
}
