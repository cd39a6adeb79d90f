/**
 * Recorded programs in the module: all calls of a step in one call of the module, with the memory that only
 * the program uses in the module. The ranges of tensors that the calls access are copied in before a replay,
 * and those that they may have written are copied out behind it.
 *
 * With one thread each program has an instance of the module. So the garbage collector frees all memory of a
 * program with it, in a loop that never returns to the event loop too. The collector does not count memory
 * that threads share, so with threads the programs are in one instance: see shared-programs.ts.
 */
import type { Data } from "../../dtype.js";
import type { Program, ProgramSpec } from "../addon.js";
import { tagOf } from "../js/specialize.js";
import type { Door } from "./door.js";
import {
  bufferOf,
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
import type { SharedProgram } from "./shared-programs.js";

type Memory = ProgramSpec["externals"][number];
type Lists = Exclude<keyof ProgramSpec, "externals" | "arenaBytes">;

/** The lists of a spec, in the order of GivenSpec in native/module/program.cc. */
const lists: readonly Lists[] = [
  ...(["kernels", "numberCounts", "arrayCounts", "numbers", "refs", "slotKinds"] as const),
  ...(["slotTypes", "slotPlaces", "slotLengths", "advances", "chains"] as const),
];

/** By tag. */
const types = [Float32Array, Float64Array, Int32Array, Uint8Array] as const;

/** A range of an array of the program. */
interface Range {
  /** The parameter; -1: an external. */
  readonly parameter: number;
  readonly tag: number;
  readonly first: number;
  readonly count: number;
  readonly address: number;
  /** The range of an external. */
  readonly outside: Data | null;
  /** Its elements in the module; another array when the memory has grown. */
  inside: Data;
}

/** An instance of the module with a program in it. */
interface Instance {
  readonly exports: Exports;
  /** The address of the program; 0 if it must not run. */
  readonly program: number;
  /** Null: the instance is its own. */
  readonly shared: SharedProgram | null;
  readonly in: readonly Range[];
  readonly out: readonly Range[];
  readonly unsupported: number[];
  buffer: ArrayBuffer;
}

const inside = (buffer: ArrayBuffer, { tag, address, count }: Omit<Range, "inside">): Data =>
  new types[tag](buffer, address, count);

const bytesOf = (ranges: readonly Range[]) =>
  ranges.reduce((sum, { count, tag }) => sum + count * types[tag].BYTES_PER_ELEMENT, 0);

const outOfMemory = (what: string, cause?: unknown) =>
  withCode(
    new RangeError(`compile: not enough memory in WebAssembly, which has at most 4 GB: ${what}`, { cause }),
    "OUT_OF_MEMORY",
  );

/**
 * Makes the program of the given spec, and frees the room of its lists. A trap means that there is no memory:
 * every argument is checked. The instance is not used after that.
 */
function made(exports: Exports, room: number): number {
  try {
    const status = exports.makeProgram();
    exports.freeRoom(room);
    return status;
  } catch {
    return NO_MEMORY;
  }
}

/** Makes the program where the programs of a door are; null when there is no memory. */
function start(door: Door, spec: ProgramSpec): Instance | null {
  if (door.programs === null) return startIn(instantiate(door.code, false), spec);
  door.programs.makeRoom();
  const first = startIn(door.exports, spec);
  if (first !== null) return add(door, spec, first);
  // The memory of calls and of other programs is in the way.
  door.renew();
  const second = startIn(door.exports, spec);
  if (second === null) door.renew();
  return second && add(door, spec, second);
}

/** Notes a program in the shared instance of a door. */
function add(door: Door, { arenaBytes }: ProgramSpec, instance: Instance): Instance {
  if (instance.program === 0) return instance;
  const bytes = arenaBytes + bytesOf(instance.in);
  return { ...instance, shared: door.programs!.add(instance.program, bytes) };
}

/** Copies the lists of a spec to an instance and makes the program; null when there is no memory. */
function startIn(exports: Exports, spec: ProgramSpec): Instance | null {
  const { externals } = spec;
  const given = [
    ...lists.map((name) => spec[name]),
    Int32Array.from(externals, (array) => tagOf(array) + 1),
    Float64Array.from(externals, ({ length }) => length),
  ];
  // Each begins on a multiple of 8 bytes.
  const room = exports.roomFor(given.reduce((sum, { byteLength }) => sum + byteLength + 8, 8));
  if (room === 0) return null;
  const at = exports.specAddress();
  const memory = bufferOf(exports);
  const words = new Uint32Array(memory, at + 8, 2 * given.length);
  new Float64Array(memory, at, 1)[0] = spec.arenaBytes;
  let next = Math.ceil(room / 8) * 8;
  given.forEach((list, i) => {
    const ListType = list.constructor as typeof Float64Array;
    new ListType(memory, next, list.length).set(list);
    words[2 * i] = next;
    words[2 * i + 1] = list.length;
    next += Math.ceil(list.byteLength / 8) * 8;
  });
  const status = made(exports, room);
  if (status === OUT_OF_BOUNDS) {
    const text = textAt(exports, exports.refusalText());
    const code = textAt(exports, exports.refusalCode());
    if (code === "NO_MEMORY") return null;
    throw withCode(new (code === "OUT_OF_BOUNDS" ? RangeError : TypeError)(`createProgram: ${text}`), code);
  }
  if (status !== OK) return null;
  const buffer = bufferOf(exports);
  const places = new Uint32Array(buffer, exports.madeAddress(), 7);
  const ranges = (address: number, length: number) => {
    const found: Range[] = [];
    const fields = new Uint32Array(buffer, address, rangeWords * length);
    for (let i = 0; i < fields.length; i += rangeWords) {
      const [array, first, count, address] = fields.subarray(i, i + rangeWords);
      const external = externals[array] as Data | undefined;
      const parameter = external === undefined ? array - externals.length : -1;
      const tag = external === undefined ? tagOfParameter(spec, parameter) : tagOf(external);
      const outside = external?.subarray(first, first + count) ?? null;
      const range = { parameter, tag, first, count, address, outside };
      found.push({ ...range, inside: inside(buffer, range) });
    }
    return found;
  };
  const instance = {
    ...{
      exports,
      buffer,
      program: places[6],
      shared: null,
      in: ranges(places[0], places[1]),
      out: ranges(places[2], places[3]),
    },
    unsupported: [...new Int32Array(buffer, places[4], places[5])],
  };
  if (shareWritten(instance)) instance.unsupported.push(0);
  return instance;
}

const tagOfParameter = ({ slotKinds, slotPlaces, slotTypes }: ProgramSpec, parameter: number): number =>
  slotTypes[slotKinds.findIndex((kind, i) => kind === 2 && slotPlaces[i] === parameter)] - 1;

/** Whether two ranges of memory share a byte. */
const overlap = (a: Data, b: Data): boolean =>
  a.buffer === b.buffer &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength;

/**
 * Whether two externals share memory that is written. Their ranges in the module are apart, so the calls
 * would not see each other's writes.
 */
const shareWritten = (instance: Pick<Instance, "in" | "out">): boolean =>
  instance.out.some(
    ({ outside: written, address }) =>
      written !== null &&
      instance.in.some(
        ({ outside, address: at, count }) =>
          outside !== null &&
          overlap(written, outside) &&
          !(at <= address && address < at + count * outside.BYTES_PER_ELEMENT),
      ),
  );

/** Views of memory that has grown: those of the old memory are detached. */
function look(instance: Instance): void {
  const buffer = bufferOf(instance.exports);
  if (buffer === instance.buffer) return;
  instance.buffer = buffer;
  for (const range of [...instance.in, ...instance.out]) range.inside = inside(buffer, range);
}

/** Frees programs in shared instances whose objects the garbage collector has found. */
const collected = new FinalizationRegistry<SharedProgram>((shared) => shared.free());

export class WasmProgram implements Program {
  readonly unsupported: number[];
  /** Bytes that a replay copies. */
  readonly copied: number;
  #instance: Instance | null = null;
  #spec: ProgramSpec | null;

  /** Without memory for it the first call counts as one without C++, and the calls run one by one. */
  constructor(
    private readonly door: Door,
    spec: ProgramSpec,
  ) {
    this.#spec = spec;
    const instance = this.#start(spec);
    this.unsupported = instance?.unsupported ?? [0];
    this.copied = instance === null ? 0 : bytesOf(instance.in) + bytesOf(instance.out);
  }

  #start(spec: ProgramSpec): Instance | null {
    this.#instance = start(this.door, spec);
    const shared = this.#instance?.shared;
    if (shared) collected.register(this, shared, this);
    return this.#instance;
  }

  /** The instance; null if the program has to be made again: it was freed, or there are threads now. */
  #kept(): Instance | null {
    const instance = this.#instance;
    const { programs } = this.door;
    const kept = instance?.shared ? programs?.use(instance.shared) : programs === null;
    if (!kept) this.#drop();
    return this.#instance;
  }

  #drop(): void {
    collected.unregister(this);
    this.#instance?.shared?.free();
    this.#instance = null;
  }

  release(): void {
    this.#drop();
    this.#spec = null;
  }

  /** The result of `run`, which makes all calls; `status` receives that of the call that failed. */
  run(
    run: (exports: Exports, program: number) => number,
    parameters: readonly (Memory | null)[],
    offsets: Float64Array,
  ): number {
    if (this.#spec === null)
      throw withCode(new Error("replay: the program was released"), "PROGRAM_RELEASED");
    const instance = this.#kept() ?? this.#start(this.#spec);
    if (instance === null) throw outOfMemory("the program has no room any more");
    look(instance);
    for (const range of instance.in) {
      const { parameter, outside, inside } = range;
      if (outside !== null) inside.set(outside);
      else {
        const array = parameters[parameter] as Data | null;
        checkParameter(range, array, offsets[parameter]);
        checkApart(range, array, offsets[parameter], instance.out);
        copyIn(inside, array, offsets[parameter] + range.first, range.count);
      }
    }
    const call = this.#made(instance, run);
    look(instance);
    for (const range of instance.out) {
      const { parameter, outside, inside, first, count } = range;
      if (outside !== null) outside.set(inside);
      else copyOut(inside, parameters[parameter] as Data, offsets[parameter] + first, count);
    }
    if (call >= 0) offsets[0] = new Float64Array(instance.buffer, instance.exports.doorAddress(), 1)[0];
    return call;
  }

  #made({ exports, program, shared }: Instance, run: (exports: Exports, program: number) => number): number {
    try {
      return run(exports, program);
    } catch (cause) {
      // It has trapped: a kernel got no scratch memory. The next replay begins with a new instance.
      this.#instance = null;
      if (shared !== null) this.door.renew();
      throw outOfMemory(
        `the tensors and the arena of the program take ${exports.memoryBytes()} bytes`,
        cause,
      );
    }
  }
}

function checkParameter(
  { tag, first, count, parameter }: Range,
  array: Data | null,
  offset: number,
): asserts array is Data {
  if (array === null || tagOf(array) !== tag)
    throw withCode(new TypeError(`replay: parameter ${parameter} is of another type`), "INVALID_ARGUMENT");
  if (!(offset >= 0 && offset + first + count <= array.length))
    throw withCode(
      new RangeError(`replay: parameter ${parameter} of length ${array.length}: offset ${offset}`),
      "OUT_OF_BOUNDS",
    );
}

/**
 * A parameter is apart from the externals in the module; so it must not share memory with those that the
 * program writes.
 */
function checkApart({ first, count }: Range, array: Data, offset: number, out: readonly Range[]): void {
  for (const { outside } of out)
    if (
      outside?.buffer === array.buffer &&
      overlap(outside, array.subarray(offset + first, offset + first + count))
    )
      throw withCode(
        new RangeError("compile: a tensor that fn changes shares memory with an argument; pass a clone()"),
        "SHARED_MEMORY",
      );
}

function copyIn(inside: Data, array: Data, from: number, count: number): void {
  if (count > fewElements) inside.set(array.subarray(from, from + count));
  else for (let i = 0; i < count; i++) inside[i] = array[from + i];
}

function copyOut(inside: Data, array: Data, from: number, count: number): void {
  if (count > fewElements) array.set(inside, from);
  else for (let i = 0; i < count; i++) array[from + i] = inside[i];
}
