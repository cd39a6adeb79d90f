/** The cost of planned calls. */
import { arrayTypes } from "../dtype.js";
import { type Cost, costOf } from "../kernels/calls.js";
import type { Elements } from "../kernels/parameters.js";
import { type Call, isSlot, type Slot } from "./plan.js";

/** What is local to a chain is not moved. */
const notMoved: Elements = { BYTES_PER_ELEMENT: 0 };

/** The cost of calls that run together: memory that several of them access counts once. */
export function costOfCalls(calls: readonly Call[]): Cost {
  const sizes = new Map<Slot, Elements>();
  const sized = (slot: Slot): Elements => {
    if (slot.kind === "local") return notMoved;
    // One object for each slot.
    if (!sizes.has(slot)) sizes.set(slot, { BYTES_PER_ELEMENT: arrayTypes[slot.dtype].BYTES_PER_ELEMENT });
    return sizes.get(slot)!;
  };
  return costOf(
    calls.map(({ name, args }) => ({ name, args: args.map((arg) => (isSlot(arg) ? sized(arg) : arg)) })),
  );
}
