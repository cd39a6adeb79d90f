/**
 * The random generators that programs draw from. A failed step that is repeated draws the same numbers again.
 */
import { k } from "../kernels/backend.js";
import { argument, placeOf, valuesOf } from "../kernels/calls.js";
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
      for (const { state, offset, advance } of this.#draws) advance(states.get(state)!, offset);
  }
}

/** The slots of a plan that hold states of generators. */
export const drawnFrom = ({ calls }: Plan): ReadonlySet<Slot> =>
  new Set(calls.filter(draws).map((call) => placeOf<Slot>(call, "state").array));

/** A call that draws with the state at `offset` of an array. `advance` moves a copy as the call does. */
interface Draw {
  readonly state: RandomState;
  readonly offset: number;
  readonly advance: (copy: RandomState, offset: number) => void;
}

/** Whether a call draws: the row has a state, and it is not null. */
const draws = (call: Call) => "state" in rowOf(call.name).at && argument(call, "state") !== null;

function drawOf(call: Call): Draw {
  const { array: slot, offset } = placeOf<Slot>(call, "state");
  return { state: slot.array as RandomState, offset, advance: advanceOf(call) };
}

function advanceOf(call: Call): Draw["advance"] {
  const { n, batch, heads, queries, keys } = valuesOf(call);
  // How many numbers a permutation rejects depends on the numbers themselves, so it has to be drawn.
  if (call.name === "permutation") return (copy, at) => void k.permutation(n, copy, at, new Int32Array(n), 0);
  const blocks = call.name === "attention" ? batch * heads * queries * Math.ceil(keys / 4) : Math.ceil(n / 4);
  return (copy, at) => advance(copy, at, blocks);
}
