/** Settings by the user and by environment variables. */
import { maxThreads, variables } from "../environment.js";
import { ValueError } from "../errors.js";
import { editDistance } from "../nearest.js";
import type { Addon } from "./addon.js";
import { unavailable } from "./native-backend.js";

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

/** The value of a variable with named values; undefined if it is not set, or empty. @throws ValueError. */
export function setting<N extends "SIMDGRAD_BACKEND" | "SIMDGRAD_ISA" | "SIMDGRAD_KEEP_MEMORY">(
  name: N,
): (typeof variables)[N]["values"][number] | undefined {
  const value = process.env[name];
  return value ? oneOf(name, value, variables[name].values) : undefined;
}

/**
 * Applies SIMDGRAD_ISA and SIMDGRAD_THREADS, and checks SIMDGRAD_KEEP_MEMORY. They hold for the process: the
 * first environment that loads the addon applies them.
 */
export function applyEnvironment(addon: Addon): void {
  const isa = setting("SIMDGRAD_ISA");
  const threads = process.env["SIMDGRAD_THREADS"];
  if (isa) {
    if (!addon.isas.includes(isa))
      throw unavailable(
        `SIMDGRAD_ISA=${isa} does not run here${addon.isaNote ? ` (${addon.isaNote})` : ""}; this CPU runs ${addon.isas.join(", ")}`,
      );
    if (addon.first) addon.setIsa(isa);
  }
  if (threads) {
    const n = checkThreads(
      "SIMDGRAD_THREADS",
      /^\d+$/.test(threads) ? Number(threads) : Number.NaN,
      `"${threads}"`,
    );
    if (addon.first) addon.setThreads(n);
  }
  setting("SIMDGRAD_KEEP_MEMORY"); // open-addon.ts applies it
}
