import type { Data } from "../dtype.js";
import { isSlot, type Plan, Slot, writtenSlots } from "./plan.js";

const isShared = ({ array }: Slot) => array === null || array.buffer instanceof SharedArrayBuffer;

/**
 * A plan on memory that nobody can pull away from under a thread. What it writes to must be there already; what it only reads is copied, and
 * copied again for each job.
 */
export class Shared {
  readonly plan: Plan;
  readonly #copied = new Map<Slot, Slot>();

  /** Null when the plan writes to memory that JavaScript could pull away. */
  static of(plan: Plan): Shared | null {
    return plan.calls.every((call) => writtenSlots(call).every(isShared)) ? new Shared(plan) : null;
  }

  private constructor(plan: Plan) {
    for (const slot of plan.slots) {
      if (isShared(slot)) continue;
      const { dtype, length, array } = slot;
      const memory = new SharedArrayBuffer(array!.byteLength);
      const copy = Reflect.construct(array!.constructor, [memory]) as Data;
      this.#copied.set(slot, new Slot("external", dtype, length, copy, 0));
    }
    const swap = (arg: unknown) => (isSlot(arg) ? (this.#copied.get(arg) ?? arg) : arg);
    this.plan = {
      ...plan,
      slots: plan.slots.map(swap) as Slot[],
      calls: plan.calls.map((call) => ({ ...call, args: call.args.map(swap) })),
    };
  }

  refresh(): void {
    for (const [from, to] of this.#copied) to.array!.set(from.array!);
  }
}
