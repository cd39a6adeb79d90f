/** The exports of native/module and the layout of the memory that it shares with JavaScript. */
import { SimdgradError } from "../../errors.js";
import type { Code } from "./code.js";
import { engine, type Imports, type Memory } from "./engine.js";
import { giveThread, usableCores } from "./thread-workers.js";

/** What the module exports. Texts are addresses of bytes that a zero ends. */
export interface Exports {
  readonly memory: Memory;
  _initialize?(): void;
  prepare(kernel: number, arrayCount: number): number;
  run(): number;
  problem(): number;
  doorAddress(): number;
  arenaCapacity(): number;
  memoryBytes(): number;
  threads(): number;
  setThreads(count: number): number;
  dismissThreads(): void;
  workerChunks(): number;
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
  freeRoom(address: number): void;
  specAddress(): number;
  madeAddress(): number;
  makeProgram(): number;
  refusalCode(): number;
  refusalText(): number;
  replay(program: number): number;
  profile(program: number, nanoseconds: number): number;
  freeProgram(program: number): void;
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

/** 4 GB, the maximum that the module's import allows. */
const mostPages = 65536;

/**
 * A new instance, with its own memory. If it is shared, the module's threads run in Workers. Functions that
 * the module imports beside these are never called: it needs nothing of a system.
 */
export function instantiate(code: Code, shared: boolean): Exports {
  const module = code.module(shared);
  const memory = new engine!.Memory({ initial: code.pages, maximum: mostPages, shared });
  const startThread = (...[place, run, argument, stack, local]: number[]) =>
    Number(shared && giveThread(place, { module, memory, run, argument, stack, local }));
  const imports: Imports = {
    env: { memory },
    simdgrad: { now: () => performance.now(), cores: () => (shared ? usableCores() : 1), startThread },
  };
  for (const { module: from, name } of engine!.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] ??= () => {
      throw new SimdgradError("BACKEND_UNAVAILABLE", `backend: the module of WebAssembly called ${name}`);
    };
  }
  const exports: Exports = { memory, ...new engine!.Instance(module, imports).exports } as Exports;
  exports._initialize?.();
  return exports;
}

/**
 * The memory of an instance. It is another buffer when it has grown. If another thread has made shared memory
 * grow, engines may show the old buffer for a while.
 */
export function bufferOf({ memory, memoryBytes }: Exports): ArrayBuffer {
  if (memory.buffer.byteLength < memoryBytes()) memory.grow(0);
  return memory.buffer;
}

/** The text at an address. */
export function textAt(exports: Exports, address: number): string {
  const bytes = new Uint8Array(bufferOf(exports), address);
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}
