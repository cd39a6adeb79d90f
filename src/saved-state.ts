/**
 * Saved states (of schedulers, loaders, checkpoints) come from files, which anybody may have changed. Each
 * field is read once, and the whole state is checked before any of it is applied.
 */
import { SimdgradError } from "./errors.js";
import { quoted } from "./quote.js";

/** What a field must be: as text, and as a test. */
export interface Kind<T> {
  readonly words: string;
  readonly holds: (value: unknown) => value is T;
}

function kind<T>(words: string, holds: (value: any) => boolean): Kind<T> {
  return { words, holds: holds as (value: unknown) => value is T };
}

export const count = kind<number>("an integer >= 0", (x) => Number.isSafeInteger(x) && x >= 0);
export const positive = kind<number>("an integer >= 1", (x) => Number.isSafeInteger(x) && x >= 1);
export const finite = kind<number>("a finite number", Number.isFinite);
export const notNegative = kind<number>("a number >= 0", (x) => Number.isFinite(x) && x >= 0);
export const aboveZero = kind<number>("a number > 0", (x) => Number.isFinite(x) && x > 0);
/** A number from `low` to `high`, both included. */
export const between = (low: number, high: number) =>
  kind<number>(`in [${low}, ${high}]`, (x) => Number.isFinite(x) && x >= low && x <= high);
export const oneOf = (...words: readonly string[]) =>
  kind<string>(words.join(" or "), (x) => words.includes(x));
export const number = kind<number>("a number", (x) => typeof x === "number" && !Number.isNaN(x));
export const flag = kind<boolean>("true or false", (x) => typeof x === "boolean");
export const callable = kind<(...args: any[]) => unknown>("a function", (x) => typeof x === "function");
export const record = kind<Record<string, unknown>>(
  "an object",
  (x) => typeof x === "object" && x !== null && !Array.isArray(x),
);
export const list = kind<unknown[]>("a list", Array.isArray);
/** The state of a generator. */
export const words = kind<number[]>(
  "4 int32 words",
  (x) =>
    Array.isArray(x) &&
    x.length === 4 &&
    [...x].every((word) => typeof word === "number" && word === (word | 0)),
);

/** An array of `length` items of one kind; of any length if none is given. */
export function listOf<T>(item: Kind<T>, length?: number): Kind<T[]> {
  return kind(
    `${length === undefined ? "a list" : `a list of ${length}`}, each ${item.words}`,
    (x) =>
      Array.isArray(x) &&
      (length === undefined || x.length === length) &&
      [...x].every((one) => item.holds(one)),
  );
}

export function optional<T>(item: Kind<T>): Kind<T | undefined> {
  return kind(item.words, (x) => x === undefined || item.holds(x));
}

/** One value for all, or a list of values. */
export function oneOrMore<T>(item: Kind<T>): Kind<T | T[]> {
  return kind(`${item.words}, or a list of such`, (x) => item.holds(x) || listOf(item).holds(x));
}

export function orNull<T>(item: Kind<T>): Kind<T | null> {
  return kind(`${item.words}, or null`, (x) => x === null || item.holds(x));
}

/** Exactly this value. */
export function exactly<T>(value: T): Kind<T> {
  return kind(`${String(value)} here`, (x) => x === value);
}

type Fields = Readonly<Record<string, Kind<any>>>;
type Read<F extends Fields> = { [Name in keyof F]: F[Name] extends Kind<infer T> ? T : never };

/**
 * Reads the named fields of an object, each once; lists are copied. `fail` makes the error from the
 * description.
 */
export function readFields<F extends Fields>(
  state: unknown,
  fields: F,
  fail: (what: string) => Error,
): Read<F> {
  if (!record.holds(state)) throw fail(`it is ${record.words}: ${quoted(state)}`);
  const read: Record<string, unknown> = {};
  for (const [name, { words, holds }] of Object.entries(fields)) {
    const value = state[name];
    read[name] = Array.isArray(value) ? [...value] : value;
    if (!holds(read[name])) throw fail(`${name} is ${words}: ${quoted(value)}`);
  }
  return read as Read<F>;
}

/** `readFields` for a state dict. @throws SimdgradError `STATE_DICT_MISMATCH`. */
export function readState<F extends Fields>(owner: string, state: unknown, fields: F): Read<F> {
  return readFields(state, fields, (what) => mismatch(owner, what));
}

export function mismatch(owner: string, what: string): SimdgradError {
  return new SimdgradError(
    "STATE_DICT_MISMATCH",
    `loadStateDict: the state dict does not fit ${owner}: ${what}`,
  );
}
