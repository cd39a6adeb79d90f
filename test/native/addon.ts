/** The addon itself, for tests of the layer below the overlay. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type { Addon } from "../../src/kernels/addon.js";
import { prebuildPath } from "../../tools/prebuild.js";

export const addonPath = process.env["SIMDGRAD_ADDON"] ?? prebuildPath();

/** False only if there is no compiler; then all native tests are skipped. */
export const built = existsSync(addonPath);

export const addon = (built ? createRequire(import.meta.url)(addonPath) : undefined) as Addon;

/** The block that holds the numbers of a call. */
export const block = built
  ? addon.init(new Float64Array(new SharedArrayBuffer(8 * 512)))
  : new Float64Array();

/** A kernel call with the overlay's convention. */
export function call(kernel: string, numbers: readonly number[], arrays: readonly unknown[]): number {
  block.set(numbers);
  return addon.kernels[kernel](...arrays);
}
