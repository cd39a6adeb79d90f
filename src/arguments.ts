import { DTypeError, ValueError } from "./errors.js";
import { quoted } from "./quote.js";
import { isOptions, isTensor } from "./recognize.js";

/*
 * Checks of arguments. JavaScript converts nearly everything to a number, and the rest to NaN. So every
 * public function calls these checks first, and all errors have the same form:
 * `fill_: value is a number: "a"`.
 */

/** A hint for an options object in the place of a positional argument: options come last. */
const hint = (given: unknown) => (isOptions(given) ? "; options come last" : "");

/** The error `op: name is a number: what was given`. */
function refused(op: string, name: string, needed: string, given: unknown): ValueError {
  return new ValueError(`${op}: ${name} is ${needed}: ${quoted(given)}${hint(given)}`);
}

/** Checks that all of them are tensors. @throws DTypeError `NOT_A_TENSOR` */
export function checkTensors(op: string, ...given: readonly unknown[]): void {
  for (let i = 0; i < given.length; i++) if (!isTensor(given[i])) throw notATensor(op, given[i]);
}

/** Checks tensors that may be omitted, as null or undefined. @throws DTypeError `NOT_A_TENSOR` */
export function checkOptionalTensors(op: string, ...given: readonly unknown[]): void {
  for (const x of given) if (x !== undefined && x !== null && !isTensor(x)) throw notATensor(op, x);
}

function notATensor(op: string, given: unknown): DTypeError {
  return new DTypeError(`${op}: a tensor is needed: ${quoted(given)}`, "NOT_A_TENSOR");
}

/** Checks an array of tensors. @throws DTypeError `NOT_A_TENSOR`, also if `given` is not an array. */
export function checkTensorList(op: string, given: unknown): void {
  if (!Array.isArray(given))
    throw new DTypeError(
      `${op}: an array of tensors is needed, ${op}([a, b]): ${quoted(given)}`,
      "NOT_A_TENSOR",
    );
  for (const x of given) if (!isTensor(x)) throw notATensor(op, x);
}

/** Checks operands: tensors, numbers or booleans. @throws DTypeError `NOT_A_TENSOR` */
export function checkOperands(op: string, ...given: readonly unknown[]): void {
  for (const v of given)
    if (typeof v !== "number" && typeof v !== "boolean" && !isTensor(v))
      throw new DTypeError(`${op}: operands are tensors or numbers: ${quoted(v)}`, "NOT_A_TENSOR");
}

type Given = Readonly<Record<string, unknown>>;

/** Checks that all values of `{ name: value }` are numbers. NaN and infinities are numbers. */
export function checkNumbers(op: string, given: Given): void {
  for (const [name, value] of Object.entries(given))
    if (typeof value !== "number") throw refused(op, name, "a number", value);
}

/** Checks that all values of `{ name: value }` are integers from `min` to `max`. */
export function checkIntegers(
  op: string,
  given: Given,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): void {
  for (const [name, value] of Object.entries(given))
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      const above = min > Number.MIN_SAFE_INTEGER ? ` >= ${min}` : "";
      const below = max < Number.MAX_SAFE_INTEGER ? `${above === "" ? "" : " and"} <= ${max}` : "";
      throw refused(op, name, `an integer${above}${below}`, value);
    }
}

/** Checks that all values of `{ name: value }` are booleans. */
export function checkBooleans(op: string, given: Given): void {
  for (const [name, value] of Object.entries(given))
    if (typeof value !== "boolean") throw refused(op, name, "true or false", value);
}

/** Checks that all values of `{ name: value }` are functions. */
export function checkFunctions(op: string, given: Given): void {
  for (const [name, value] of Object.entries(given))
    if (typeof value !== "function") throw refused(op, name, "a function", value);
}

/** Checks that each value of `{ name: value }` is one of `words`. */
export function checkWords(op: string, words: readonly unknown[], given: Given): void {
  for (const [name, value] of Object.entries(given))
    if (!words.includes(value))
      throw refused(
        op,
        name,
        words.map((w) => (typeof w === "string" ? `"${w}"` : String(w))).join(" or "),
        value,
      );
}

/**
 * Checks one array of integers: a shape or dims. It takes no `{ name: value }`, because views call it each
 * time.
 */
export function checkIntegerList(op: string, name: string, given: unknown): void {
  if (!Array.isArray(given)) throw refused(op, name, "an array of integers", given);
  for (let i = 0; i < given.length; i++)
    if (!Number.isSafeInteger(given[i])) throw refused(op, name, "an array of integers", given);
}
