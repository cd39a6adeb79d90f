/** Loops over strided operands: contiguous dims are merged, and the rest is cut into planes. */
import { numel, type Shape, type Strides } from "../../shape.js";

/**
 * `plane(n0, n1, offsets, strides0, strides1, done)` is called for each plane of n0 rows of n1 elements.
 * Operand i is accessed at offsets[i] + row·strides0[i] + column·strides1[i]; `done` is the number of
 * elements before this plane. The arrays are reused between calls.
 */
export type Plane = (
  n0: number,
  n1: number,
  offsets: readonly number[],
  strides0: readonly number[],
  strides1: readonly number[],
  done: number,
) => void;

export function forPlanes(
  shape: Shape,
  starts: readonly number[],
  strides: readonly Strides[],
  plane: Plane,
): void {
  const total = numel(shape);
  if (total === 0) return;
  // Merged sizes and strides, innermost first.
  const sizes: number[] = [];
  const steps: number[][] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d];
    if (size === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && strides.every((s, i) => s[d] === steps[last][i] * sizes[last])) sizes[last] *= size;
    else {
      sizes.push(size);
      steps.push(strides.map((s) => s[d]));
    }
  }
  const none = starts.map(() => 0);
  const n1 = sizes[0] ?? 1;
  const n0 = sizes[1] ?? 1;
  const s1 = steps[0] ?? none;
  const s0 = steps[1] ?? none;
  const offsets = [...starts];
  const index = sizes.map(() => 0);
  for (let done = 0; ; ) {
    plane(n0, n1, offsets, s0, s1, done);
    done += n0 * n1;
    if (done >= total) return;
    for (let d = 2; d < sizes.length; d++) {
      index[d]++;
      const carry = index[d] === sizes[d];
      if (carry) index[d] = 0;
      for (let i = 0; i < offsets.length; i++)
        offsets[i] += carry ? -steps[d][i] * (sizes[d] - 1) : steps[d][i];
      if (!carry) break;
    }
  }
}
