import { printable } from "./quote.js";

/** Maximum number of characters in a message. The offending value could be a whole file. */
const longest = 900;

function shortened(message: string): string {
  const text = printable(message.slice(0, longest + 1));
  return text.length > longest ? `${text.slice(0, longest)}… (${message.length} characters)` : text;
}

/**
 * Every error the library throws on purpose. Messages have one form, `op: rule broken: what was given`, and a
 * `code` that stays the same from version to version, so that programs can tell errors apart.
 * @example new SimdgradError("NO_GRAD", "backward: rule: what was given").code // "NO_GRAD"
 */
export class SimdgradError extends Error {
  override name = "SimdgradError";
  constructor(
    /** Stable and upper case, for example `SHAPE_MISMATCH`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    // Messages can contain names and values from files, keys and classes; `shortened` makes control
    // characters harmless.
    super(shortened(message), options);
  }
}

/**
 * Shapes, dims or lengths that do not fit together. The code is `SHAPE_MISMATCH` by default.
 * @example new ShapeError("add: shapes differ: [2] and [3]").code // "SHAPE_MISMATCH"
 */
export class ShapeError extends SimdgradError {
  override name = "ShapeError";
  constructor(message: string, code = "SHAPE_MISMATCH", options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * A dtype that the operation does not take. The code is `DTYPE_MISMATCH` by default.
 * @example new DTypeError("op: floats are needed: int32").code // "DTYPE_MISMATCH"
 */
export class DTypeError extends SimdgradError {
  override name = "DTypeError";
  constructor(message: string, code = "DTYPE_MISMATCH", options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * A value outside what the operation allows: a label, an index, a probability, a hyperparameter. The code is
 * `INVALID_VALUE` by default.
 * @example new ValueError("op: p is from 0 to 1: 2").code // "INVALID_VALUE"
 */
export class ValueError extends SimdgradError {
  override name = "ValueError";
  constructor(message: string, code = "INVALID_VALUE", options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * Misuse of autograd: a second backward, a non-scalar root, a saved tensor changed in place. The code is
 * `AUTOGRAD` by default.
 * @example new AutogradError("backward: rule: what was given").code // "AUTOGRAD"
 */
export class AutogradError extends SimdgradError {
  override name = "AutogradError";
  constructor(message: string, code = "AUTOGRAD", options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * A file or byte stream that does not have the expected content. The code is `INVALID_FILE` by default;
 * without `path` the file is not known.
 * @example new FileError("readCsv: rule: what was given", "RAGGED_ROW", "a.csv").path // "a.csv"
 */
export class FileError extends SimdgradError {
  override name = "FileError";
  constructor(
    message: string,
    code = "INVALID_FILE",
    /** The path of the file, if it is known. */
    readonly path?: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/**
 * A shape as every message writes it: `[2, 3]`.
 * @example formatShape([2, 3]) // "[2, 3]"
 */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
