/** The random generators that a program draws from: what a step has drawn that failed is drawn again when it is repeated. */
import { k } from "../kernels/backend.js";
import { argument, placeOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { advance, type RandomState } from "../random.js";
import type { Call, Plan, Slot } from "./plan.js";

export class Generators {
  readonly slots: ReadonlySet<Slot>;
  readonly #draws: readonly Draw[];

  constructor({ calls }: Plan) {
    this.#draws = calls.filter(draws).map(drawOf);
    this.slots = new Set(this.#draws.map(({ slot }) => slot));
  }

  /** Copies of the states, as they are now. */
  states(): Map<Slot, RandomState> {
    return new Map([...this.slots].map((slot) => [slot, (slot.array as RandomState).slice()]));
  }

  restore(states: ReadonlyMap<Slot, RandomState>): void {
    for (const [slot, state] of states) slot.array!.set(state);
  }

  /** Moves `states` on by so many whole steps. */
  advance(states: ReadonlyMap<Slot, RandomState>, steps: number): void {
    for (let step = 0; step < steps; step++)
      for (const { name, slot, offset, n } of this.#draws) {
        const state = states.get(slot)!;
        if (name === "random") advance(state, offset, Math.ceil(n / 4));
        // How many numbers it throws away depends on the numbers.
        else k.permutation(n, state, offset, new Int32Array(n), 0);
      }
  }
}

/** A call that draws `n` elements with the state at `offset` of `slot`. */
interface Draw {
  readonly name: Call["name"];
  readonly slot: Slot;
  readonly offset: number;
  readonly n: number;
}

const draws = ({ name }: Call) => "state" in rowOf(name).at;

function drawOf(call: Call): Draw {
  const { array: slot, offset } = placeOf<Slot>(call, "state");
  return { name: call.name, slot, offset, n: argument(call, "n") as number };
}
