import type { Data } from "../dtype.js";
import { argument, placeOf } from "../kernels/calls.js";
import { schema } from "../kernels/schema.js";
import type { Region } from "../region.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import { typeOf } from "./arrays.js";
import type { CallOrder } from "./call-order.js";
import { type Trace, TracedCall } from "./trace.js";

/**
 * If a result is computed only to be copied, it is computed directly in the target of the copy. For example,
 * the gradient of a bias is summed into its own memory and then copied into the gradient memory of the
 * parameter. No value changes.
 */
export function elideCopies(order: CallOrder, trace: Trace, kept: ReadonlySet<Data>): void {
  for (const ordered of order.inOrder()) {
    const copy = asPlainCopy(ordered.call, trace);
    if (copy === null || kept.has(copy.from)) continue;
    const users = order.users({ array: copy.from, offset: 0, length: copy.to.length });
    const maker = users[0];
    if (users.length !== 2 || users[1] !== ordered || !makes(maker.call, copy.from)) continue;
    const { position } = maker;
    if (order.usersBetween(copy.to, position, ordered.position).length > 0) continue;
    order.remove(ordered);
    order.replace(maker, redirected(maker.call, copy));
  }
}

interface Copy {
  readonly from: Data;
  readonly to: Region;
}

/**
 * A copy of a whole placeholder, in order and without conversion, to memory of the user; null for any other
 * call.
 */
function asPlainCopy(call: TracedCall, trace: Trace): Copy | null {
  if (call.name !== "copy") return null;
  const shape = argument(call, "shape") as Shape;
  const from = placeOf<Data>(call, "x");
  const to = placeOf<Data>(call, "out");
  const strides = (operand: "x" | "out") => call.args[schema.copy.at[operand] + 2] as Strides;
  const made = trace.memory.get(from.array);
  const length = numel(shape);
  const whole = made !== undefined && from.offset === 0 && made.length === length && length > 0;
  if (!whole || trace.memory.has(to.array) || trace.inputs.includes(from.array)) return null;
  if (!isDense(shape, strides("x")) || !isDense(shape, strides("out"))) return null;
  return made.dtype === typeOf(to.array) ? { from: from.array, to: { ...to, length } } : null;
}

/** Whether the call writes the whole placeholder without reading it. */
const makes = (call: TracedCall, array: Data) =>
  call.uses.find((use) => use.array === array)!.access === "write";

/** The call with the placeholder replaced by the target of the copy. */
function redirected(call: TracedCall, { from, to }: Copy): TracedCall {
  const args = [...call.args];
  const place = args.indexOf(from);
  args[place] = to.array;
  args[place + 1] = (args[place + 1] as number) + to.offset;
  return new TracedCall(call.name, args, call.place);
}
