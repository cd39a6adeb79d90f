/** The ranks of this launch. Without a launcher the world is this process, and MPI is not even looked for. */
import { ValueError } from "../errors.js";
import { collectiveError } from "../kernels/collective.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { sharedArray } from "../tensor/storage.js";
import { type Mpi, startMpi, thisLaunch } from "./mpi.js";

/**
 * The number of this process, from 0 on. 0 before `init()`.
 * @example distributed.rank // 0
 */
export let rank = 0;
/**
 * The number of processes. 1 before `init()`.
 * @example distributed.worldSize // 1
 */
export let worldSize = 1;
/**
 * The number of this process among those on its machine; 0 before `init()`.
 * @example distributed.localRank // 0
 */
export let localRank = 0;
/**
 * The MPI library in use, in its own words; null in a world of one.
 * @example distributed.library // null
 */
export let library: string | null = null;

let mpi: Mpi | null = null;
let started: Promise<void> | null = null;
const listeners: (() => void)[] = [];

/** @internal Calls `listener` when the values above change: an ES module over CommonJS copies them. */
export function whenInitialized(listener: () => void): void {
  listeners.push(listener);
}

/** Options of `init`. */
export interface InitOptions {
  /** The most seconds that a rank waits for the others in a collective operation. Default 600. */
  timeout?: number;
}

/**
 * Joins the other processes that mpirun, srun or a job of Kubeflow has started. Without a launcher it does
 * nothing, and `worldSize` stays 1. Later calls return the same promise.
 *
 *     await distributed.init({ timeout: 60 })
 *     if (distributed.rank === 0) console.log(distributed.worldSize)
 *
 * @throws SimdgradError `MPI_NOT_FOUND`, `MPI_MISMATCH` if the launcher belongs to another MPI library or
 * cannot be reached, `MPI_IN_USE` in a child process or a Worker of a rank.
 * @throws ValueError for a timeout that is not above 0.
 */
export function init(options: InitOptions = {}): Promise<void> {
  checkOptions("distributed.init", options, ["timeout"]);
  const { timeout } = options;
  if (timeout !== undefined && !(timeout > 0))
    throw new ValueError(`distributed.init: timeout is a number of seconds > 0: ${quoted(timeout)}`);
  if (mpi !== null && timeout !== undefined) mpi.setLimit(timeout);
  started ??= start(timeout ?? 600);
  return started;
}

async function start(timeout: number): Promise<void> {
  const launch = thisLaunch();
  if (launch === null) return;
  mpi = await startMpi(launch, timeout);
  rank = mpi.rank();
  worldSize = mpi.size();
  localRank = Number.isNaN(launch.localRank) ? rank : launch.localRank;
  // "Open MPI v4.1.4, package: …", "MPICH Version:\t4.0.2"
  library = mpi.library().split(",")[0].replaceAll(/\s+/g, " ").trim();
  for (const listener of listeners) listener();
}

type Sent = Float64Array | Float32Array | Int32Array | Uint8Array;

/** @internal Waits for a request of MPI. @throws SimdgradError of its outcome. */
export async function settled(op: string, request: (mpi: Mpi) => Promise<number>): Promise<void> {
  if (mpi === null) return;
  const status = await request(mpi);
  if (status !== -1) throw collectiveError(op, status);
}

/** @internal The same numbers of every rank, in order of ranks. */
export async function gathered<T extends Sent>(op: string, own: T): Promise<T[]> {
  if (mpi === null) return [own];
  const all = Reflect.construct(own.constructor, [own.length * worldSize]) as T;
  all.set(own, rank * own.length);
  await settled(op, (mpi) => mpi.run(all, 2, 0));
  return Array.from({ length: worldSize }, (_, r) => all.slice(r * own.length, (r + 1) * own.length) as T);
}

/** @internal Bytes of rank 0; the others pass null. */
export async function broadcastBytes(op: string, bytes: Uint8Array | null): Promise<Uint8Array> {
  const length = Float64Array.of(bytes?.length ?? 0);
  await settled(op, (mpi) => mpi.run(length, 1, 0));
  const all = bytes === null ? new Uint8Array(length[0]) : bytes.slice();
  if (all.length > 0) await settled(op, (mpi) => mpi.run(all, 1, 0));
  return all;
}

/** @internal An exchange of nodes, as the kernel makes it, without waiting in JavaScript. */
export async function exchanged(
  op: string,
  nodes: Float32Array | Float64Array,
  count: number,
  rule: number,
  schedule: Int32Array,
): Promise<void> {
  await settled(op, (mpi) => mpi.exchange(nodes, count, rule, schedule));
}

/** @internal A schedule with which all ranks get the one node of rank `root`. */
export function scheduleFrom(root: number): Int32Array {
  const schedule = sharedArray("int32", worldSize + 2) as Int32Array;
  schedule[0] = worldSize;
  schedule[1 + root] = 1;
  return schedule;
}
