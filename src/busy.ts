/**
 * Memory that a native thread is working on. JavaScript must not access the memory that the thread writes: it
 * could read half of one step and half of the next. Both may read the memory that the thread only reads. Code
 * that is about to access a tensor calls `checkFree` first; while no thread runs, that check is skipped.
 */
import type { Data } from "./dtype.js";
import { SimdgradError } from "./errors.js";
import { overlap, type Region } from "./region.js";

/** A running job, which owns the memory that it works on. */
export interface Owner {
  /**
   * Runs `fn` between two steps, when the memory is consistent. Returns false if the job has no step left to
   * pause at; another job may own the memory by then.
   */
  whilePaused(fn: () => void): Promise<boolean>;
}

/** The memory that a run writes and reads. */
export interface Use {
  readonly written: readonly Region[];
  readonly read: readonly Region[];
}

interface Claim extends Region {
  readonly owner: Owner;
  readonly writes: boolean;
}

/**
 * A WeakMap and not a Map, although every claim is released. When a Map grows or shrinks, V8 makes a new
 * table, and the old table refers to the new one. Once one dead table is in the old generation, it keeps all
 * later tables alive, with their claims and jobs, until the next full collection: 2 kB for each run over a
 * loader of one batch.
 */
const claims = new WeakMap<ArrayBufferLike, Claim[]>();
/** Number of buffers with claims. */
let claimed = 0;
let onChange: (busy: boolean) => void = () => {};

/** Whether any memory is claimed. */
export let busy = false;

/**
 * Sets a listener that is told when `busy` changes: the kernels then know whether to check before each call.
 */
export function whenBusy(listener: (busy: boolean) => void): void {
  onChange = listener;
}

function changed(): void {
  if (busy === claimed > 0) return;
  busy = claimed > 0;
  onChange(busy);
}

/** Makes `owner` the owner of this memory until the returned function is called. */
export function claim({ written, read }: Use, owner: Owner): () => void {
  const add = ({ array, offset, length }: Region, writes: boolean) => {
    const claim = { array, offset, length, owner, writes };
    const list = claims.get(array.buffer);
    if (list !== undefined) list.push(claim);
    else {
      claims.set(array.buffer, [claim]);
      claimed++;
    }
  };
  for (const range of written) add(range, true);
  for (const range of read) add(range, false);
  changed();
  return () => {
    for (const { array } of [...written, ...read]) {
      const list = claims.get(array.buffer);
      if (list === undefined) continue;
      const left = list.filter((claim) => claim.owner !== owner);
      if (left.length > 0) claims.set(array.buffer, left);
      else {
        claims.delete(array.buffer);
        claimed--;
      }
    }
    changed();
  };
}

const claimsOn = (region: Region) =>
  (claims.get(region.array.buffer) ?? []).filter((claim) => overlap(region, claim));

/**
 * The owner that writes to the element at `offset` of `array`. A tensor lies within one range, so the
 * position of its first element is enough.
 */
export function writerOf(array: Data, offset: number): Owner | undefined {
  return claimsOn({ array, offset, length: 1 }).find(({ writes }) => writes)?.owner;
}

/** Checks that `what` may read or write this memory. @throws SimdgradError `TENSOR_IN_USE`. */
export function checkFree(what: string, region: Region, access: "read" | "write"): void {
  const found = claimsOn(region);
  if (found.some(({ writes }) => writes))
    throw new SimdgradError(
      "TENSOR_IN_USE",
      `${what}: this tensor is being trained on another thread: wait for the run to end, or use await model.snapshot()`,
    );
  if (access === "write" && found.length > 0)
    throw new SimdgradError(
      "TENSOR_IN_USE",
      `${what}: this tensor would change while another thread reads it (evaluate, or a compiled function that runs): wait for that to end`,
    );
}
