/**
 * How a call reaches C++. Numbers, op codes and lists are written to one shared block of doubles; arrays (or
 * null) are passed as arguments. Both are in the order of the row, and native/entries/call.h reads them in
 * that order. The function that does this for one kernel is generated from its row at the first call: a
 * generic loop over `arguments` costs as much as a small kernel.
 */
import { make } from "../host/code.js";
import type { Parameter } from "./parameters.js";
import { type KernelName, rowOf } from "./schema.js";

export type Kernel = (...args: any[]) => number;

/** Op codes by op name; undefined for an op that the addon does not have. */
export type Codes = Record<string, number | undefined>;

/** The addon returns it for a dtype or an argument that it leaves to the JavaScript core. */
const UNSUPPORTED = -2;

/**
 * Where the numbers of a call are written. The block of a module of WebAssembly moves when its memory grows.
 */
export interface Numbers {
  readonly block: Float64Array;
}

export interface Binding {
  readonly name: KernelName;
  readonly native: Kernel;
  /** Handles the calls that the addon does not support. */
  readonly fallback: Kernel;
  readonly numbers: Numbers;
  readonly codes: Codes;
}

/**
 * How an argument is passed: as a number, as a list of numbers after its length, as an op's code, or as an
 * array.
 */
type Part = "number" | "list" | "op" | "array";

/** How a call of a kernel is passed, one part for each argument. */
export function partsOf(name: KernelName): Part[] {
  return rowOf(name).parameters.flatMap(partsOfParameter);
}

function partsOfParameter({ kind, width, ...rest }: Parameter): Part[] {
  if (kind === "op") return ["op"];
  if (kind === "shape") return ["list"];
  if (kind !== "operand") return ["number"];
  const listed = (rest as { layout?: unknown }).layout === "listed";
  return ["array", "number", ...new Array<Part>(width - 2).fill(listed ? "list" : "number")];
}

/**
 * The kernel of a table that calls the addon. `settle` receives the generated function, which can then
 * replace this one.
 */
export function bind(binding: Binding, settle: (kernel: Kernel) => void): Kernel {
  const parts = partsOf(binding.name);
  let own: Kernel | undefined;
  return (...args) => {
    if (own === undefined) {
      own = generate(binding, parts) ?? ((...args) => walk(binding, parts, args));
      settle(own);
    }
    return own(...args);
  };
}

/** Generates a store for each number, a loop for each list, and the call. */
function generate(binding: Binding, parts: readonly Part[]): Kernel | undefined {
  const { name, native, fallback, numbers, codes } = binding;
  const given = { native, fallback, numbers, codes };
  return make("bind", name, Object.keys(given), Object.values(given), () => textOf(name, parts));
}

function textOf(name: KernelName, parts: readonly Part[]): string {
  const parameters = parts.map((_, i) => `p${i}`);
  const arrays = parameters.filter((_, i) => parts[i] === "array");
  const lines: string[] = [];
  // Positions in the block are constants up to the first list.
  const first = parts.indexOf("list");
  let place = 0;
  const next = (i: number) => (first < 0 || i < first ? String(place++) : "at++");
  for (const [i, part] of parts.entries()) {
    const p = parameters[i];
    if (i === first) lines.push(`let at = ${place};`);
    if (part === "number") lines.push(`block[${next(i)}] = ${p};`);
    else if (part === "op")
      lines.push(
        `const code = codes[${p}];`,
        `if (code === undefined) return fallback(${parameters});`,
        `block[${next(i)}] = code;`,
      );
    else if (part === "list")
      lines.push(
        `const n${i} = ${p}.length;`,
        `block[at++] = n${i};`,
        `for (let j = 0; j < n${i}; j++) block[at++] = ${p}[j];`,
      );
  }
  return `"use strict"; return function ${name}(${parameters}) {
    const block = numbers.block;
    ${lines.join("\n    ")}
    const answer = native(${arrays});
    return answer === ${UNSUPPORTED} ? fallback(${parameters}) : answer;
  }`;
}

/** The same as a generic loop, where code generation is forbidden. */
function walk(
  { native, fallback, numbers, codes }: Binding,
  parts: readonly Part[],
  args: readonly any[],
): number {
  const { block } = numbers;
  const arrays: unknown[] = [];
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const arg = args[i];
    if (part === "number") block[at++] = arg;
    else if (part === "op") {
      const code = codes[arg];
      if (code === undefined) return fallback(...args);
      block[at++] = code;
    } else if (part === "list") {
      block[at++] = arg.length;
      for (const value of arg) block[at++] = value;
    } else arrays.push(arg);
  }
  const answer = native(...arrays);
  return answer === UNSUPPORTED ? fallback(...args) : answer;
}
