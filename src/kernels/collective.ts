/** What programs need of `distributed`, a layer above: the other ranks, and why a collective failed. */
import { SimdgradError } from "../errors.js";

type Nodes = Float32Array | Float64Array;

/** The kernel `exchange`, with other ranks. It returns a status. */
export type Exchange = (
  n: number,
  nodes: number,
  listed: number,
  rule: number,
  schedule: Int32Array,
  so: number,
  x: Nodes,
  xo: number,
) => number;

/** The kernel `exchangeStart`. */
export type ExchangeStart = (
  n: number,
  nodes: number,
  listed: number,
  rule: number,
  phases: number,
  schedule: Int32Array,
  so: number,
  x: Nodes,
  xo: number,
) => number;

/** The kernel `exchangeWait`. */
export type ExchangeWait = (n: number, nodes: number, x: Nodes, xo: number) => number;

/** The ranks of this launch, once there are any. */
export interface Others {
  readonly exchange: Exchange;
  readonly exchangeStart: ExchangeStart;
  readonly exchangeWait: ExchangeWait;
  /**
   * The most bytes of a node in an exchange of so many nodes of all ranks, if each rank shall own one part of
   * the node: larger ones are exchanged in pieces, each of which has parts of its own.
   */
  onePieceBytes(nodes: number): number;
  /** Why collectives had this status, in MPI's or our words; "" if nothing is known. */
  reasonOf(status: number): string;
}

export let others: Others | null = null;

export function setOthers(given: Others): void {
  others = given;
}

const kept: unknown[] = [];

/**
 * Keeps the memory of a collective that has failed until the process ends: MPI may still write to it, when a
 * message arrives late.
 */
export function keep(memory: unknown): void {
  kept.push(memory);
}

/** Statuses of a collective: `Outcome` of native/mpi/world.h. */
export const NOT_STARTED = 3;
const codes = ["RANK_FAILED", "COLLECTIVE_TIMEOUT", "RANK_FAILED", "MPI_NOT_FOUND"];

/** The error for a status of a collective. */
export function collectiveError(op: string, status: number): SimdgradError {
  const reason = others?.reasonOf(status) || "a rank failed";
  const what = status === NOT_STARTED ? "MPI is not initialized" : reason;
  const advice =
    codes[status] === "COLLECTIVE_TIMEOUT"
      ? " for the other ranks: do all ranks make the same calls? init({ timeout }) sets how long to wait"
      : "";
  return new SimdgradError(codes[status] ?? "RANK_FAILED", `${op}: ${what}${advice}`);
}
