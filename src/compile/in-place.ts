import type { Data } from "../dtype.js";
import { argument, placeOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import type { Placeholders } from "./placeholder.js";
import type { Trace, TracedCall } from "./trace.js";

/**
 * Which outputs may be computed in place of an operand that is not needed afterwards: a map from output to
 * operand. Such a kernel accesses half the memory, and uses memory that is already in the threads' caches.
 * Kernels allow it if both are dense and begin at the same element.
 */
export function inPlace(
  trace: Trace,
  calls: readonly TracedCall[],
  mayShare: (array: Data) => boolean,
): Map<Data, Data> {
  const { memory } = trace;
  const { first, last } = usesIn(calls, memory);
  const sharing = new Map<Data, Data>();
  const taken = new Uint8Array(memory.count);
  for (let i = 0; i < calls.length; i++) {
    const call = calls[i];
    const output = rowOf(call.name).over;
    if (output === undefined) continue;
    const { array: out, offset } = placeOf<Data>(call, output.name);
    const made = memory.get(out);
    if (made === undefined || offset !== 0 || first[made.index] !== i || !mayShare(out)) continue;
    const shape = shapeOf(call);
    if (numel(shape) !== made.length) continue;
    const operand = output.over!.find((name) => {
      const { array, offset } = placeOf<Data | null>(call, name);
      const form = array === null ? undefined : memory.get(array);
      if (form === undefined || taken[form.index] === 1 || array === out) return false;
      if (last[form.index] !== i || offset !== 0 || !mayShare(array!)) return false;
      return form.dtype === made.dtype && form.length === made.length && liesDense(call, name, shape);
    });
    if (operand === undefined) continue;
    const { array } = placeOf<Data>(call, operand);
    sharing.set(out, array);
    taken[memory.indexOf(array)] = 1;
  }
  return sharing;
}

/** By index of the placeholder, the first and the last call that has it as an argument. */
function usesIn(calls: readonly TracedCall[], memory: Placeholders): { first: Int32Array; last: Int32Array } {
  const first = new Int32Array(memory.count).fill(-1);
  const last = new Int32Array(memory.count);
  for (let i = 0; i < calls.length; i++) {
    const { name, args } = calls[i];
    const { places } = rowOf(name);
    for (let j = 0; j < places.length; j++) {
      const array = args[places[j].at] as Data | null;
      const index = array === null ? -1 : memory.indexOf(array);
      if (index < 0) continue;
      if (first[index] < 0) first[index] = i;
      last[index] = i;
    }
  }
  return { first, last };
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
