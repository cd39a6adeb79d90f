/** Checks of settings by the user. */
import { maxThreads } from "../environment.js";
import { ValueError } from "../errors.js";
import { editDistance } from "../nearest.js";

export function oneOf<T extends string>(what: string, value: string, valid: readonly T[]): T {
  if ((valid as readonly string[]).includes(value)) return value as T;
  // Among equally close names, the one with the longest common prefix.
  const begin = (name: string) => [...name].findIndex((letter, i) => letter !== value[i]);
  const near = [...valid].sort(
    (a, b) => editDistance(value, a) - editDistance(value, b) || begin(b) - begin(a),
  )[0];
  const hint = near.length > 1 ? `; did you mean "${near}"?` : ""; // 0 and 1 are equally near
  throw new ValueError(`${what}: one of ${valid.join(", ")} is needed: "${value}"${hint}`, "INVALID_BACKEND");
}

export function checkThreads(what: string, n: number, given: string): number {
  if (!Number.isInteger(n) || n < 1 || n > maxThreads)
    throw new ValueError(
      `${what}: a number of threads from 1 to ${maxThreads} is needed: ${given}`,
      "INVALID_BACKEND",
    );
  return n;
}
