/** The same numbers for every contestant, from a formula, which is also in Python. */

/** n numbers in [low, high). */
export function pattern(n: number, low: number, high: number): Float32Array {
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) values[i] = low + ((high - low) * ((i * 7919) % 1000)) / 1000;
  return values;
}

/** A batch: inputs in [0, 1), labels by row. */
export function batchOf(
  inputs: number,
  classes: number,
  batch: number,
): { x: Float32Array; labels: Int32Array } {
  return {
    x: pattern(batch * inputs, 0, 1),
    labels: new Int32Array(batch).map((_, i) => (i * 31) % classes),
  };
}

/** The range of an op's operand. */
export const domainOf = (op: string): [number, number] => (op === "log" ? [0.1, 4] : [-3, 3]);

/** Row length of softmax. */
export const SOFTMAX_WIDTH = 100;
