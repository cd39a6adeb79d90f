import { withGradMode } from "../autograd/grad-mode.js";
import { busy, checkFree } from "../busy.js";
import { AutogradError, ShapeError, ValueError } from "../errors.js";
import { withKernels } from "../kernels/backend.js";
import { run, strided } from "../kernels/run.js";
import { checkOptionNames } from "../options.js";
import { quoted } from "../quote.js";
import { listOf, mismatch, readState, record } from "../saved-state.js";
import { denseStrides } from "../shape.js";
import { longLived, type Storage, sharedArray } from "../tensor/storage.js";
import { fromData, longLivedLike, Tensor } from "../tensor/tensor.js";
import { tracing, withTracing } from "../tracing.js";
import { described, listed, noParameters } from "./given.js";
import { GroupMemory, type GroupTensors, numbersOf } from "./group-tensors.js";
import { fixedLists, kindsOf } from "./hyperparameters.js";
import { checkHyperparameters } from "./range.js";
import { countSteps, LastRuns, type Run, runs, type Slot, stepPattern } from "./runs.js";
import { savedEntry } from "./saved-entry.js";
import { StateParts } from "./state-parts.js";
import { type ParameterState, StateTensors } from "./state-tensors.js";

/** Parameters that share hyperparameters. Numbers may be changed at any time: `group.lr = 0.01`. */
export type ParamGroup<Options> = Options & { readonly params: readonly Tensor[] };

/** A group as the constructor takes it: `{ params, lr: 0.1 }`. */
export type ParamGroupOptions<Options> = Partial<Options> & { params: Iterable<Tensor> };

/** The saved form of an optimizer: state tensors by parameter index and name, hyperparameters by group. */
export interface OptimizerState {
  /** State tensors by the index of the parameter, then by name. */
  state: Record<number, Record<string, Tensor>>;
  /** Hyperparameters of each group. */
  paramGroups: Record<string, unknown>[];
}

interface GroupSlots<Options extends object> {
  readonly slots: readonly Slot[];
  readonly options: Options;
  /** The hyperparameters in the memory that kernels read: a recorded step uses the current values. */
  readonly hyper: Float64Array;
  /**
   * Flags, and which numbers are 0: a recorded step is valid while they stay. Kernels read numbers from
   * memory.
   */
  kinds: string;
  /** For an `update` written in Tensor operations. */
  readonly memory: GroupMemory<Options> | null;
  readonly last: LastRuns;
}

/**
 * Base class of optimizers (PyTorch's `torch.optim.Optimizer`), for those of the library and for your own.
 * Your optimizer has a method `update`, which changes one parameter in place with Tensor operations and keeps
 * values between steps in `state`. Hyperparameters are numbers, lists of numbers and booleans, passed to the
 * constructor. Eager and compiled steps give the same bits, a compiled step uses the current learning rate,
 * and checkpoints contain the state.
 *
 *     interface Momentum { lr: number; momentum: number }
 *     type Group = optim.GroupTensors<Momentum>;
 *
 *     class MySGD extends optim.Optimizer<Momentum> {
 *       override update(p: Tensor, grad: Tensor, state: optim.ParameterState, group: Group) {
 *         const buffer = state.tensor("momentumBuffer");
 *         buffer.mul_(group.momentum).add_(grad);
 *         p.sub_(buffer.mul(group.lr));
 *       }
 *     }
 *     const optimizer = new MySGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 *
 * For defaults, write a constructor: `super(params, { lr: 1e-3, momentum: 0.9, ...options })`. To check the
 * ranges of hyperparameters, write a method `check`. `update` must be a method, not a field that holds a
 * function.
 *
 * @throws ValueError `NO_UPDATE`, `NOT_PARAMETERS`, `NO_PARAMETERS`, and for a parameter that is given twice.
 */
export abstract class Optimizer<Options extends object = any> {
  readonly paramGroups: ParamGroup<Options>[] = [];
  private readonly groups: GroupSlots<Options>[] = [];
  /**
   * By trace and group: the parameters of all steps so far; an empty list if the steps had different
   * parameters.
   */
  readonly #stepped = new WeakMap<object, (readonly Slot[])[]>();

  /** @internal Names of the state buffers of an optimizer that is a kernel, PyTorch's in camelCase. */
  protected readonly stateNames: readonly string[];
  private readonly hyperOf: (options: Options) => number[];
  /** @internal For an optimizer whose state is divided among ranks. */
  readonly #parts = new StateParts(this.constructor.name, () =>
    this.groups.flatMap((group) => group.slots as Slot[]),
  );

  /**
   * @param params Parameters, or groups with their own hyperparameters: `{ params, lr: 0.1 }`.
   * @param defaults Hyperparameters of groups without their own. Names and kinds cannot change later.
   * @throws ValueError `NO_UPDATE` for a class without a method `update`, `NOT_PARAMETERS`, `NO_PARAMETERS`,
   * `INVALID_HYPERPARAMETER`; AutogradError `NOT_A_LEAF`.
   */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupOptions<Options>>,
    private readonly defaults: Options = {} as Options,
    /** @internal */
    stateNames: readonly string[] = [],
    /** @internal The hyperparameters of a group in the order of the kernel. */
    hyperOf: (options: Options) => number[] = numbersOf,
  ) {
    const { name } = this.constructor;
    const own = this.update !== undefined;
    if (own ? typeof this.update !== "function" : this.updateRun === undefined)
      throw new ValueError(
        `${name}: an optimizer has a method update(p, grad, state, group): ${quoted(this.update)}`,
        "NO_UPDATE",
      );
    this.stateNames = own ? [] : stateNames;
    this.hyperOf = own ? numbersOf : hyperOf;
    checkOptionNames(name, defaults, record.holds(defaults) ? Object.keys(defaults) : []);
    const given = listed(this.constructor.name, params) as (Tensor | ParamGroupOptions<Options>)[];
    if (given.length === 0) throw noParameters(this.constructor.name);
    const tensors = given.filter((item) => item instanceof Tensor);
    if (tensors.length === given.length)
      this.addParamGroup({ params: tensors } as unknown as ParamGroupOptions<Options>);
    else if (tensors.length === 0)
      for (const group of given) this.addParamGroup(group as ParamGroupOptions<Options>);
    else throw new ValueError(`${this.constructor.name}: parameters or groups of parameters: got a mixture`);
  }

  /** Throws if a hyperparameter is out of range. By default numbers are finite and flags booleans. */
  protected check(options: Options): void {
    const any = (like: unknown) => Array(Array.isArray(like) ? like.length : 1).fill([-Infinity, Infinity]);
    const ranges = Object.entries(this.defaults).map(([name, like]) => [name, any(like)]);
    checkHyperparameters(this.constructor.name, options, this.defaults, Object.fromEntries(ranges));
  }

  /**
   * One step of one parameter, written by you: changes `p` in place, `p.sub_(grad.mul(group.lr))`. The
   * optimizer calls it under `noGrad` for each parameter that has a gradient. It returns nothing (or `p`).
   * @param grad The gradient, in the shape and dtype of `p`. Its memory is reused: keep a `clone()` of it.
   * @param state State tensors by name, and the step number.
   * @param group The hyperparameters: numbers as 0-d tensors in the dtype of `p`.
   */
  update?(p: Tensor, grad: Tensor, state: ParameterState, group: GroupTensors<Options>): void;

  /**
   * @internal One kernel call on `n` elements of the parameter, the gradient and the state buffers. From the
   * options it may read only flags, and whether a number is 0.
   */
  protected updateRun?(n: number, options: Options, arrays: Run): void;

  /** Adds parameters with their own hyperparameters; missing hyperparameters come from the constructor. */
  addParamGroup(given: ParamGroupOptions<Options>): void {
    const name = this.constructor.name;
    if (!record.holds(given) || given.params === undefined)
      throw new ValueError(
        `${name}: parameters are tensors, groups have params, { params: … }: ${described(given)}`,
        "NOT_PARAMETERS",
      );
    const { params: iterable, ...own } = given;
    checkOptionNames(name, own, Object.keys(this.defaults));
    const params = listed(name, iterable) as Tensor[];
    if (params.length === 0) throw noParameters(name);
    const options = fixedLists({ ...this.defaults, ...own }) as unknown as Options;
    this.check(options);
    const known = new Set(this.groups.flatMap((group) => group.slots.map((slot) => slot.param)));
    for (const param of params) {
      if (!(param instanceof Tensor))
        throw new ValueError(`${name}: parameters are tensors: ${described(param)}`, "NOT_PARAMETERS");
      if (!param.isLeaf)
        throw new AutogradError(`${name}: only leaves can be optimized: use detach()`, "NOT_A_LEAF");
      if (!param.isContiguous) throw new ShapeError(`${name}: parameters are contiguous: use contiguous()`);
      if (known.has(param)) throw new ValueError(`${name}: a parameter is given twice`);
      known.add(param);
    }
    const steps = sharedArray("float64", params.length) as Float64Array;
    const numbers = this.hyperOf(options);
    const hyper = sharedArray("float64", Math.max(16, numbers.length)) as Float64Array;
    hyper.set(numbers);
    const live = this.#liveGroup(params, options, this.groups.length);
    const keys = Object.keys(options) as (keyof Options & string)[];
    const memory = this.update === undefined ? null : new GroupMemory<Options>(live, keys, hyper, steps);
    const slots = params.map((param, index) => {
      param.gradientMemory ??= longLivedLike("gradient", param);
      const state = this.stateNames.map((state) => longLived(`${name} ${state}`, param.dtype, param.numel));
      const own = memory && new StateTensors(name, param, () => memory.step(param, index));
      return { param, state, dtype: param.dtype, steps, index, own, part: null };
    });
    this.groups.push({ slots, options, hyper, kinds: kindsOf(options), memory, last: new LastRuns() });
    this.paramGroups.push(live);
  }

  /** The group as users see it: setting a hyperparameter checks it and writes it for the kernels. */
  #liveGroup(params: readonly Tensor[], options: Options, index: number): ParamGroup<Options> {
    const group = { params } as ParamGroup<Options>;
    for (const key of Object.keys(options) as (keyof Options & string)[])
      Object.defineProperty(group, key, {
        enumerable: true,
        get: () => {
          if (tracing !== null) tracing.read(group, key, options[key], () => options[key]);
          return options[key];
        },
        set: (value) => {
          if (tracing !== null)
            tracing.refuse(`${key} of an optimizer is set`, "set it, or step the scheduler, outside");
          const changed = fixedLists({ ...options, [key]: value });
          this.check(changed);
          options[key] = changed[key];
          this.#writeNumbers(this.groups[index]);
        },
      });
    return group;
  }

  /** Writes the hyperparameters to the memory that kernels read. */
  #writeNumbers(group: GroupSlots<Options>): void {
    group.hyper.set(this.hyperOf(group.options));
    group.kinds = kindsOf(group.options);
    group.memory?.refresh();
  }

  /**
   * @internal The state, which may be divided.
   * @throws ValueError `WHOLE_TENSORS` for an `update` written in Tensor operations.
   */
  get stateParts(): StateParts {
    if (this.update !== undefined)
      throw new ValueError(
        `${this.constructor.name}: shardOptimizer is for optimizers of the library that update element by element: update(p, grad, …) gets whole tensors`,
        "WHOLE_TENSORS",
      );
    return this.#parts;
  }

  /** @internal The hyperparameters of each group in the memory that kernels read. */
  get hyperparameters(): (Float64Array | Float32Array)[] {
    return this.groups.flatMap(({ hyper, memory }) => (memory === null ? [hyper] : [hyper, memory.rounded]));
  }

  /** Updates every parameter that has a gradient. */
  step(): void {
    if (tracing !== null) tracing.read(this.groups, "length", this.groups.length);
    for (const [i, group] of this.groups.entries()) {
      const { slots, hyper } = group;
      const active = slots.filter(({ param }) => param.gradient !== null);
      if (group.memory !== null) {
        this.#updateEach(active, group);
        continue;
      }
      for (const slot of active) this.#followDType(slot);
      if (tracing !== null) tracing.read(this, "parts", this.#parts.changes, () => this.#parts.changes);
      if (tracing !== null) tracing.read(this, `steps ${i}`, stepPattern(active), () => stepPattern(active));
      if (tracing !== null) tracing.read(this.paramGroups[i], "kinds", group.kinds, () => group.kinds);
      countSteps(active);
      const together = tracing === null ? group.last.of(active, hyper) : this.#tracedRuns(i, active, hyper);
      for (const run of together) this.updateRun!(run.n, group.options, run);
      for (const { param, state } of active) {
        param.storage.changed();
        for (const storage of state) storage.changed();
      }
    }
  }

  /** A step with an `update` written in Tensor operations. */
  #updateEach(active: readonly Slot[], group: GroupSlots<Options>): void {
    const memory = group.memory!;
    countSteps(active, memory);
    for (const { param, own } of active) {
      const tensors = memory.tensorsFor(param);
      const returned: unknown = withGradMode(false, () =>
        this.update!(param, param.gradient!, own!, tensors),
      );
      if (returned !== undefined && returned !== param) {
        if (returned instanceof Promise) returned.catch(() => {}); // only the error below is reported
        throw new ValueError(
          `${this.constructor.name}: update changes p in place, p.sub_(…), and returns nothing: ${quoted(returned)}`,
          "INVALID_UPDATE",
        );
      }
      const changed = memory.changed();
      if (changed === null) continue;
      this.#writeNumbers(group);
      throw new ValueError(
        `${this.constructor.name}: update changes p and state tensors only: it changed ${changed} in place; use mul, not mul_`,
        "READ_ONLY",
      );
    }
  }

  /** Parameters share kernel calls in a trace only if all steps so far updated the same parameters. */
  #tracedRuns(group: number, active: readonly Slot[], hyper: Float64Array): Run[] {
    const stepped = this.#stepped.get(tracing!) ?? [];
    this.#stepped.set(tracing!, stepped);
    stepped[group] ??= active;
    const together = stepped[group];
    if (together.length === active.length && together.every((slot, i) => slot === active[i]))
      return runs(active, hyper);
    stepped[group] = [];
    return active.flatMap((slot) => runs([slot], hyper));
  }

  /** `Module.to` may have cast a parameter since the last step. */
  #followDType(slot: Slot): void {
    const { param } = slot;
    if (slot.dtype === param.dtype) return;
    const state = this.#parts.wholeOf(slot);
    // This happens once for all later steps, so it is not part of the step that is being traced.
    if (tracing !== null) {
      withTracing(null, () => withKernels(null, () => this.#followDType(slot)));
      return;
    }
    slot.state = state.map((from, s) => {
      const to = longLived(`${this.constructor.name} ${this.stateNames[s]}`, param.dtype, param.numel);
      run.copy([param.numel], strided(from, [1]), strided(to, [1]));
      return to;
    });
    slot.dtype = param.dtype;
  }

  /** `Adam(lr=0.001, betas=[0.9, 0.999], …)`, one line for each group. */
  toString(): string {
    const text = (value: unknown) => (Array.isArray(value) ? `[${value.join(", ")}]` : String(value));
    const groups = this.paramGroups.map(({ params, ...options }) =>
      [
        ...Object.entries(options).map(([key, value]) => `${key}=${text(value)}`),
        `params=${params.length}`,
      ].join(", "),
    );
    return groups.map((group) => `${this.constructor.name}(${group})`).join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Clears all gradients: the next backward writes gradients instead of adding to them. */
  zeroGrad(): void {
    for (const { slots } of this.groups) for (const { param } of slots) param.gradient = null;
  }

  /**
   * State and hyperparameters, for a checkpoint. The tensors share the optimizer's memory: clone() to keep.
   */
  stateDict(): OptimizerState {
    if (tracing !== null) tracing.refuse("stateDict of an optimizer is called", "call it outside");
    const state: OptimizerState["state"] = {};
    let first = 0;
    const paramGroups = this.groups.map(({ slots }, i) => {
      for (const slot of slots) {
        const { param, steps, index } = slot;
        if (steps[index] === 0) continue;
        this.#followDType(slot);
        const whole = this.#parts.wholeOf(slot);
        const entry: Record<string, Tensor> = {
          step: fromData(Float64Array.of(steps[index]), [], "float64"),
        };
        for (const [s, name] of this.stateNames.entries()) entry[name] = asTensor(whole[s], param);
        slot.own?.followDType();
        for (const [name, x] of slot.own?.entries() ?? []) entry[name] = x;
        state[first + index] = entry;
      }
      const { params, ...options } = this.paramGroups[i];
      const indices = params.map((_, p) => first + p);
      first += params.length;
      return { ...options, params: indices };
    });
    return { state, paramGroups };
  }

  /**
   * Loads the result of `stateDict`. @throws SimdgradError `STATE_DICT_MISMATCH`, and changes nothing then.
   */
  loadStateDict(dict: OptimizerState): void {
    this.prepareLoad(dict)();
  }

  /** @internal Checks everything, and returns a function that loads it and cannot fail. */
  prepareLoad(dict: OptimizerState): () => void {
    if (tracing !== null) tracing.refuse("loadStateDict of an optimizer is called", "call it outside");
    const name = this.constructor.name;
    const { state, paramGroups } = readState(name, dict, {
      state: record,
      paramGroups: listOf(record),
    });
    if (paramGroups.length !== this.groups.length)
      throw mismatch(name, `${paramGroups.length} groups for ${this.groups.length}`);
    const changed = this.groups.map((_, i) => this.#savedOptions(paramGroups[i], i));
    const slots = this.groups.flatMap((group) => group.slots);
    const stray = Object.keys(state).find((key) => slots[Number(key)] === undefined);
    if (stray !== undefined) throw mismatch(name, `no parameter ${stray}`);
    const entries = slots.map((slot, i) => {
      this.#parts.wholeOf(slot);
      this.#followDType(slot);
      const own = [...(slot.own?.entries() ?? [])].map(([, { storage }]) => storage);
      if (busy) for (const storage of [...slot.state, ...own]) checkFree("loadStateDict", storage, "write");
      if (state[i] !== undefined)
        return savedEntry(this.constructor.name, state[i], slot, i, this.stateNames);
      return { step: 0, buffers: null, own: slot.own?.prepareLoad({}) };
    });
    return () => {
      for (const [i, { steps, index, state: storages }] of slots.entries()) {
        const { step, buffers, own } = entries[i];
        steps[index] = step;
        own?.();
        for (const [s, memory] of storages.entries())
          if (buffers === null) run.fill(0, memory.length, memory);
          else run.copy([memory.length], strided(buffers[s], [1]), strided(memory, [1]));
      }
      for (const [i, group] of this.groups.entries()) {
        Object.assign(group.options, changed[i]);
        this.#writeNumbers(group);
      }
    };
  }

  /** Sets all hyperparameters of a saved group at once: one by one might give an invalid combination. */
  #savedOptions(saved: Record<string, unknown>, i: number): Options {
    const name = this.constructor.name;
    const { options } = this.groups[i];
    const wanted = this.paramGroups[i].params.length;
    const given = (saved["params"] as unknown[] | undefined)?.length;
    if (given !== wanted) throw mismatch(name, `group ${i} has ${quoted(given)} parameters for ${wanted}`);
    const taken = fixedLists(
      Object.fromEntries(
        Object.keys(options).map((key) => {
          if (!Object.hasOwn(saved, key)) throw mismatch(name, `group ${i} has no ${key}`);
          return [key, saved[key]];
        }),
      ),
    ) as Options;
    this.check(taken);
    return taken;
  }
}

/** A view of a long-lived storage with the shape of a parameter. */
function asTensor(storage: Storage, like: Tensor): Tensor {
  return new Tensor(storage, storage.offset, like.shape, denseStrides(like.shape), like.dtype);
}
