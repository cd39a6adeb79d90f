/** MPI in Node: how it is found, started and left. */
import { fstatSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import { SimdgradError } from "../errors.js";
import { warn } from "../host/messages.js";
import type { Addon, AddonMpi } from "../kernels/addon.js";
import { setOthers } from "../kernels/collective.js";
import { loadNative } from "../kernels/native-backend.js";
import { type Launch, launchOf } from "./launch.js";

export type Mpi = AddonMpi;

/** How this process was launched; null if alone. */
export const thisLaunch = (): Launch | null => launchOf(process.env);

/**
 * Initializes MPI.
 * @throws SimdgradError `MPI_IN_USE`, `MPI_NOT_FOUND`, `MPI_MISMATCH`.
 */
export async function startMpi(launch: Launch, timeout: number): Promise<Mpi> {
  const { launcher, libraries, size } = launch;
  const oneOfMany = `${launcher} started this process as one of ${Number.isNaN(size) ? "several" : size}`;
  checkOwner(launcher);
  checkConnection(oneOfMany);
  const native = loadNative();
  if (native instanceof Error)
    throw new SimdgradError(
      "MPI_NOT_FOUND",
      `distributed.init: ${oneOfMany}, and MPI is used by the native addon: ${native.message}`,
    );
  const { mpi } = native.addon;
  const problems: string[] = [];
  for (const path of libraries) {
    const status = await mpi.start(path);
    if (status === -1) break;
    problems.push(mpi.reasonOf(status));
  }
  if (problems.length === libraries.length)
    throw new SimdgradError(
      "MPI_NOT_FOUND",
      `distributed.init: ${oneOfMany}, and its MPI library does not load: ${problems[0]}; install it, or name it: SIMDGRAD_MPI=path; SIMDGRAD_MPI=none trains each process alone`,
    );
  process.on("exit", (code) => mpi.noteExit(code));
  process.env["SIMDGRAD_MPI_OWNER"] = String(process.pid);
  if (!Number.isNaN(size) && mpi.size() !== size)
    throw new SimdgradError(
      "MPI_MISMATCH",
      `distributed.init: ${launcher} started ${size} processes, ${mpi.library()} sees ${mpi.size()}: start the program by the mpirun of the library that it uses`,
    );
  mpi.setLimit(timeout);
  const { exchange, exchangeStart, exchangeWait } = native.kernels;
  const { onePieceBytes, reasonOf } = mpi;
  setOthers({ exchange, exchangeStart, exchangeWait, onePieceBytes, reasonOf });
  shareCores(native.addon, launch, mpi.rank());
  return mpi;
}

/** A child inherits the variables of the launcher; MPI would end the whole launch. */
function checkOwner(launcher: string): void {
  if (!isMainThread)
    throw new SimdgradError(
      "MPI_IN_USE",
      "distributed.init: MPI is for the main thread, and this is a Worker: call init() there, or train here with SIMDGRAD_MPI=none",
    );
  const owner = process.env["SIMDGRAD_MPI_OWNER"];
  if (owner && owner !== String(process.pid))
    throw new SimdgradError(
      "MPI_IN_USE",
      `distributed.init: process ${owner}, which started this one, uses MPI already, and ${launcher} knows only that one: start the child with SIMDGRAD_MPI=none in its environment`,
    );
}

/**
 * MPICH's launcher is asked over a descriptor that each rank inherits. Programs in between, such as npm, do
 * not pass it on; Node may have another file under its number, and MPI would end the process.
 */
function checkConnection(oneOfMany: string): void {
  const descriptor = process.env["PMI_FD"];
  if (descriptor === undefined || isSocket(Number(descriptor))) return;
  throw new SimdgradError(
    "MPI_MISMATCH",
    `distributed.init: ${oneOfMany}, and a program between the two (npm start, a shell) has closed the connection of the launcher: start Node itself, mpirun -n 2 node train.js, or use mpirun -pmi-port`,
  );
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}

/** Ranks on one machine share its cores, unless the launcher or the user has divided them. */
function shareCores(addon: Addon, { localSize }: Launch, rank: number): void {
  const cores = availableParallelism();
  if (addon.affinity() === 1 && cores > 1 && rank === 0)
    warn(
      "distributed.init: the launcher binds each rank to one core, where its threads compete with MPI's: mpirun --bind-to none",
      "BOUND_TO_ONE_CORE",
    );
  if (process.env["SIMDGRAD_THREADS"] || !(localSize > 1) || addon.affinity() < cores) return;
  addon.setThreads(Math.max(1, Math.floor(addon.threads() / localSize)));
}
