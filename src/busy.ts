/**
 * Memory that a native thread is working on. What it writes to JavaScript has to keep its hands off: what it reads there may be half of
 * one step and half of the next. What it only reads others may read too. Whoever is about to touch a tensor asks here; nothing is asked
 * while nothing runs.
 */
import type { Data } from "./dtype.js";
import { SimdgradError } from "./errors.js";
import { overlap, type Region } from "./region.js";

/** What runs. */
export interface Owner {
  /** Runs `fn` between two steps, when the memory is consistent. False when there is no such moment any more: somebody else may own it. */
  whilePaused(fn: () => void): Promise<boolean>;
}

/** What a run does to memory. */
export interface Use {
  readonly written: readonly Region[];
  readonly read: readonly Region[];
}

interface Claim extends Region {
  readonly owner: Owner;
  readonly writes: boolean;
}

const claims = new Map<ArrayBufferLike, Claim[]>();
let onChange: (busy: boolean) => void = () => {};

/** Whether anything is claimed. */
export let busy = false;

/** The kernels tell what they want to know: whether they have to ask before each call. */
export function whenBusy(listener: (busy: boolean) => void): void {
  onChange = listener;
}

function changed(): void {
  if (busy === claims.size > 0) return;
  busy = claims.size > 0;
  onChange(busy);
}

/** Makes this memory the owner's until the function that is returned is called. */
export function claim({ written, read }: Use, owner: Owner): () => void {
  const add = ({ array, offset, length }: Region, writes: boolean) => {
    const list = claims.get(array.buffer) ?? [];
    list.push({ array, offset, length, owner, writes });
    claims.set(array.buffer, list);
  };
  for (const range of written) add(range, true);
  for (const range of read) add(range, false);
  changed();
  return () => {
    for (const { array } of [...written, ...read]) {
      const left = claims.get(array.buffer)?.filter((claim) => claim.owner !== owner) ?? [];
      if (left.length > 0) claims.set(array.buffer, left);
      else claims.delete(array.buffer);
    }
    changed();
  };
}

const claimsOn = (region: Region) =>
  (claims.get(region.array.buffer) ?? []).filter((claim) => overlap(region, claim));

/** Who writes to the element at `offset` of `array`. Tensors lie within one range, so where they begin tells. */
export function writerOf(array: Data, offset: number): Owner | undefined {
  return claimsOn({ array, offset, length: 1 }).find(({ writes }) => writes)?.owner;
}

/** Whether `what` may read this memory, or write to it. @throws SimdgradError `TENSOR_IN_USE`. */
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
