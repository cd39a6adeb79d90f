/**
 * The random generators that programs draw from. A failed step that is repeated draws the same numbers again.
 */
import { k } from "../kernels/backend.js";
import { argument, placeOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { advance, type RandomState } from "../random.js";
import type { Call, Plan, Slot } from "./plan.js";

export type States = ReadonlyMap<RandomState, RandomState>;

export class Generators {
  readonly #states: ReadonlySet<RandomState>;
  readonly #draws: readonly Draw[];

  /** The generators of plans that are replayed one after the other, in this order. */
  constructor(plans: readonly Plan[]) {
    this.#draws = plans.flatMap(({ calls }) => calls.filter(draws).map(drawOf));
    this.#states = new Set(this.#draws.map(({ state }) => state));
  }

  /** Copies of the current states. */
  states(): Map<RandomState, RandomState> {
    return new Map([...this.#states].map((state) => [state, state.slice()]));
  }

  restore(states: States): void {
    for (const [state, before] of states) state.set(before);
  }

  /** Advances copies of the states by so many whole steps. */
  advance(states: States, steps: number): void {
    for (let step = 0; step < steps; step++)
      for (const { name, state, offset, n } of this.#draws) {
        const copy = states.get(state)!;
        if (name === "random") advance(copy, offset, Math.ceil(n / 4));
        // How many numbers a permutation rejects depends on the numbers themselves, so it has to be drawn.
        else k.permutation(n, copy, offset, new Int32Array(n), 0);
      }
  }
}

/** The slots of a plan that hold states of generators. */
export const drawnFrom = ({ calls }: Plan): ReadonlySet<Slot> =>
  new Set(calls.filter(draws).map((call) => placeOf<Slot>(call, "state").array));

/** A call that draws `n` elements with the state at `offset` of an array. */
interface Draw {
  readonly name: Call["name"];
  readonly state: RandomState;
  readonly offset: number;
  readonly n: number;
}

const draws = ({ name }: Call) => "state" in rowOf(name).at;

function drawOf(call: Call): Draw {
  const { array: slot, offset } = placeOf<Slot>(call, "state");
  return { name: call.name, state: slot.array as RandomState, offset, n: argument(call, "n") as number };
}
