/**
 * What a tensor is in a message: plain data, for `postMessage`, `structuredClone` and their transfer lists. A tensor itself cannot be
 * sent: its memory is part of a slab with others in it, and a clone has no methods.
 */
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { DTypeError, ShapeError, ValueError } from "../errors.js";
import { checkShape, numel, type Shape } from "../shape.js";

/** The values of a tensor: what `toTransferable` gives and `Tensor.from` takes. */
export interface TransferableTensor {
  shape: number[];
  dtype: DType;
  /** As many elements as the shape has, row by row, on an ArrayBuffer that holds nothing else. */
  data: Data;
}

/** The elements at these strides, row by row, in an array of their own. */
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

/** @throws what `Tensor.from` throws. */
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
