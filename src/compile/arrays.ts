/** The arrays among the arguments of a kernel. */
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { roles } from "../kernels/roles.js";
import type { TracedCall } from "./trace.js";

export const isArray = (arg: unknown): arg is Data | null => typeof arg === "object" && !Array.isArray(arg);

/** An array of a call with what the call does to it. */
export interface Use {
  readonly array: Data;
  readonly role: string;
}

/** Each pass over the calls asks, and before V8 has compiled them well a pass costs what it allocates. */
const known = new WeakMap<TracedCall, readonly Use[]>();

/** The arrays of a call, in order. */
export function arraysOf(call: TracedCall): readonly Use[] {
  const before = known.get(call);
  if (before !== undefined) return before;
  const found: Use[] = [];
  let i = 0;
  call.args.forEach((arg) => {
    if (!isArray(arg)) return;
    if (arg !== null) found.push({ array: arg, role: roles[call.name][i] });
    i++;
  });
  known.set(call, found);
  return found;
}

export function typeOf(array: Data): DType {
  const found = Object.entries(arrayTypes).find(
    ([, ArrayType]) => ArrayType.name === array[Symbol.toStringTag],
  );
  return found![0] as DType;
}
