/** What the addon exports: the words in which TypeScript and native/binding speak with each other. */
import type { Kernel } from "./marshal.js";

/** What a parameter, an external or a slot is: the types that kernels know. */
type Memory = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * A recorded program: kernel calls one after the other, and the slots that their array arguments refer to.
 * Everything is copied when the program is made, except the memory of the externals.
 */
export interface ProgramSpec {
  /** Of each call, the kernel's place in `kernelNames`. */
  kernels: Int32Array;
  /** Of each call, how many numbers it has … */
  numberCounts: Int32Array;
  /** … and how many arrays. */
  arrayCounts: Int32Array;
  /**
   * The numbers of all calls, each as it would be written to the block: op codes, lists behind their length.
   */
  numbers: Float64Array;
  /** The array arguments of all calls: a slot, or -1 for null. */
  refs: Int32Array;
  /** 0 external, 1 arena, 2 parameter: an input or output that is bound at each replay. */
  slotKinds: Int32Array;
  /** 1 float32, 2 float64, 3 int32, 4 uint8. */
  slotTypes: Int32Array;
  /**
   * Of an external, its place in `externals`; in the arena, the byte; of a parameter, its index (at most 63).
   */
  slotPlaces: Float64Array;
  /** In elements. */
  slotLengths: Float64Array;
  /**
   * Kept alive by the program. Where JavaScript can pull the memory away, each replay looks first whether it
   * has (DETACHED).
   */
  externals: Memory[];
  arenaBytes: number;
  /**
   * Pairs of a place in `numbers` and a delta: in step i of a job that number is its recorded value + i ·
   * delta.
   */
  advances: Int32Array;
}

/** A program of the addon; freed when it is released or, in a later turn of the event loop, collected. */
export interface Program {
  /** The calls that have no C++: a program with any is not run natively (UNSUPPORTED). */
  readonly unsupported: number[];
}

/** A part of each step of a job: a program, with the parameters from these element offsets on. */
export interface Stage {
  program: Program;
  params: (Memory | null)[];
  offsets: number[];
}

/** How a job has ended. */
export interface JobResult {
  /** Finished ones. */
  steps: number;
  /** -1 when none failed. */
  failedStage: number;
  /** -1 when none failed. */
  failedCall: number;
  /**
   * What the failed call answered: the position of a bad label or index, or -3 when an advanced number led
   * outside an array.
   */
  status: number;
}

/** Programs that run on a native thread. Methods are called on the object. */
export interface Job {
  /** Resolves when the job has ended, by itself, by `stop` or by a call that failed; never rejects. */
  readonly done: Promise<JobResult>;
  /** Ends the job after the step that is running; nothing revokes it. */
  stop(): void;
  /**
   * Resolves true once the thread waits between two steps; false when the job has ended, or `resume` was
   * called, before it did. What the program works on may be read and written until `resume`.
   */
  pause(): Promise<boolean>;
  resume(): void;
}

/** What native/binding export. */
export interface Addon {
  kernels: Record<string, Kernel>;
  /** Names of `kernels` in the order of native/entries/table.cc. */
  kernelNames: string[];
  /** Op names by kernel; an op's code is its place. */
  ops: Record<string, string[]>;
  isas: string[];
  /** Why a faster instruction set is not among `isas`; empty when there is none. */
  isaNote: string;
  sourceHash: string;
  /** Whether this is the first environment of the process that loaded the addon. */
  first: boolean;
  /** Answers the block in use: the first that was given. */
  init(block: Float64Array): Float64Array;
  isa(): string;
  setIsa(name: string): boolean;
  threads(): number;
  setThreads(n: number): number;
  workerChunks(): number;
  affinity(): number;
  /** Bytes between the last cache line and the first element. */
  behindLine(array: Uint8Array): number;
  /** Cores the control group allows; 0 when there is no limit. */
  quota(): number;
  /**
   * Checks every call at once: OUT_OF_BOUNDS names the call and its kernel; INVALID_ARGUMENT says what is
   * wrong with the spec. The program works in the arena of `lender`, as long as both are there, or in one of
   * its own; of two that share an arena one runs at a time.
   */
  createProgram(spec: ProgramSpec, lender?: Program | null): Program;
  /**
   * Runs all calls. The element offsets of the parameters are in block[0], block[1], …; null stands for one
   * that no slot is. Answers -1, or the call that failed, with its status (the position of a bad label or
   * index) in block[0]: those before it have run.
   */
  replay(program: Program, ...parameters: (Memory | null)[]): number;
  /** The same, adding the time of each call to nanoseconds[call]. */
  profile(program: Program, nanoseconds: Float64Array, ...parameters: (Memory | null)[]): number;
  /**
   * Frees the program, after its job when it is part of one. Nothing runs it any more (PROGRAM_RELEASED); a
   * second time does nothing.
   */
  releaseProgram(program: Program): void;
  /**
   * Runs steps from … from + times - 1 on a native thread, which keeps the event loop alive until it has
   * ended them. Each step runs the stages in order; no program is in two of them. `finished`, on a
   * SharedArrayBuffer, tells at any time in [0] how many steps are finished. Parameters and externals have to
   * be on SharedArrayBuffers (DETACHABLE). Until `done` nothing else runs the programs (PROGRAM_RUNNING).
   */
  startJob(stages: Stage[], from: number, times: number, finished: Int32Array): Job;
}
