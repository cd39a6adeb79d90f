/**
 * { numbers, arrays, outputs } of a call, generated from the row of its kernel; `nat(most)` draws 0 … most.
 */
export function makeCall(
  kernel: string,
  row: object,
  ops: number,
  nat: (most: number) => number,
): {
  numbers: number[];
  arrays: (Float32Array | Float64Array | Int32Array | Uint8Array | null)[];
  outputs: number[];
};
