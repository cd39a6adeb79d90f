/**
 * A table of C++ kernels, those of the addon or of the module of WebAssembly, over those of the JavaScript
 * core. If C++ lacks a kernel, an op or a dtype, the call falls back to JavaScript. `fallbacks` lists the
 * kernels and ops that always do.
 */
import type { Addon } from "./addon.js";
import * as js from "./js/index.js";
import { bind, type Codes, type Kernel, type Numbers } from "./marshal.js";
import { type Kernels, kernelNames, opsOf } from "./schema.js";

/** Doubles for the numbers of a call. */
export const blockLength = 512;

/** The table, and the kernels and ops in it that run in JavaScript (`permutation`, `unary.mish`). */
export function overlay(
  addon: Pick<Addon, "kernels" | "ops">,
  numbers: Numbers,
): { kernels: Kernels; fallbacks: string[] } {
  const core = js as unknown as Record<string, Kernel>;
  const kernels: Record<string, Kernel> = { ...core };
  const fallbacks: string[] = [];
  for (const name of kernelNames) {
    const native = addon.kernels[name];
    if (native === undefined) {
      fallbacks.push(name);
      continue;
    }
    const ops = addon.ops[name] ?? [];
    const codes: Codes = Object.create(null);
    ops.forEach((op, code) => {
      codes[op] = code;
    });
    for (const op of opsOf(name)) if (codes[op] === undefined) fallbacks.push(`${name}.${op}`);
    const bound = bind({ name, native, fallback: core[name], numbers, codes }, (generated) => {
      if (kernels[name] === bound) kernels[name] = generated;
    });
    kernels[name] = bound;
  }
  return { kernels: kernels as unknown as Kernels, fallbacks };
}
