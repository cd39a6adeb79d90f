/** The arrays among the arguments of a kernel. */
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { roles } from "../kernels/roles.js";
import type { TracedCall } from "./trace.js";

export const isArray = (arg: unknown): arg is Data | null => typeof arg === "object" && !Array.isArray(arg);

/** The arrays of a call with what it does to them. */
export function* arraysOf(call: TracedCall): Generator<[Data, string]> {
  let i = 0;
  for (const arg of call.args) {
    if (!isArray(arg)) continue;
    if (arg !== null) yield [arg, roles[call.name][i]];
    i++;
  }
}

export function typeOf(array: Data): DType {
  const found = Object.entries(arrayTypes).find(
    ([, ArrayType]) => ArrayType.name === array[Symbol.toStringTag],
  );
  return found![0] as DType;
}
