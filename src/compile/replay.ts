/** What a replay is given and what it answers, whoever makes it. */
import type { Data } from "../dtype.js";

/** A place to begin in an array: where an input or an output is. */
export interface Memory {
  readonly array: Data;
  readonly offset: number;
}

/** A call that answered something else than OK. */
export interface Failure {
  readonly call: number;
  /** Of the label or index that is out of range. */
  readonly status: number;
}
