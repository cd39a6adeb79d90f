/** Sums up training metrics where the step runs, so that nothing must be read between two steps. */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

/** Position of the first maximum in the `n` values from x[xo]; NaN counts as the largest. -1 if n is 0. */
function firstLargest(n: number, x: Data, xo: number): number {
  let at = n > 0 ? 0 : -1;
  for (let i = 1; i < n; i++) {
    const best = x[xo + at];
    if (x[xo + i] > best || (Number.isNaN(x[xo + i]) && !Number.isNaN(best))) at = i;
  }
  return at;
}

/**
 * Adds one step to `sums` = [samples, loss summed over samples, hits]: n, loss[0] · n (the loss is a mean),
 * and, if there are logits [n, classes], the number of rows whose first maximum is at their target. If the
 * loss is not finite, it returns 0 and adds nothing.
 */
export function tally(
  n: number,
  classes: number,
  logits: Data | null,
  lo: number,
  targets: Int32Array | Uint8Array | null,
  to: number,
  loss: Data,
  losso: number,
  sums: Float64Array,
  so: number,
): number {
  const mean = loss[losso];
  if (!Number.isFinite(mean)) return 0;
  sums[so] += n;
  sums[so + 1] += mean * n;
  if (logits === null || targets === null) return OK;
  let hits = 0;
  for (let row = 0; row < n; row++)
    if (firstLargest(classes, logits, lo + row * classes) === targets[to + row]) hits++;
  sums[so + 2] += hits;
  return OK;
}
