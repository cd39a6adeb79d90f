/** Calls with random arguments, made on two backends, and what is compared of them. */
import { tagOf } from "../../src/kernels/js/specialize.js";

export type Arrays = (Float32Array | Float64Array | Int32Array | Uint8Array | null)[];

/** Whether an array cannot be copied any more. */
export const detached = (arrays: Arrays): boolean =>
  arrays.some((array) => array !== null && array.length === 0 && array.buffer.byteLength === 0);

/** Copies arrays. Copies share memory where the originals do. */
export function copy(arrays: Arrays): Arrays {
  const buffers = new Map(arrays.map((array) => [array?.buffer, array?.buffer.slice(0)]));
  return arrays.map(
    (array) =>
      array &&
      new (array.constructor as typeof Float32Array)(
        buffers.get(array.buffer) as ArrayBuffer,
        array.byteOffset,
        array.length,
      ),
  );
}

/** The answer of a call, or its error. */
export function answerOf(call: () => number): unknown {
  try {
    return call();
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return { name, code, message };
  }
}

/** Whether two arrays have the same bits. */
export function sameBits(a: Arrays[number], b: Arrays[number]): boolean {
  const bytes = bytesOf(a);
  return bytes === null ? b === null : bytes.equals(bytesOf(b)!);
}

/** Bytes, in which every NaN is the same: its payload is not part of the bits. */
function bytesOf(array: Arrays[number]): Buffer | null {
  if (array === null) return null;
  const bytes = Buffer.from(array.buffer.slice(0));
  if (tagOf(array) > 1) return bytes;
  const size = array.BYTES_PER_ELEMENT;
  array.forEach((value, i) => {
    if (Number.isNaN(value)) bytes.fill(0x7f, array.byteOffset + i * size, array.byteOffset + (i + 1) * size);
  });
  return bytes;
}
