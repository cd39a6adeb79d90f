import type { Data } from "../dtype.js";
import type { KernelName } from "../kernels/table.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import { arraysOf } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/** Where elementwise kernels have their operands and, where these may be strided, the strides; and their output. */
const elementwise: Partial<
  Record<KernelName, { operands: [array: number, strides?: number][]; out: number }>
> = {
  unary: { operands: [[4, 6]], out: 7 },
  unaryGrad: { operands: [[8], [4], [6]], out: 10 },
  binary: {
    operands: [
      [2, 4],
      [5, 7],
    ],
    out: 8,
  },
};
const shapeAt: Partial<Record<KernelName, number>> = { unary: 3, binary: 1 };

/**
 * Which outputs may lie where an operand lies that nobody needs afterwards: output → operand. Such a kernel touches half the memory, and what
 * the threads have in their caches. Kernels allow it where both are dense and begin at the same element.
 */
export function inPlace(
  trace: Trace,
  calls: readonly TracedCall[],
  fixed: ReadonlySet<Data>,
): Map<Data, Data> {
  const uses = new Map<Data, { first: number; last: number }>();
  for (const [i, call] of calls.entries())
    for (const { array } of arraysOf(call)) {
      const use = uses.get(array);
      if (use === undefined) uses.set(array, { first: i, last: i });
      else use.last = i;
    }
  const free = (array: unknown): array is Data =>
    trace.memory.has(array as Data) && !fixed.has(array as Data);
  const sharing = new Map<Data, Data>();
  const taken = new Set<Data>();
  for (const [i, { name, args }] of calls.entries()) {
    const form = elementwise[name];
    const out = form && args[form.out];
    if (form === undefined || !free(out) || args[form.out + 1] !== 0 || uses.get(out)!.first !== i) continue;
    const made = trace.memory.get(out)!;
    const shape = shapeAt[name] === undefined ? [args[3] as number] : (args[shapeAt[name]] as Shape);
    if (numel(shape) !== made.length) continue;
    for (const [at, strides] of form.operands) {
      const operand = args[at];
      if (!free(operand) || taken.has(operand) || operand === out || uses.get(operand)!.last !== i) continue;
      const { dtype, length } = trace.memory.get(operand)!;
      if (dtype !== made.dtype || length !== made.length || args[at + 1] !== 0) continue;
      if (strides !== undefined && !isDense(shape, args[strides] as Strides)) continue;
      sharing.set(out, operand);
      taken.add(operand);
      break;
    }
  }
  return sharing;
}
