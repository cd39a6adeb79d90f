/**
 * The extents of schema.ts against the bounds that C++ checks: a call whose arrays end where the row says
 * that it ends is made, and refused when one of them is an element shorter.
 */
import { expect } from "vitest";
import { nativeAddon } from "../../src/kernels/backend.js";
import { regionsOf } from "../../src/kernels/calls.js";
import { partsOf } from "../../src/kernels/marshal.js";
import { type KernelName, rowOf } from "../../src/kernels/schema.js";
import type { TypedArray } from "./harness.js";

/** Makes the call in C++. Null: it is left to JavaScript. */
function isRefused(name: KernelName, args: readonly any[]): boolean | null {
  const { addon, block } = nativeAddon();
  const native = addon.kernels[name];
  if (native === undefined) return null;
  const arrays: unknown[] = [];
  let at = 0;
  for (const [i, part] of partsOf(name).entries())
    if (part === "array") arrays.push(args[i]);
    else if (part === "list") for (const n of [args[i].length, ...args[i]]) block[at++] = n;
    else block[at++] = part === "op" ? (addon.ops[name] ?? []).indexOf(args[i]) : args[i];
  try {
    return native(...arrays) === -2 ? null : false;
  } catch (error) {
    expect(error).toMatchObject({ code: "OUT_OF_BOUNDS" });
    return true;
  }
}

/** `args`: a call that is right, on memory that may be changed. */
export function checkExtents(where: string, name: KernelName, args: readonly unknown[]): void {
  const row = rowOf(name);
  const operands = row.operands.filter((operand) => args[row.at[operand.name]] !== null);
  const regions = regionsOf<TypedArray>({ name, args });
  const cut = (short: number) => {
    const shorter = [...args];
    for (const [i, operand] of operands.entries()) {
      const { array, offset, length } = regions[i];
      shorter[row.at[operand.name]] = array.slice(0, offset + length - (i === short ? 1 : 0));
    }
    return isRefused(name, shorter);
  };
  if (cut(-1) === null) return;
  expect(cut(-1), `${where}: arrays end where the row says`).toBe(false);
  for (const [i, operand] of operands.entries())
    if (regions[i].length > 0) expect(cut(i), `${where}: ${operand.name} is an element shorter`).toBe(true);
}
