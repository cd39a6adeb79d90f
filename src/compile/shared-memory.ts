import type { Data } from "../dtype.js";
import { regionsOf } from "../kernels/calls.js";
import type { RandomState } from "../random.js";
import type { Region } from "../region.js";
import type { Generators } from "./generators.js";
import { isSlot, type Plan, Slot, writtenSlots } from "./plan.js";
import type { Program } from "./program.js";

const isShared = ({ array }: Slot) => array === null || array.buffer instanceof SharedArrayBuffer;

/**
 * A plan on memory that nobody can pull away from under a thread. What it writes to must be there already; what it only reads is copied, and
 * copied again for each job. So are the states of random generators: others draw from them while the thread runs.
 */
export class Shared {
  readonly plan: Plan;
  /** What is read in place. */
  readonly read: readonly Region[];
  readonly #copied = new Map<Slot, Slot>();
  /** Of the generators, before the job. */
  #states: ReadonlyMap<Slot, RandomState> = new Map();

  /** Null when the plan writes to memory that JavaScript could pull away. */
  static of({ plan, generators }: Program): Shared | null {
    const written = plan.calls.flatMap(writtenSlots).filter((slot) => !generators.slots.has(slot));
    return written.every(isShared) ? new Shared(plan, generators) : null;
  }

  private constructor(
    plan: Plan,
    private readonly generators: Generators,
  ) {
    for (const slot of plan.slots) {
      if (isShared(slot) && !generators.slots.has(slot)) continue;
      const { dtype, length, array } = slot;
      const memory = new SharedArrayBuffer(array!.byteLength);
      const copy = Reflect.construct(array!.constructor, [memory]) as Data;
      this.#copied.set(slot, new Slot("external", dtype, length, copy, 0));
    }
    const swap = (arg: unknown) => (isSlot(arg) ? (this.#copied.get(arg) ?? arg) : arg);
    this.read = readIn(plan).filter(({ array }) => array.buffer instanceof SharedArrayBuffer);
    this.plan = {
      ...plan,
      slots: plan.slots.map(swap) as Slot[],
      calls: plan.calls.map((call) => ({ ...call, args: call.args.map(swap) })),
    };
  }

  /** Before a job. */
  refresh(): void {
    this.#states = this.generators.states();
    for (const [from, to] of this.#copied) to.array!.set(from.array!);
  }

  /** After a job of so many whole steps: generators go on where these left them, unless others have drawn more. */
  giveBack(steps: number, failed: boolean): void {
    if (failed) this.generators.advance(this.#states, steps);
    for (const [slot, state] of this.#states) {
      const [mine, theirs] = [failed ? state : this.#copied.get(slot)!.array!, slot.array!];
      if (isFurther(mine, theirs)) theirs.set(mine);
    }
  }
}

/** The memory of the user that a plan reads, each stretch once. */
function readIn({ calls }: Plan): Region[] {
  const found = new Map<Data, Map<number, Region>>();
  for (const call of calls)
    for (const { array: slot, offset, length, access } of regionsOf<Slot>(call)) {
      if (slot.array === null || access === "write") continue;
      const regions = found.get(slot.array) ?? new Map<number, Region>();
      const longest = Math.max(length, regions.get(offset)?.length ?? 0);
      found.set(slot.array, regions.set(offset, { array: slot.array, offset, length: longest }));
    }
  return [...found.values()].flatMap((regions) => [...regions.values()]);
}

/** Whether the counter of a generator, words 2 and 3 of its state, is further on than another's. */
function isFurther(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const [high, low] = [3, 2].map((word) => (a[word] >>> 0) - (b[word] >>> 0));
  return high > 0 || (high === 0 && low > 0);
}
