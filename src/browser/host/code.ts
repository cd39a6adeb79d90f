/**
 * Functions that the build has made from text (tools/bundle/browser.js). Nothing is generated in a browser: a
 * content security policy may forbid it, and then even trying reports a violation.
 */
import type { Made } from "../../host/code.js";
import { derivative, run } from "./written-code.js";

export const canGenerate = false;

/** By what is made and its name: functions that take the values and return what `make` returns. */
type Table = Readonly<Record<string, (...values: any[]) => unknown>>;

const written: Partial<Record<Made, Table>> = { derivative, run };

/** Adds what a part of the library brings that is loaded later. */
export function addWritten(kind: Made, table: Table): void {
  written[kind] = table;
}

export function make<T>(
  kind: Made,
  name: string,
  _parameters: readonly string[],
  values: readonly unknown[],
  _text: () => string,
): T | undefined {
  const table = written[kind];
  return table !== undefined && Object.hasOwn(table, name) ? (table[name](...values) as T) : undefined;
}

/**
 * The copies that the build has written are given out in the order of the first uses; then `fn` is shared.
 */
export function copier<F extends (...args: any[]) => void>(
  fn: F,
  copies: readonly F[],
): ((comment: string) => F) | undefined {
  let next = 0;
  return () => copies[next++] ?? fn;
}
