/** The state of an optimizer, of which this process may have only a part: ranks divide it among them. */
import { SimdgradError } from "../errors.js";
import { run, strided } from "../kernels/run.js";
import { longLived, type Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Part, Slot } from "./runs.js";

type Values = Float32Array | Float64Array;

/** Gets the same elements of all ranks: `own` are those of this rank. Null where the whole is not needed. */
export type Collect = (param: Tensor, own: Values) => Promise<Values | null>;

export class StateParts {
  /** Counts how often the memory of the state has changed: a recorded step is valid while it stays. */
  changes = 0;
  readonly #whole = new Map<Slot, readonly Storage[]>();

  constructor(
    private readonly name: string,
    private readonly slots: () => readonly Slot[],
  ) {}

  /** Number of elements that this process has. */
  get elements(): number {
    return this.slots().reduce((sum, { state }) => sum + state.reduce((n, { length }) => n + length, 0), 0);
  }

  /** Keeps a part of the state of each of these parameters. A step then updates this part only. */
  keep(parts: ReadonlyMap<Tensor, Part>): void {
    this.changes++;
    for (const slot of this.slots()) {
      const part = parts.get(slot.param);
      if (part === undefined) continue;
      slot.state = slot.state.map((from) => this.#stored(slot, valuesIn(from).subarray(part.from, part.to)));
      slot.dtype = slot.param.dtype;
      slot.part = part;
    }
  }

  /** Gathers the whole state, for `stateDict`; `drop` forgets it. All ranks call it. */
  async gather(collect: Collect): Promise<void> {
    for (const slot of this.slots()) {
      if (slot.part === null) continue;
      const whole: Storage[] = [];
      for (const state of slot.state) {
        const values = await collect(slot.param, valuesIn(state));
        if (values !== null) whole.push(this.#stored(slot, values));
      }
      if (whole.length === slot.state.length) this.#whole.set(slot, whole);
    }
  }

  /** Forgets what `gather` has gathered. */
  drop(): void {
    this.#whole.clear();
  }

  /** The state is whole again, after `gather`. */
  join(): void {
    this.changes++;
    for (const [slot, whole] of this.#whole) {
      slot.state = whole;
      slot.part = null;
    }
    this.drop();
  }

  /** @throws SimdgradError `STATE_IN_PARTS`. */
  wholeOf(slot: Slot): readonly Storage[] {
    if (slot.part === null) return slot.state;
    const whole = this.#whole.get(slot);
    if (whole !== undefined) return whole;
    throw new SimdgradError(
      "STATE_IN_PARTS",
      `${this.name}: this process has a part of the state while fit trains with shardOptimizer, and after an error of it: read the checkpoint`,
    );
  }

  #stored({ param }: Slot, values: Values): Storage {
    const storage = longLived(`${this.name} part`, param.dtype, values.length);
    const from = { array: values, offset: 0 };
    if (values.length > 0) run.copy([values.length], strided(from, [1]), strided(storage, [1]));
    return storage;
  }
}

/** The values of a storage, in place. */
const valuesIn = ({ array, offset, length }: Storage): Values =>
  (array as Values).subarray(offset, offset + length) as Values;
