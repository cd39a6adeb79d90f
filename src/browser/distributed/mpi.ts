/** A page is alone: no launcher starts it, and there is no MPI. */
import type { Launch } from "../../distributed/launch.js";
import type { Mpi } from "../../distributed/mpi.js";
import { notInBrowser } from "../not-here.js";

export const thisLaunch = (): Launch | null => null;

export function startMpi(_launch: Launch, _timeout: number): Promise<Mpi> {
  throw notInBrowser("distributed.init: MPI", "train on many machines in Node");
}
