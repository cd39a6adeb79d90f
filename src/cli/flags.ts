/**
 * Values of flags: each parser takes the text and returns the value, or an error that lists the valid values.
 */
import { decimalOf } from "../decimal.js";
import { nearest } from "../nearest.js";
import { excerpt } from "../quote.js";
import { UsageError } from "./failure.js";

type Parser<T> = (text: string) => T;

function reject(flag: string, rule: string, text: string, hint?: string): UsageError {
  const given = text === "" ? "nothing" : excerpt(text);
  return new UsageError(`${flag}: ${rule}: ${given}${hint === undefined ? "" : `; ${hint}`}`);
}

const numberOf = (text: string) => decimalOf(text.trim());

export interface Range {
  min: number;
  max?: number;
  /** Whether `min` itself is excluded. */
  above?: boolean;
  /** Shown when the given value is not close to any valid value. */
  example?: string;
}

function describe({ min, max, above }: Range): string {
  if (max === Number.MAX_SAFE_INTEGER || max === undefined) return above ? `above ${min}` : `>= ${min}`;
  return above ? `above ${min}, up to ${max}` : `from ${min} to ${max}`;
}

function within(value: number, { min, max = Number.POSITIVE_INFINITY, above }: Range): boolean {
  return Number.isFinite(value) && value <= max && (above ? value > min : value >= min);
}

export function integer(flag: string, range: Range): Parser<number> {
  const rule = `an integer ${describe(range)} is needed`;
  return (text) => {
    const value = numberOf(text);
    if (Number.isInteger(value) && within(value, range)) return value;
    if (Number.isNaN(value)) throw reject(flag, rule, text, range.example && `for example ${range.example}`);
    const near = Math.min(Math.max(Math.round(value), range.min), range.max ?? Number.MAX_SAFE_INTEGER);
    throw reject(flag, rule, text, `the nearest is ${near}`);
  };
}

export function real(flag: string, range: Range): Parser<number> {
  const rule = `a number ${describe(range)} is needed`;
  return (text) => {
    const value = numberOf(text);
    if (within(value, range)) return value;
    const bound = value > range.min ? range.max : range.above ? undefined : range.min;
    const hint = Number.isNaN(value) || bound === undefined ? undefined : `the nearest is ${bound}`;
    throw reject(flag, rule, text, hint ?? (range.example && `for example ${range.example}`));
  };
}

export function choice<T extends string>(flag: string, values: readonly T[]): Parser<T> {
  return (text) => {
    const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    const near = nearest(text, values);
    throw reject(
      flag,
      `one of ${values.join(", ")} is needed`,
      text,
      near === undefined ? undefined : `did you mean ${near}?`,
    );
  };
}

/** `1e-3,1e-2`: values that `one` accepts, each only once. */
export function list<T>(one: Parser<T>): Parser<T[]> {
  return (text) => [...new Set(text.split(",").map((part) => one(part.trim())))];
}

/** `512,256`; `none` for no hidden layer. */
export function sizes(flag: string): Parser<number[]> {
  return (text) => {
    if (text.toLowerCase() === "none") return [];
    const parts = text.split(",").map((part) => part.trim());
    const valid = (part: string) => Number.isInteger(numberOf(part)) && within(numberOf(part), SIZE);
    const wrong = parts.find((part) => !valid(part));
    if (wrong === undefined) return parts.map(Number);
    const rest = parts.filter(valid).join(",") || "512,256";
    throw reject(
      flag,
      `sizes are integers ${describe(SIZE)}, separated by commas`,
      `"${excerpt(wrong, 30)}" in ${text}`,
      `for example ${excerpt(rest)}`,
    );
  };
}

/** Largest size of one layer: beyond it a weight matrix alone would not fit into memory. */
const SIZE: Range = { min: 1, max: 1 << 20 };

/** `7`, `7,8` or `0-9`, collected over all words after the flag. */
export function indices(flag: string): (text: string, before: number[] | undefined) => number[] {
  const rule = "positions are integers >= 0, such as 7 or 7,12 or 0-9";
  return (text, before = []) => {
    const all = [...before];
    for (const part of text.split(",").filter((part) => part !== "")) {
      const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
      if (from === undefined || Number(to) < Number(from)) throw reject(flag, rule, part);
      if (Number(to) - Number(from) >= 1000) throw reject(flag, "at most 1000 positions at once", part);
      for (let i = Number(from); i <= Number(to); i++) all.push(i);
    }
    return all;
  };
}
