/** The addon itself, for tests of what lies below the overlay. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Addon } from "../../src/kernels/addon.js";

export const addonPath =
  process.env["SIMDGRAD_ADDON"] ??
  fileURLToPath(
    new URL(`../../prebuilds/${process.platform}-${process.arch}/simdgrad.node`, import.meta.url),
  );

/** False only where there is no compiler: then everything native is skipped. */
export const built = existsSync(addonPath);

export const addon = (built ? createRequire(import.meta.url)(addonPath) : undefined) as Addon;

/** The block that carries the numbers of a call. */
export const block = built
  ? addon.init(new Float64Array(new SharedArrayBuffer(8 * 512)))
  : new Float64Array();

/** A kernel call by the convention of the overlay. */
export function call(kernel: string, numbers: readonly number[], arrays: readonly unknown[]): number {
  block.set(numbers);
  return addon.kernels[kernel](...arrays);
}
