import type { Data } from "../dtype.js";
import { runs } from "../kernels/roles.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import { entryAt } from "../tensor/storage.js";
import { arraysOf, isArray, typeOf } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/**
 * Results that are only made to be copied are made where the copy goes: the gradient of a bias, summed into memory of its own, then copied into
 * that of the parameter. No value changes.
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
  readonly to: Data;
  readonly offset: number;
}

/** A copy of all of a stand-in, in order and without conversion, to memory of the user. */
function asPlainCopy({ name, args }: TracedCall, trace: Trace): Copy | null {
  if (name !== "copy") return null;
  const [shape, from, start, xs, to, offset, os] = args as [
    Shape,
    Data,
    number,
    Strides,
    Data,
    number,
    Strides,
  ];
  const made = trace.memory.get(from);
  const length = numel(shape);
  const whole = made !== undefined && start === 0 && made.length === length && length > 0;
  if (!whole || trace.memory.has(to) || trace.inputs.includes(from)) return null;
  if (!isDense(shape, xs) || !isDense(shape, os) || made.dtype !== typeOf(to)) return null;
  return { from, to, offset };
}

/** Whether the call writes all of the stand-in without having read it. */
function makes(call: TracedCall, array: Data): boolean {
  const { role } = arraysOf(call).find((use) => use.array === array)!;
  // gemm's flag for adding to C stands before it.
  const place = call.args.indexOf(array);
  return role === "w" || (call.name === "gemm" && call.args[place - 1] === 0);
}

/**
 * Where a call begins in an array tells which entry of a slab it works on, and no more: a tensor may begin before a view of it. Of memory
 * that is no such slab a call may touch everything.
 */
function touches(call: TracedCall, { to, offset }: Copy, trace: Trace): boolean {
  const entry = entryAt(to, offset).offset;
  return call.args.some((arg, i) => {
    if (!isArray(arg) || arg === null || trace.memory.has(arg) || arg.buffer !== to.buffer) return false;
    if (arg !== to || runs[call.name] !== undefined) return true;
    return entryAt(to, call.args[i + 1] as number).offset === entry;
  });
}

/** The call with the target of the copy in the place of its stand-in. */
function redirected(call: TracedCall, { from, to, offset }: Copy): TracedCall {
  const args = [...call.args];
  const place = args.indexOf(from);
  args[place] = to;
  args[place + 1] = (args[place + 1] as number) + offset;
  return { ...call, args };
}
