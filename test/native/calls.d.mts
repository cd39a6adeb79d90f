/** { numbers, arrays, outputs } of a call by a signature; `nat(most)` draws 0 … most. */
export function makeCall(
  signature: string,
  ops: number,
  nat: (most: number) => number,
): {
  numbers: number[];
  arrays: (Float32Array | Float64Array | Int32Array | Uint8Array | null)[];
  outputs: number[];
};
