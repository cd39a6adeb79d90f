import { ValueError } from "../errors.js";

/** A hyperparameter in [low, high), or an error that names it. */
export function checkRange(op: string, name: string, value: number, low: number, high = Infinity): void {
  if (!(value >= low && value < high))
    throw new ValueError(
      `${op}: ${name} is ${high === Infinity ? `>= ${low}` : `in [${low}, ${high})`}: ${String(value)}`,
      "INVALID_HYPERPARAMETER",
    );
}
