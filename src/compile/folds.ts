/**
 * Which reductions a chain may have. The order of a sum depends on its sizes alone (native/numerics/fold.h,
 * native/kernels/fold_columns.h), so threads can share a chain only between whole blocks of that order. A
 * reduction is left out of a chain when too few threads could share its work.
 */
import { argument } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import type { TracedCall } from "./trace.js";

/** The most reductions of a chain: maxReductions in native/kernels/chain.h. */
const MOST_FOLDS = 8;

/**
 * A chain saves a reduction the passage of its input through memory. Fewer elements stay in L1 in any case,
 * and the kernel itself folds them in less time: on 16 x 20 elements a chain took 0.2 to 0.8 µs longer.
 */
const LEAST_ELEMENTS = 8192;

/** Elements along a row, and rows of columns, that are folded without a break. */
const ROW_BLOCK = 4096;
const COLUMN_BLOCK = 128;

/**
 * Elements that one thread may take while others wait: a pass over them takes a few microseconds, as long as
 * waking a thread. Of more, it may take this share.
 */
const FEW_ELEMENTS = 1 << 15;
const LEAST_TASKS = 8;

/** A reduction of the middle axis of [outer, length, inner]. */
export interface Fold {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Whether the kernel writes less than it passes over. */
export function isReduction({ name }: TracedCall): boolean {
  const { operands } = rowOf(name);
  return operands.at(-1)!.extent !== operands[0].extent;
}

/** The sizes of a reduction; null for an elementwise call. */
export function foldOf(call: TracedCall): Fold | null {
  if (!isReduction(call)) return null;
  const [outer, length, inner] = ["outer", "length", "inner"].map((name) => argument(call, name) as number);
  return { outer, length, inner };
}

/** Whether a chain over `total` elements may have these reductions. */
export function runTogether(folds: readonly Fold[], total: number): boolean {
  if (folds.length === 0) return true;
  if (folds.length > MOST_FOLDS || total < LEAST_ELEMENTS) return false;
  // The blocks of a chain are those of its rows, so these have one length.
  const rows = new Set(folds.filter(({ inner }) => inner === 1).map(({ length }) => length));
  if (rows.size > 1) return false;
  // Sums down the columns of one matrix: threads can share the columns.
  if (folds.every(({ outer, inner }) => outer === 1 && inner === folds[0].inner && inner > 1)) return true;
  let unit = 1;
  for (const fold of folds) unit = commonMultiple(unit, unitOf(fold));
  return unit <= Math.max(FEW_ELEMENTS, total / LEAST_TASKS);
}

/** As foldUnit in native/kernels/chain_folds.h: the elements between two places where a thread may begin. */
function unitOf({ outer, length, inner }: Fold): number {
  const block = inner === 1 ? ROW_BLOCK : COLUMN_BLOCK;
  const divides = length > block && (outer === 1 || length % block === 0);
  return (divides ? block : length) * inner;
}

function commonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
