/** The types of the addon's exports: the interface between TypeScript and native/binding. */
import type { Kernel } from "./marshal.js";

/** The array types of parameters, externals and slots: those that kernels take. */
type Memory = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * A recorded program: a sequence of kernel calls, and the slots that their array arguments refer to.
 * Everything is copied when the program is created, except the memory of the externals.
 */
export interface ProgramSpec {
  /** For each call, the index of its kernel in `kernelNames`. */
  kernels: Int32Array;
  /** For each call, its number of number arguments … */
  numberCounts: Int32Array;
  /** … and of array arguments. */
  arrayCounts: Int32Array;
  /**
   * The numbers of all calls, as they would be written to the block: op codes as numbers, lists preceded by
   * their length.
   */
  numbers: Float64Array;
  /** The array arguments of all calls: the index of a slot, or -1 for null. */
  refs: Int32Array;
  /**
   * 0 external; 1 arena; 2 parameter: an input or output that is bound at each replay; 3 local: only the
   * calls of one chain use it, and it exists only for the elements of a block.
   */
  slotKinds: Int32Array;
  /** 1 float32, 2 float64, 3 int32, 4 uint8. */
  slotTypes: Int32Array;
  /**
   * For an external, its index in `externals`; in the arena, the byte; for a parameter, its index (at most
   * 63); for a local, its number in the chain (at most 15).
   */
  slotPlaces: Float64Array;
  /** In elements. */
  slotLengths: Float64Array;
  /**
   * The program keeps them alive. If JavaScript can detach the memory, each replay first checks whether it
   * has (DETACHED).
   */
  externals: Memory[];
  arenaBytes: number;
  /**
   * Pairs of an index in `numbers` and a delta: in step i of a job that number is its recorded value + i ·
   * delta.
   */
  advances: Int32Array;
  /**
   * Pairs of a first call and a number of calls: consecutive elementwise calls over one number of elements
   * that run together, block by block.
   */
  chains: Int32Array;
}

/**
 * A program of the addon. It is freed when it is released or, in a later turn of the event loop,
 * garbage-collected.
 */
export interface Program {
  /** The calls that have no C++. A program with any such call does not run natively (UNSUPPORTED). */
  readonly unsupported: number[];
  /** Bytes that a replay copies in and out, on a backend that does not reach the memory of tensors. */
  readonly copied?: number;
}

/** The status of a call that had no memory for intermediate results. A single call throws instead. */
export const NO_SCRATCH = -4;

/** One part of each step of a job: a program, and the element offsets at which its parameters begin. */
export interface Stage {
  program: Program;
  params: (Memory | null)[];
  offsets: number[];
}

/** The outcome of a job. */
export interface JobResult {
  /** Number of finished steps. */
  steps: number;
  /** -1 if none failed. */
  failedStage: number;
  /** -1 if none failed. */
  failedCall: number;
  /**
   * The status of the failed call: the position of a bad label or index, -3 if an advanced number left an
   * array, or `NO_SCRATCH`.
   */
  status: number;
}

/** Programs that run on a native thread. Methods must be called on the object. */
export interface Job {
  /**
   * Resolves when the job has ended: after its last step, by `stop`, or because a call failed. It never
   * rejects.
   */
  readonly done: Promise<JobResult>;
  /** Ends the job after the running step; it cannot be revoked. */
  stop(): void;
  /**
   * Resolves to true once the thread waits between two steps; to false if the job ends, or `resume` is
   * called, first. JavaScript may read and write the program's memory until it calls `resume`.
   */
  pause(): Promise<boolean>;
  resume(): void;
}

/**
 * MPI, on a thread of its own. A request answers with a status: -1, or one of `collectiveError`. All ranks
 * must make the same requests in the same order.
 */
export interface AddonMpi {
  /** Opens this library and initializes MPI. After a failure another library may be tried. */
  start(path: string): Promise<number>;
  /**
   * `kind` 0: a barrier, without an array. 1: a broadcast from rank `root`. 2: gathers as many elements from
   * each rank into the array, in the order of ranks; those of this rank are in their place before.
   */
  run(array: Memory | null, kind: number, root: number): Promise<number>;
  /** The kernel `exchange` of the whole array. */
  exchange(
    nodes: Float32Array | Float64Array,
    count: number,
    rule: number,
    schedule: Int32Array,
  ): Promise<number>;
  rank(): number;
  size(): number;
  /**
   * The most bytes of a node in an exchange that is made in one piece, where all ranks together have so many
   * nodes.
   */
  onePieceBytes(nodes: number): number;
  /** The first line that the library says of itself. */
  library(): string;
  /** Why requests had this status; "" if none had it. */
  reasonOf(status: number): string;
  /** The most seconds that a request may take. */
  setLimit(seconds: number): void;
  /**
   * The exit code of the process: 0 waits for the other ranks; any other code, or none, ends them too.
   */
  noteExit(code: number): void;
}

/** The exports of native/binding. */
export interface Addon {
  kernels: Record<string, Kernel>;
  /** Names of `kernels`, in the order of native/entries/table.cc. */
  kernelNames: string[];
  /** Op names by kernel; the code of an op is its index. */
  ops: Record<string, string[]>;
  isas: string[];
  /** Why a faster instruction set is missing from `isas`; empty if none is missing. */
  isaNote: string;
  /** The version of the library that it was built with. */
  version: string;
  sourceHash: string;
  /** Whether this environment was the first in the process to load the addon. */
  first: boolean;
  /** Returns the block in use: the first one that was given. */
  init(block: Float64Array): Float64Array;
  isa(): string;
  setIsa(name: string): boolean;
  threads(): number;
  setThreads(n: number): number;
  workerChunks(): number;
  /**
   * For tests: kernels get memory for intermediate results that many times from now on, then none. Below 0:
   * always.
   */
  limitScratch(times: number): void;
  affinity(): number;
  /** Bytes between the start of the cache line and the first element. */
  behindLine(array: Uint8Array): number;
  /**
   * Asks the process's allocator to keep freed memory; false if it cannot, or if the user has chosen.
   */
  keepFreedMemory(): boolean;
  /** Number of cores that the control group allows; 0 if there is no limit. */
  quota(): number;
  /**
   * Checks all calls when the program is created: OUT_OF_BOUNDS names the call and its kernel;
   * INVALID_ARGUMENT says what is wrong with the spec. The program works in the arena of `lender` while both
   * exist, or else in its own arena. Two programs that share an arena cannot run at the same time.
   */
  createProgram(spec: ProgramSpec, lender?: Program | null): Program;
  /**
   * Runs all calls. The element offsets of the parameters are in block[0], block[1], …; null stands for a
   * parameter that no slot uses. Returns -1, or the index of the call that failed; then block[0] holds its
   * status (the position of a bad label or index), and the calls before it have run.
   */
  replay(program: Program, ...parameters: (Memory | null)[]): number;
  /** Like `replay`, and adds the time of each call to nanoseconds[call]. */
  profile(program: Program, nanoseconds: Float64Array, ...parameters: (Memory | null)[]): number;
  /**
   * Frees the program, or marks it to be freed after its job. It cannot run again (PROGRAM_RELEASED). May be
   * repeated.
   */
  releaseProgram(program: Program): void;
  /**
   * Runs steps from … from + times - 1 on a native thread, which keeps the event loop alive until they have
   * ended. Each step runs the stages in order; a program may occur in only one stage. `finished` is on a
   * SharedArrayBuffer, and its element [0] always holds the number of finished steps. Parameters and
   * externals must be on SharedArrayBuffers (DETACHABLE). Nothing else may run the programs until `done`
   * resolves (PROGRAM_RUNNING).
   */
  startJob(stages: Stage[], from: number, times: number, finished: Int32Array): Job;
  readonly mpi: AddonMpi;
}
