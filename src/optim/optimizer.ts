import { busy, checkFree } from "../busy.js";
import type { DType } from "../dtype.js";
import { AutogradError, formatShape, ShapeError, ValueError } from "../errors.js";
import { withKernels } from "../kernels/backend.js";
import { run, strided } from "../kernels/run.js";
import { dense } from "../ops/shape/views.js";
import { checkOptionNames } from "../options.js";
import { quoted } from "../quote.js";
import { count, listOf, mismatch, readState, record } from "../saved-state.js";
import { denseStrides, numel, sameShape } from "../shape.js";
import { isDetached } from "../tensor/detached.js";
import { longLived, type Storage, sharedArray } from "../tensor/storage.js";
import { fromData, longLivedLike, Tensor } from "../tensor/tensor.js";
import { tracing, withTracing } from "../tracing.js";
import { described, listed, noParameters } from "./given.js";

/** Parameters that share hyperparameters. Numbers may be changed at any time: `group.lr = 0.01`. */
export type ParamGroup<Options> = Options & { readonly params: readonly Tensor[] };

/** Groups as they are given: `{ params, lr: 0.1 }`. */
export type ParamGroupOptions<Options> = Partial<Options> & { params: Iterable<Tensor> };

/** What can be saved of an optimizer: state tensors by parameter index and name, hyperparameters by group. */
export interface OptimizerState {
  state: Record<number, Record<string, Tensor>>;
  paramGroups: Record<string, unknown>[];
}

/** One parameter, its place in the state and the number of steps it has made. */
interface Slot {
  readonly param: Tensor;
  /** Buffers of the algorithm, in the order of `stateNames`. */
  state: readonly Storage[];
  /** Of the buffers. */
  dtype: DType;
  readonly steps: Float64Array;
  readonly index: number;
}

interface GroupSlots<Options> {
  readonly slots: readonly Slot[];
  readonly options: Options;
  /** The hyperparameters as the kernels read them: a recorded step sees a learning rate that changes later. */
  readonly hyper: Float64Array;
}

/**
 * Base of optimizers (PyTorch's `torch.optim.Optimizer`). A subclass names its hyperparameters and its state and makes
 * one kernel call for a run of elements; runs of neighbouring parameters are found here.
 */
export abstract class Optimizer<Options extends object> {
  readonly paramGroups: ParamGroup<Options>[] = [];
  private readonly groups: GroupSlots<Options>[] = [];
  /** By trace: the parameters of each group that have been stepped together so far; none when it was not always the same ones. */
  readonly #stepped = new WeakMap<object, (readonly Slot[])[]>();

  protected constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupOptions<Options>>,
    private readonly defaults: Options,
    /** Names of the state buffers, PyTorch's in camelCase. */
    protected readonly stateNames: readonly string[],
    /** Writes the hyperparameters of a group in the order of the kernel. */
    private readonly hyperOf: (options: Options) => number[],
  ) {
    const given = listed(this.constructor.name, params) as (Tensor | ParamGroupOptions<Options>)[];
    if (given.length === 0) throw noParameters(this.constructor.name);
    const tensors = given.filter((item) => item instanceof Tensor);
    if (tensors.length === given.length)
      this.addParamGroup({ params: tensors } as unknown as ParamGroupOptions<Options>);
    else if (tensors.length === 0)
      for (const group of given) this.addParamGroup(group as ParamGroupOptions<Options>);
    else throw new ValueError(`${this.constructor.name}: parameters or groups of parameters: got a mixture`);
  }

  /** Throws when a hyperparameter is out of range. */
  protected abstract check(options: Options): void;

  /** One kernel call: `n` elements of the parameter, the gradient and the state buffers from these places on. */
  protected abstract update(
    n: number,
    options: Options,
    arrays: {
      p: Place;
      g: Place;
      state: readonly Place[];
      step: Place<Float64Array>;
      hyper: Place<Float64Array>;
    },
  ): void;

  /** Adds parameters with hyperparameters of their own; what is not given is as in the constructor. */
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
    const slots = params.map((param, index) => {
      param.gradientMemory ??= longLivedLike("gradient", param);
      const state = this.stateNames.map((state) => longLived(`${name} ${state}`, param.dtype, param.numel));
      return { param, state, dtype: param.dtype, steps, index };
    });
    const hyper = sharedArray("float64", 16) as Float64Array;
    hyper.set(this.hyperOf(options));
    this.groups.push({ slots, options, hyper });
    this.paramGroups.push(this.#liveGroup(params, options, hyper));
  }

  /** The group as users see it: setting a hyperparameter checks it and writes it where the kernels read it. */
  #liveGroup(params: readonly Tensor[], options: Options, hyper: Float64Array): ParamGroup<Options> {
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
          hyper.set(this.hyperOf(options));
        },
      });
    return group;
  }

  /** @internal The hyperparameters of each group where the kernels read them. */
  get hyperparameters(): Float64Array[] {
    return this.groups.map(({ hyper }) => hyper);
  }

  /** Updates every parameter that has a gradient. */
  step(): void {
    if (tracing !== null) tracing.read(this.groups, "length", this.groups.length);
    for (const [i, { slots, hyper }] of this.groups.entries()) {
      const active = slots.filter(({ param }) => param.gradient !== null);
      for (const slot of active) this.#followDType(slot);
      if (tracing !== null) tracing.read(this, `steps ${i}`, stepPattern(active), () => stepPattern(active));
      countSteps(active);
      for (const run of this.#runs(i, active))
        this.update(run.n, this.paramGroups[i], { ...run, hyper: { array: hyper, offset: 0 } });
      for (const { param, state } of active)
        for (const storage of [param.storage, ...state]) storage.changed();
    }
  }

  /** In a trace steps are not counted: after a step of some parameters, who has made as many as another is not known. */
  #runs(group: number, active: readonly Slot[]): Run[] {
    if (tracing === null) return runs(active);
    const stepped = this.#stepped.get(tracing) ?? [];
    this.#stepped.set(tracing, stepped);
    stepped[group] ??= active;
    const together = stepped[group];
    if (together.length === active.length && together.every((slot, i) => slot === active[i]))
      return runs(active);
    stepped[group] = [];
    return active.flatMap((slot) => runs([slot]));
  }

  /** `Module.to` may have cast a parameter since the last step. */
  #followDType(slot: Slot): void {
    const { param, state } = slot;
    if (slot.dtype === param.dtype) return;
    // Once for all steps to come, so not as a part of the one that is being traced.
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

  /** Forgets all gradients; the next backward writes instead of adding. */
  zeroGrad(): void {
    for (const { slots } of this.groups) for (const { param } of slots) param.gradient = null;
  }

  /** State and hyperparameters, for a checkpoint. The tensors share the optimizer's memory: clone() to keep. */
  stateDict(): OptimizerState {
    if (tracing !== null) tracing.refuse("stateDict of an optimizer is called", "call it outside");
    const state: OptimizerState["state"] = {};
    let first = 0;
    const paramGroups = this.groups.map(({ slots }, i) => {
      for (const slot of slots) {
        const { param, steps, index } = slot;
        if (steps[index] === 0) continue;
        this.#followDType(slot);
        const entry: Record<string, Tensor> = {
          step: fromData(Float64Array.of(steps[index]), [], "float64"),
        };
        for (const [s, name] of this.stateNames.entries()) entry[name] = asTensor(slot.state[s], param);
        state[first + index] = entry;
      }
      const { params, ...options } = this.paramGroups[i];
      const indices = params.map((_, p) => first + p);
      first += params.length;
      return { ...options, params: indices };
    });
    return { state, paramGroups };
  }

  /** Takes over what `stateDict` gave. @throws SimdgradError `STATE_DICT_MISMATCH`; nothing is changed then. */
  loadStateDict(dict: OptimizerState): void {
    this.prepareLoad(dict)();
  }

  /** @internal Checks everything, and returns what takes it over, which cannot fail. */
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
      this.#followDType(slot);
      if (busy) for (const storage of slot.state) checkFree("loadStateDict", storage, "write");
      return state[i] === undefined ? null : this.#savedEntry(state[i], slot, i);
    });
    return () => {
      for (const [i, { options, hyper }] of this.groups.entries()) {
        Object.assign(options, changed[i]);
        hyper.set(this.hyperOf(options));
      }
      for (const [i, { steps, index, state: storages }] of slots.entries()) {
        const entry = entries[i];
        steps[index] = entry?.step ?? 0;
        for (const [s, memory] of storages.entries())
          if (entry === null) run.fill(0, memory.length, memory);
          else run.copy([memory.length], strided(entry.buffers[s], [1]), strided(memory, [1]));
      }
    };
  }

  /** The hyperparameters of a saved group: all at once, since one after another might pass through a combination that is refused. */
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

  /** The state of a parameter, in memory that may be copied from at any time. */
  #savedEntry(saved: unknown, { param }: Slot, i: number): { step: number; buffers: Tensor[] } {
    const name = this.constructor.name;
    if (!record.holds(saved)) throw mismatch(name, `state ${i} is ${record.words}: ${quoted(saved)}`);
    const tensorOf = (key: string, shape: readonly number[]) => {
      const x = saved[key];
      if (!(x instanceof Tensor)) throw mismatch(name, `state ${i} has no ${key}`);
      if (!sameShape(x.shape, shape))
        throw mismatch(
          name,
          x.numel === numel(shape)
            ? `${key} of state ${i} is ${formatShape(x.shape)} for ${formatShape(shape)}`
            : `${key} of state ${i} has ${x.numel} elements for ${numel(shape)}`,
        );
      if (isDetached(x)) throw mismatch(name, `the memory of ${key} of state ${i} was transferred`);
      return x;
    };
    const step = tensorOf("step", []).item();
    if (!count.holds(step)) throw mismatch(name, `step of state ${i} is ${count.words}: ${quoted(step)}`);
    return { step, buffers: this.stateNames.map((key) => dense(tensorOf(key, param.shape))) };
  }
}

/** Which parameters have made as many steps as the one before: what `runs` goes by, apart from places in memory. */
function stepPattern(active: readonly Slot[]): string {
  let pattern = "";
  for (let i = 1; i < active.length; i++) {
    const [a, b] = [active[i - 1], active[i]];
    pattern += a.steps[a.index] === b.steps[b.index] ? "=" : "|";
  }
  return pattern;
}

/** One more step for each: one kernel call where all parameters of the group take part. */
function countSteps(active: readonly Slot[]): void {
  for (let i = 0, next: number; i < active.length; i = next) {
    const { steps, index } = active[i];
    next = i + 1;
    while (next < active.length && active[next].index === index + next - i) next++;
    run.increment(next - i, { array: steps, offset: index });
  }
}

/** An array and where to begin in it. */
export interface Place<A = Float32Array | Float64Array> {
  readonly array: A;
  readonly offset: number;
}

interface Run {
  n: number;
  p: Place;
  g: Place;
  state: readonly Place[];
  step: Place<Float64Array>;
}

/** Bytes to which long-lived storages are rounded up. */
const cacheLine = 64;

/**
 * Parameters that are neighbours in memory, and whose gradients and states are neighbours in the same way, are one
 * run: a small model is updated by one kernel call. The gaps between long-lived storages are zero, and every update
 * rule leaves zeros with zero gradients alone.
 */
function runs(slots: readonly Slot[]): Run[] {
  const out: { run: Run; last: readonly Storage[]; slot: Slot }[] = [];
  for (const slot of slots) {
    const { param, state, steps, index } = slot;
    const gradient = dense(param.gradient!);
    const here = [param.storage, gradient.storage, ...state];
    const n = param.numel;
    const whole = param.numel === param.storage.length && gradient.numel === gradient.storage.length;
    const previous = out.at(-1);
    const step = previous === undefined ? 0 : here[0].offset - previous.last[0].offset;
    const adjoining =
      previous !== undefined &&
      whole &&
      step >= previous.slot.param.numel &&
      step < previous.slot.param.numel + cacheLine / param.array.BYTES_PER_ELEMENT &&
      steps[index] === previous.slot.steps[previous.slot.index] &&
      here.every(
        (storage, i) =>
          storage.longLived &&
          previous.last[i].longLived &&
          storage.array === previous.last[i].array &&
          storage.offset - previous.last[i].offset === step,
      );
    if (adjoining) {
      previous.run.n = here[0].offset - previous.run.p.offset + n;
      previous.last = here;
      previous.slot = slot;
    } else {
      const run: Run = {
        n,
        p: { array: param.array as Place["array"], offset: param.offset },
        g: { array: gradient.array as Place["array"], offset: gradient.offset },
        state: state as readonly unknown[] as readonly Place[],
        step: { array: steps, offset: index },
      };
      out.push({ run, last: here, slot });
    }
  }
  return out.map(({ run }) => run);
}

/** A long-lived storage seen with the shape of a parameter. */
function asTensor(storage: Storage, like: Tensor): Tensor {
  return new Tensor(storage, storage.offset, like.shape, denseStrides(like.shape), like.dtype);
}

/** Lists among hyperparameters as frozen copies: a change inside one would be seen by nobody. */
function fixedLists<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      Array.isArray(value) ? Object.freeze([...value]) : value,
    ]),
  ) as T;
}
