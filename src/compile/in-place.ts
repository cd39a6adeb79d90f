import type { Data } from "../dtype.js";
import { argument, placeOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import type { Trace, TracedCall } from "./trace.js";

/**
 * Which outputs may be computed in place of an operand that is not needed afterwards: a map from output to
 * operand. Such a kernel accesses half the memory, and uses memory that is already in the threads' caches.
 * Kernels allow it if both are dense and begin at the same element.
 */
export function inPlace(
  trace: Trace,
  calls: readonly TracedCall[],
  fixed: ReadonlySet<Data>,
): Map<Data, Data> {
  const uses = new Map<Data, { first: number; last: number }>();
  for (const [i, call] of calls.entries())
    for (const { array } of call.uses) {
      const use = uses.get(array);
      if (use === undefined) uses.set(array, { first: i, last: i });
      else use.last = i;
    }
  const free = (array: Data) => trace.memory.has(array) && !fixed.has(array);
  const sharing = new Map<Data, Data>();
  const taken = new Set<Data>();
  for (const [i, call] of calls.entries()) {
    const output = rowOf(call.name).operands.find(({ over }) => over !== undefined);
    if (output === undefined) continue;
    const { array: out, offset } = placeOf<Data>(call, output.name);
    if (!free(out) || offset !== 0 || uses.get(out)!.first !== i) continue;
    const made = trace.memory.get(out)!;
    const shape = shapeOf(call);
    if (numel(shape) !== made.length) continue;
    const operand = output.over!.find((name) => {
      const { array, offset } = placeOf<Data | null>(call, name);
      if (array === null || !free(array) || taken.has(array) || array === out) return false;
      if (uses.get(array)!.last !== i || offset !== 0 || !liesDense(call, name, shape)) return false;
      const { dtype, length } = trace.memory.get(array)!;
      return dtype === made.dtype && length === made.length;
    });
    if (operand === undefined) continue;
    const { array } = placeOf<Data>(call, operand);
    sharing.set(out, array);
    taken.add(array);
  }
  return sharing;
}

/** The shape that an elementwise call loops over. */
function shapeOf(call: TracedCall): Shape {
  return rowOf(call.name).sizes.flatMap(({ name }) => argument(call, name) as number | Shape);
}

function liesDense(call: TracedCall, name: string, shape: Shape): boolean {
  const row = rowOf(call.name);
  const { layout } = row.operands.find((operand) => operand.name === name)!;
  return layout === "dense" || isDense(shape, call.args[row.at[name] + 2] as Strides);
}
