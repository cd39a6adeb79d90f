/** Valid types and ranges of hyperparameters. */

import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { flag, type Kind } from "../saved-state.js";

/** From `low` (included) to `high` (excluded). */
export type Range = readonly [low: number, high: number];

/** The range of each number of an option, in order. */
export type Ranges<Options> = { readonly [Name in keyof Options]?: readonly Range[] };

const rate: Range = [0, Infinity];
const share: Range = [0, 1];

/** Throws an error that names the hyperparameter unless it is in [low, high). */
export function checkRange(op: string, name: string, value: unknown, low: number, high = Infinity): void {
  if (typeof value === "number" && value >= low && value < high) return;
  const range = high === Infinity ? (low === -Infinity ? "finite" : `>= ${low}`) : `in [${low}, ${high})`;
  const kind = typeof value === "number" ? "" : "a number ";
  throw new ValueError(`${op}: ${name} is ${kind}${range}: ${quoted(value)}`, "INVALID_HYPERPARAMETER");
}

/**
 * Checks options against their defaults: each is a boolean, a number, or an array of the same length. By
 * default a number is at least 0, and numbers in an array are in [0, 1); `ranges` overrides this. @throws
 * ValueError `INVALID_HYPERPARAMETER`.
 */
export function checkHyperparameters<Options extends object>(
  op: string,
  options: Options,
  defaults: Options,
  ranges: Ranges<Options> = {},
): void {
  const fail = (name: string, rule: string, value: unknown) =>
    new ValueError(`${op}: ${name} ${rule}: ${quoted(value)}`, "INVALID_HYPERPARAMETER");
  for (const name of Object.keys(defaults) as (keyof Options & string)[]) {
    const [value, like, own]: unknown[] = [options[name], defaults[name], ranges[name]];
    if (typeof like === "boolean") {
      if (!flag.holds(value)) throw fail(name, `is ${flag.words}`, value);
    } else if (Array.isArray(like)) {
      if (!Array.isArray(value) || value.length !== like.length)
        throw fail(name, `are ${like.length} numbers`, value);
      for (const [i, item] of [...value].entries())
        checkRange(op, `${name}[${i}]`, item, ...((own as Range[] | undefined)?.[i] ?? share));
    } else checkRange(op, name, value, ...((own as Range[] | undefined)?.[0] ?? rate));
  }
}

/**
 * Checks options of schedules: `{ gamma: [value, finite] }`. @throws ValueError for the first option of the
 * wrong kind.
 */
export function checkKinds(
  op: string,
  options: Readonly<Record<string, readonly [unknown, Kind<unknown>]>>,
): void {
  for (const [name, [value, kind]] of Object.entries(options))
    if (!kind.holds(value)) throw new ValueError(`${op}: ${name} is ${kind.words}: ${quoted(value)}`);
}
