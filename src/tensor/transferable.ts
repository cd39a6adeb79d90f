/**
 * The form of a tensor in a message: plain data, for `postMessage`, `structuredClone` and their transfer
 * lists. A tensor itself cannot be sent: its memory may be part of a slab with other tensors, and a clone has
 * no methods.
 */
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { DTypeError, ShapeError, ValueError } from "../errors.js";
import { checkShape, numel, type Shape } from "../shape.js";

/** A tensor as plain data: `toTransferable` returns it and `Tensor.from` accepts it. */
export interface TransferableTensor {
  /** The sizes of the dims. */
  shape: number[];
  /** The type of the elements. */
  dtype: DType;
  /** The elements in row-major order, on an ArrayBuffer that holds nothing else. */
  data: Data;
}

/** Copies the elements at these strides into a new array, in row-major order. */
export function ownValues(array: Data, offset: number, shape: Shape, strides: readonly number[]): Data {
  const values = new (array.constructor as new (length: number) => Data)(numel(shape));
  let next = 0;
  const walk = (dim: number, at: number): void => {
    if (dim === shape.length) values[next++] = array[at];
    else for (let i = 0; i < shape[dim]; i++) walk(dim + 1, at + i * strides[dim]);
  };
  walk(0, offset);
  return values;
}

/** Checks the argument of `Tensor.from`, and throws its errors. */
export function checkTransferable(given: unknown): asserts given is TransferableTensor {
  const { shape, dtype, data } = (given ?? {}) as Partial<TransferableTensor>;
  if (shape === undefined || dtype === undefined || data === undefined)
    throw new ValueError(
      `Tensor.from: { shape, dtype, data } is needed, as x.toTransferable() gives it: ${kind(given)}; tensor(…) takes arrays`,
    );
  if (!Object.hasOwn(arrayTypes, dtype))
    throw new DTypeError(
      `Tensor.from: one of ${Object.keys(arrayTypes).join(", ")} is needed: ${String(dtype).slice(0, 40)}`,
      "UNKNOWN_DTYPE",
    );
  checkShape("Tensor.from", shape);
  if (Object.prototype.toString.call(data) !== `[object ${arrayTypes[dtype].name}]`)
    throw new DTypeError(`Tensor.from: ${dtype} lies in a ${arrayTypes[dtype].name}: ${kind(data)}`);
  if (data.length !== numel(shape))
    throw new ShapeError(`Tensor.from: ${data.length} values do not fill [${shape.join(", ")}]`);
  if (dtype === "bool" && data.some((v) => v > 1))
    throw new ValueError(
      "Tensor.from: bool is stored as 0 or 1: data has other values",
      "VALUE_OUT_OF_RANGE",
    );
}

const kind = (value: unknown): string =>
  value === null || value === undefined ? String(value) : Object.prototype.toString.call(value).slice(8, -1);
