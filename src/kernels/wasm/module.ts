/** The exports of native/module and the layout of the memory that it shares with JavaScript. */
import { SimdgradError } from "../../errors.js";
import { engine, type Imports, type Memory, type Module } from "./engine.js";

/** What the module exports. Texts are addresses of bytes that a zero ends. */
export interface Exports {
  readonly memory: Memory;
  _initialize?(): void;
  prepare(kernel: number, arrayCount: number): number;
  run(): number;
  problem(): number;
  doorAddress(): number;
  arenaCapacity(): number;
  kernelCount(): number;
  kernelName(index: number): number;
  opListCount(): number;
  opFamily(list: number): number;
  opCount(list: number): number;
  opName(list: number, code: number): number;
  isaName(): number;
  sourceHash(): number;
  version(): number;
  fuses(): number;
  /** Of native/module/program.cc. */
  roomFor(bytes: number): number;
  specAddress(): number;
  madeAddress(): number;
  makeProgram(): number;
  refusalCode(): number;
  refusalText(): number;
  replay(): number;
  profile(nanoseconds: number): number;
}

/** Up to this many elements a loop takes less time than `set`, which needs a view. */
export const fewElements = 24;

/**
 * Statuses of native/entries/call.h and native/module/door.h. A kernel without scratch memory answers
 * NO_MEMORY too.
 */
export const OK = -1;
export const OUT_OF_BOUNDS = -3;
export const NO_MEMORY = -4;

export const withCode = <E extends Error>(error: E, code: string): E => Object.assign(error, { code });

/** Positions in `Door` of native/module/module.cc, in 32-bit words from its beginning. */
export const door = (() => {
  const mostArrays = 20;
  const types = 2 * 512;
  const lengths = types + mostArrays;
  const rangeCount = lengths + mostArrays;
  return { types, lengths, rangeCount, arenaBytes: rangeCount + 1, ranges: rangeCount + 2, mostArrays };
})();

/** Words of a range: array, first element, number of elements, address. */
export const rangeWords = 4;

/**
 * The clock, for profiles. Every other function that the module could import is never called: it needs
 * nothing of a system.
 */
function importsOf(module: Module): Imports {
  const imports: Imports = { simdgrad: { now: () => performance.now() } };
  for (const { module: from, name } of engine!.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] ??= () => {
      throw new SimdgradError("BACKEND_UNAVAILABLE", `backend: the module of WebAssembly called ${name}`);
    };
  }
  return imports;
}

/** A new instance, with its own memory. */
export function instantiate(module: Module): Exports {
  const exports = new engine!.Instance(module, importsOf(module)).exports as Exports;
  exports._initialize?.();
  return exports;
}

/** The text at an address. */
export function textAt({ memory }: Exports, address: number): string {
  const bytes = new Uint8Array(memory.buffer, address);
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}
