/**
 * Memory that a native thread is working on. JavaScript has to keep its hands off it: what it reads there may be half of one step and
 * half of the next. Whoever is about to touch a tensor asks here; nothing is asked while nothing runs.
 */
import type { Data } from "./dtype.js";
import { SimdgradError } from "./errors.js";

/** What runs. */
export interface Owner {
  /** Runs `fn` between two steps, when the memory is consistent. False when there is no such moment any more: somebody else may own it. */
  whilePaused(fn: () => void): Promise<boolean>;
}

interface Range {
  readonly array: Data;
  readonly offset: number;
  readonly length: number;
}

interface Claim extends Range {
  readonly owner: Owner;
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

/** Makes these ranges the owner's until the function that is returned is called. */
export function claim(ranges: readonly Range[], owner: Owner): () => void {
  for (const { array, offset, length } of ranges) {
    const list = claims.get(array.buffer) ?? [];
    list.push({ array, offset, length, owner });
    claims.set(array.buffer, list);
  }
  changed();
  return () => {
    for (const { array } of ranges) {
      const left = claims.get(array.buffer)?.filter((claim) => claim.owner !== owner) ?? [];
      if (left.length > 0) claims.set(array.buffer, left);
      else claims.delete(array.buffer);
    }
    changed();
  };
}

/** Who works on the element at `offset` of `array`. Tensors lie within one range, so where they begin tells. */
export function ownerOf(array: Data, offset: number): Owner | undefined {
  const at = array.byteOffset + offset * array.BYTES_PER_ELEMENT;
  return claims.get(array.buffer)?.find((claim) => {
    const from = claim.array.byteOffset + claim.offset * claim.array.BYTES_PER_ELEMENT;
    return at >= from && at < from + claim.length * claim.array.BYTES_PER_ELEMENT;
  })?.owner;
}

/** @throws SimdgradError `TENSOR_IN_USE`. */
export function checkFree(what: string, array: Data, offset: number): void {
  if (ownerOf(array, offset) !== undefined)
    throw new SimdgradError(
      "TENSOR_IN_USE",
      `${what}: this tensor is being trained on another thread: wait for the run to end, or use await model.snapshot()`,
    );
}
