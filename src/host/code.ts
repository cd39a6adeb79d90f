/**
 * Functions that are made from text, for speed. All callers also work without them, more slowly, because code
 * generation can be forbidden (`--disallow-code-generation-from-strings`).
 */

/** Whether `new Function` is allowed here. */
export const canGenerate: boolean = (() => {
  try {
    new Function("");
    return true;
  } catch {
    return false;
  }
})();

/** What is made: one function for each kernel or row of that name. */
export type Made = "run" | "bind" | "derivative";

/**
 * The result of `text`, the body of a function with these parameters, which are called with `values`.
 * Undefined where no code may be generated.
 */
export function make<T>(
  _kind: Made,
  _name: string,
  parameters: readonly string[],
  values: readonly unknown[],
  text: () => string,
): T | undefined {
  return canGenerate ? new Function(...parameters, text())(...values) : undefined;
}

/**
 * Makes copies of a function, each with its own type feedback in V8 (kernels/js/specialize.ts); undefined
 * where that is not possible. Where the build has written copies, they are in `written`.
 */
export function copier<F extends (...args: any[]) => void>(
  fn: F,
  _written: readonly F[],
): ((comment: string) => F) | undefined {
  if (!canGenerate) return undefined;
  const text = fn.toString();
  // The comment in the text matters: V8 caches code by its text, and equal texts would share their feedback
  // again.
  return (comment) => new Function(`"use strict"; /* ${comment} */ return (${text});`)() as F;
}
