/** Norms of the gradients that a step has left. */
import type { Module } from "../../nn/module.js";
import { dense } from "../../ops/shape/views.js";
import type { Tensor } from "../../tensor/tensor.js";
import { thinned } from "./points.js";
import { type Norms, num, numOrNull } from "./run-data.js";

/** More parameters are part of the total only. */
const MOST_PARAMETERS = 300;
/** Steps that are kept. */
const MOST_STEPS = 200;

/** The norms of one step. */
export interface StepNorms {
  readonly step: number;
  readonly total: number;
  /** By parameter; null if it has no gradient. */
  readonly each: readonly (number | null)[];
}

export class GradientNorms {
  readonly #parameters: readonly (readonly [name: string, p: Tensor])[];
  #steps: StepNorms[] = [];

  constructor(model: Module) {
    this.#parameters = [...model.namedParameters()];
  }

  get names(): string[] {
    return this.#parameters.slice(0, MOST_PARAMETERS).map(([name]) => name);
  }

  /** Reads the gradients after step number `step`, which was made eagerly. */
  read(step: number): StepNorms {
    const squares = this.#parameters.map(([, p]) => squaresOf(p.gradient));
    const total = Math.sqrt(squares.reduce<number>((sum, x) => sum + (x ?? 0), 0));
    const each = squares.slice(0, MOST_PARAMETERS).map((x) => (x === null ? null : Math.sqrt(x)));
    const norms = { step, total, each };
    this.#steps.push(norms);
    if (this.#steps.length > 2 * MOST_STEPS) this.#steps = thinned(this.#steps, MOST_STEPS);
    return norms;
  }

  get count(): number {
    return this.#steps.length;
  }

  all(): Norms {
    const steps = thinned(this.#steps, MOST_STEPS);
    return {
      names: this.names,
      step: steps.map(({ step }) => step),
      total: steps.map(({ total }) => num(total)),
      each: this.names.map((_, i) => steps.map(({ each }) => numOrNull(each[i]))),
    };
  }
}

/** The sum of squares, in float64. */
function squaresOf(gradient: Tensor | null): number | null {
  if (gradient === null) return null;
  let sum = 0;
  const { data } = dense(gradient.detach());
  for (let i = 0; i < data.length; i++) sum += data[i] * data[i];
  return sum;
}
