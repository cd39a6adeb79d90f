/**
 * How the benchmark talks to those it compares, each in a process of its own: one JSON object a line. The first line a
 * contestant prints says who it is; then it answers every request, in order.
 */

/** A training step of a multilayer perceptron: ReLU between layers, cross-entropy, SGD with momentum 0.9. */
export interface StepCase {
  kind: "step";
  /** Units by layer, inputs first: [784, 512, 256, 10]. */
  sizes: number[];
  batch: number;
}

export type Case = StepCase;

export interface Request {
  case: Case;
  /** How long to repeat it. */
  milliseconds: number;
}

export interface Hello {
  /** Name and version, as a row of a table. */
  name: string;
}

export interface Response {
  /** Microseconds of each repetition. */
  samples: number[];
  /** Loss after the last repetition: a contestant that does not compute cannot have it. */
  check: number;
}
