/** Optimizers that are defined by one row: their options, their state and a rule of the kernel `ruleStep`. */

import type { RuleName } from "../kernels/js/rules.js";
import { run } from "../kernels/run.js";
import { checkOptionNames } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, type ParamGroupOptions } from "./optimizer.js";
import { checkHyperparameters, type Ranges } from "./range.js";
import type { Run } from "./runs.js";

export interface Row<Options extends object> {
  readonly rule: RuleName;
  /** Options in the order in which the rule reads them; arrays are flattened, and true is 1. */
  readonly defaults: Options;
  /**
   * Numbers that the rule reads after the options: values that only JavaScript can compute, and values that
   * are the same in each step.
   */
  readonly derived?: (options: Options) => number[];
  /** Names of the state buffers, one to three, PyTorch's in camelCase. */
  readonly state: readonly string[];
  /**
   * Ranges of options that differ from the default. By default a number is at least 0, and numbers in an
   * array are in [0, 1).
   */
  readonly ranges?: Ranges<Options>;
}

/** Parameters, or groups of parameters with their own options. */
type Given<Options> = Iterable<Tensor> | Iterable<ParamGroupOptions<Options>>;

/** For the TypeScript compiler: an optimizer class without abstract members. */
declare class Ruled<Options extends object> extends Optimizer<Options> {
  constructor(params: Given<Options>, options?: Partial<Options>);
  protected override check(options: Options): void;
  protected override updateRun(n: number, options: Options, arrays: Run): void;
}

export interface RuledConstructor<Options extends object> {
  new (params: Given<Options>, options?: Partial<Options>): Ruled<Options>;
}

/** Makes the optimizer class of a row. */
export function ruled<Options extends object>(row: Row<Options>): RuledConstructor<Options> {
  const optimizer = class extends Optimizer<Options> {
    constructor(params: Given<Options>, options: Partial<Options> = {}) {
      checkOptionNames(new.target.name, options, Object.keys(row.defaults));
      super(params, { ...row.defaults, ...options }, row.state, (group) => [
        ...(Object.keys(row.defaults) as (keyof Options)[]).flatMap((name) => numbersOf(group[name])),
        ...(row.derived?.(group) ?? []),
      ]);
    }

    protected override check(options: Options): void {
      checkHyperparameters(this.constructor.name, options, row.defaults, row.ranges);
    }

    protected override updateRun(n: number, _options: Options, { p, g, state, step, hyper }: Run): void {
      const [a, b, c] = state;
      run.ruleStep(row.rule, n, p, g, a, b ?? null, c ?? null, step, hyper);
    }
  };
  return optimizer as unknown as RuledConstructor<Options>;
}

const numbersOf = (value: unknown): number[] => (Array.isArray(value) ? value : [value]).map(Number);
