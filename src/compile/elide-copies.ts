import type { Data } from "../dtype.js";
import { argument, placeOf, regionsOf } from "../kernels/calls.js";
import { schema } from "../kernels/schema.js";
import type { Region } from "../region.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import { arraysOf, meet, typeOf } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/**
 * If a result is computed only to be copied, it is computed directly in the target of the copy. For example,
 * the gradient of a bias is summed into its own memory and then copied into the gradient memory of the
 * parameter. No value changes.
 */
export function withoutCopies(trace: Trace, kept: ReadonlySet<Data>): TracedCall[] {
  const calls: (TracedCall | null)[] = [...trace.calls];
  const users = new Map<Data, number[]>();
  for (const [i, call] of trace.calls.entries())
    for (const { array } of arraysOf(call)) {
      const before = users.get(array);
      if (before === undefined) users.set(array, [i]);
      else before.push(i);
    }
  for (const [at, call] of trace.calls.entries()) {
    const copy = asPlainCopy(call, trace);
    if (copy === null || kept.has(copy.from)) continue;
    const touching = users.get(copy.from)!;
    const maker = touching[0];
    if (touching.length !== 2 || touching[1] !== at || !makes(calls[maker]!, copy.from)) continue;
    const between = calls.slice(maker, at).filter((other) => other !== null);
    if (between.some((other) => touches(other, copy, trace))) continue;
    calls[maker] = redirected(calls[maker]!, copy);
    calls[at] = null;
  }
  return calls.filter((call) => call !== null);
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
  arraysOf(call).find((use) => use.array === array)!.access === "write";

const touches = (call: TracedCall, { to }: Copy, trace: Trace) =>
  regionsOf(call).some((region) => meet(region, to, trace));

/** The call with the placeholder replaced by the target of the copy. */
function redirected(call: TracedCall, { from, to }: Copy): TracedCall {
  const args = [...call.args];
  const place = args.indexOf(from);
  args[place] = to.array;
  args[place + 1] = (args[place + 1] as number) + to.offset;
  return { ...call, args };
}
