/**
 * Calls of the module's kernels. A module reaches only its own memory. So it first checks the arguments and
 * lists the ranges of the arrays that the call accesses (`prepare`). They are copied into its arena, the
 * kernel runs, and what it has written is copied out.
 *
 * The arena is reused by the next call. Memory of WebAssembly never shrinks; so when calls have needed much
 * less of it for a while, a new instance takes the place of the old one, which the garbage collector frees.
 *
 * With more than one thread, the memory is shared with them, and recorded programs run in this instance too.
 */
import type { Data } from "../../dtype.js";
import { tagOf } from "../js/specialize.js";
import { type Kernel, type Numbers, partsOf } from "../marshal.js";
import type { Operand } from "../parameters.js";
import { type KernelName, rowOf } from "../schema.js";
import type { Code } from "./code.js";
import {
  bufferOf,
  door,
  type Exports,
  fewElements,
  instantiate,
  NO_MEMORY,
  OK,
  OUT_OF_BOUNDS,
  rangeWords,
  textAt,
  withCode,
} from "./module.js";
import { SharedPrograms } from "./shared-programs.js";
import { usableCores, whyOneThread } from "./thread-workers.js";

/** `DType` of native/entries/call.h, by the tags of specialize.ts: float32, float64, int32, uint8. */
const otherType = 5;

/** Unused memory above this is given back … */
const keptBytes = 64 << 20;
/** … after this many calls that used at most a quarter of it. */
const givenBackAfter = 1000;

/** How an operand of a kernel is copied. */
interface Way {
  readonly name: string;
  /** Whether its old values are read: always, never, or if a number of the call differs from `unless`. */
  readonly in: boolean | readonly { readonly at: number; readonly unless: number }[];
  readonly out: boolean;
}

/** The position of each scalar parameter in the block; undefined behind a list, which may have any length. */
function placesInBlock(name: KernelName): Map<string, number> {
  const found = new Map<string, number>();
  const parts = partsOf(name);
  let argument = 0;
  let place = 0;
  for (const parameter of rowOf(name).parameters) {
    for (let i = 0; i < parameter.width; i++, argument++) {
      if (parts[argument] === "list") return found;
      if (parts[argument] === "array") continue;
      if (!found.has(parameter.name)) found.set(parameter.name, place);
      place++;
    }
  }
  return found;
}

/** Whether the old values of an operand reach the kernel, or stay between the elements that it writes. */
function inWay(operand: Operand, places: Map<string, number>): Way["in"] {
  const { access, layout, adds, extent, partly } = operand;
  if (access === "scratch") return false;
  if (access !== "write" || partly) return true;
  const conditions: { at: number; unless: number }[] = [];
  if (layout !== "dense") {
    // One matrix has no gap, but several may.
    const at = places.get(extent.split(" ")[0]);
    if (layout !== 1 || at === undefined) return true;
    conditions.push({ at, unless: 1 });
  }
  if (adds !== undefined) {
    const at = places.get(adds);
    if (at === undefined) return true;
    conditions.push({ at, unless: 0 });
  }
  return conditions.length > 0 && conditions;
}

function waysOf(name: KernelName): Way[] {
  const places = placesInBlock(name);
  return rowOf(name).operands.map((operand) => ({
    name: operand.name,
    in: inWay(operand, places),
    out: operand.access === "write" || operand.access === "update",
  }));
}

/** The module in use, and its memory as typed arrays. */
export class Door implements Numbers {
  block!: Float64Array;
  #exports!: Exports;
  #buffer!: ArrayBuffer;
  #words!: Uint32Array;
  /** By tag: float32, float64, int32, uint8. */
  #views!: readonly [Float32Array, Float64Array, Int32Array, Uint8Array];
  /** The word at which `Door` begins. */
  #at = 0;
  #calls = 0;
  #most = 0;
  #programs: SharedPrograms | null = null;
  /** As set; undefined: those of the module, which are the cores. */
  #threads: number | undefined;

  /** `threads`: default: the cores, or 1 where there can be no threads. */
  constructor(
    readonly code: Code,
    threads?: number,
  ) {
    this.#threads = threads;
    this.renew();
  }

  /** The programs in this instance; null: each has an instance of its own, because there is one thread. */
  get programs(): SharedPrograms | null {
    return this.#programs;
  }

  get threads(): number {
    return this.#exports.threads();
  }

  /**
   * Takes effect at once. Programs move to another instance when they run next. Returns the number in effect.
   */
  setThreads(count: number): number {
    this.#threads = count;
    if (this.#mayShare() !== (this.#programs !== null)) this.renew();
    else if (this.#programs !== null) this.#exports.setThreads(count);
    return this.threads;
  }

  #mayShare(): boolean {
    return (this.#threads ?? usableCores()) > 1 && whyOneThread() === undefined;
  }

  get exports(): Exports {
    return this.#exports;
  }

  /** Bytes of the module's memory. */
  get bytes(): number {
    return this.#exports.memoryBytes();
  }

  /** Begins with a new instance. Those who use the old memory must not go on. */
  renew(): void {
    if (this.#programs !== null) this.#exports.dismissThreads();
    const shared = this.#mayShare();
    this.#exports = instantiate(this.code, shared);
    this.#programs = shared ? new SharedPrograms(this.#exports) : null;
    if (shared && this.#threads !== undefined) this.#exports.setThreads(this.#threads);
    this.#at = this.#exports.doorAddress() >>> 2;
    this.#calls = this.#most = 0;
    this.#look();
  }

  /** Memory that has grown is another buffer, and the views of the old one are detached. */
  #look(): void {
    const buffer = bufferOf(this.#exports);
    this.#buffer = buffer;
    this.#words = new Uint32Array(buffer);
    this.#views = [
      new Float32Array(buffer),
      new Float64Array(buffer),
      new Int32Array(buffer),
      new Uint8Array(buffer),
    ];
    this.block = new Float64Array(buffer, this.#at * 4, 512);
  }

  /** The function of a kernel: it takes the arrays of a call, whose numbers are in the block. */
  kernel(name: KernelName, index: number): Kernel {
    let ways: Way[] | undefined;
    return (...arrays: (Data | null)[]) => {
      ways ??= waysOf(name);
      return this.#call(name, index, ways, arrays);
    };
  }

  #call(name: KernelName, index: number, ways: readonly Way[], arrays: readonly (Data | null)[]): number {
    let status = this.#prepare(name, index, arrays);
    if (status === NO_MEMORY && (this.#exports.arenaCapacity() > 0 || this.#programs?.bytes)) {
      // The arenas of earlier calls were too small, and their memory is in the way, or that of programs.
      const numbers = this.block.slice();
      this.renew();
      this.block.set(numbers);
      status = this.#prepare(name, index, arrays);
    }
    if (status !== OK) return this.#refuse(name, status, ways, arrays);
    const words = this.#words;
    const begin = this.#at + door.ranges;
    const end = begin + rangeWords * words[this.#at + door.rangeCount];
    for (let at = begin; at < end; at += rangeWords) {
      const { in: reads } = ways[words[at]];
      if (reads === true || (reads !== false && reads.some(({ at, unless }) => this.block[at] !== unless)))
        this.#copyIn(arrays[words[at]] as Data, words[at + 1], words[at + 2], words[at + 3]);
    }
    const answer = this.#run(name, ways, arrays);
    // Scratch memory of the kernel may have made the memory grow.
    if (bufferOf(this.#exports) !== this.#buffer) this.#look();
    if (answer === OK)
      for (let at = begin; at < end; at += rangeWords) {
        const array = this.#words[at];
        if (ways[array].out)
          this.#copyOut(arrays[array] as Data, this.#words[at + 1], this.#words[at + 2], this.#words[at + 3]);
      }
    this.#giveBack();
    return answer;
  }

  #prepare(name: KernelName, index: number, arrays: readonly (Data | null)[]): number {
    this.#announce(name, arrays);
    const status = this.#exports.prepare(index, arrays.length);
    if (bufferOf(this.#exports) !== this.#buffer) this.#look();
    return status;
  }

  /** Writes the types and lengths of the arrays. */
  #announce(name: KernelName, arrays: readonly (Data | null)[]): void {
    if (arrays.length > door.mostArrays)
      throw withCode(new TypeError(`${name}: too many arguments`), "INVALID_ARGUMENT");
    const words = this.#words;
    const types = this.#at + door.types;
    const lengths = this.#at + door.lengths;
    for (let i = 0; i < arrays.length; i++) {
      const array = arrays[i];
      if (array === null || array === undefined) {
        words[types + i] = 0;
        words[lengths + i] = 0;
        continue;
      }
      // The placeholder for memory while `compile` traces is a proxy that throws an explanation here.
      const { length } = array;
      if (!ArrayBuffer.isView(array) || length === undefined)
        throw withCode(new TypeError(`${name}: arguments are typed arrays or null`), "INVALID_ARGUMENT");
      const tag = tagOf(array);
      words[types + i] = tag < 0 ? otherType : tag + 1;
      words[lengths + i] = Math.min(length, 0xffffffff);
    }
  }

  #copyIn(array: Data, first: number, count: number, address: number): void {
    const tag = tagOf(array);
    const view = this.#views[tag];
    const at = address / view.BYTES_PER_ELEMENT;
    if (count <= fewElements) for (let i = 0; i < count; i++) view[at + i] = array[first + i];
    else view.set(count === array.length ? array : array.subarray(first, first + count), at);
  }

  #copyOut(array: Data, first: number, count: number, address: number): void {
    const view = this.#views[tagOf(array)];
    const at = address / view.BYTES_PER_ELEMENT;
    if (count <= fewElements) for (let i = 0; i < count; i++) array[first + i] = view[at + i];
    else array.set(view.subarray(at, at + count), first);
  }

  #run(name: KernelName, ways: readonly Way[], arrays: readonly (Data | null)[]): number {
    let cause: unknown;
    try {
      const answer = this.#exports.run();
      if (answer !== NO_MEMORY) return answer;
    } catch (error) {
      cause = error;
    }
    // There was no scratch memory for the kernel. Where C++'s own library gets no memory, it traps.
    const failure = this.#noMemory(name, ways, arrays, cause);
    this.renew();
    throw failure;
  }

  /** The answer to a call that `prepare` rejected. */
  #refuse(name: KernelName, status: number, ways: readonly Way[], arrays: readonly (Data | null)[]): number {
    if (status === OUT_OF_BOUNDS)
      throw withCode(
        new RangeError(`${name}: ${textAt(this.#exports, this.#exports.problem())}`),
        "OUT_OF_BOUNDS",
      );
    if (status === NO_MEMORY) {
      const failure = this.#noMemory(name, ways, arrays);
      this.renew();
      throw failure;
    }
    return status;
  }

  /** The error names the largest operand. */
  #noMemory(
    name: KernelName,
    ways: readonly Way[],
    arrays: readonly (Data | null)[],
    cause?: unknown,
  ): RangeError {
    const words = this.#words;
    let largest = { name: "the operands", count: 0, bytes: 0 };
    for (let i = 0; i < words[this.#at + door.rangeCount]; i++) {
      const at = this.#at + door.ranges + rangeWords * i;
      const bytes = words[at + 2] * (arrays[words[at]]?.BYTES_PER_ELEMENT ?? 0);
      if (bytes > largest.bytes) largest = { name: ways[words[at]].name, count: words[at + 2], bytes };
    }
    const text = `${name}: not enough memory in WebAssembly, which has at most 4 GB: ${largest.name} has ${largest.count} elements, which take ${largest.bytes} bytes`;
    return withCode(new RangeError(text, { cause }), "OUT_OF_MEMORY");
  }

  #giveBack(): void {
    const used = this.#words[this.#at + door.arenaBytes] + (this.#programs?.bytes ?? 0);
    if (used > this.#most) this.#most = used;
    if (++this.#calls < givenBackAfter) return;
    if (this.bytes > keptBytes && this.#most < this.bytes / 4) this.renew();
    else this.#calls = this.#most = 0;
  }
}
