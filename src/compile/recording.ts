/**
 * One form of a compiled function: for arguments of certain shapes, and a certain state of modules and
 * gradients.
 */
import { isGradEnabled } from "../autograd/grad-mode.js";
import { busy, checkFree } from "../busy.js";
import type { Data, DType } from "../dtype.js";
import { formatShape } from "../errors.js";
import { inUse } from "../kernels/backend.js";
import type { Region } from "../region.js";
import { sameShape } from "../shape.js";
import { regionOf } from "../tensor/region.js";
import { allocate, PinnedStorage, type Storage, sharedArray } from "../tensor/storage.js";
import { copyOf, Tensor, usedUp } from "../tensor/tensor.js";
import { moves } from "../tracing.js";
import { checkApart } from "./apart.js";
import { usedUpGradients } from "./fuse.js";
import { plan, type Slot, writtenSlots } from "./plan.js";
import { Program } from "./program.js";
import type { Memory } from "./replay.js";
import type { Effect, Trace } from "./trace.js";

/**
 * What a caller gets, from the memory of outputs, the inputs of this call, and gradients that are the
 * caller's.
 */
type Build = (
  outputs: readonly Storage[],
  inputs: readonly Tensor[],
  gradients: readonly Tensor[],
) => unknown;

export class Recording {
  readonly program: Program;
  readonly #args: readonly unknown[];
  readonly #gradMode = isGradEnabled();
  readonly #backend = inUse;
  readonly #moves = moves;
  readonly #trace: Trace;
  readonly #outputs: { dtype: DType; length: number }[];
  readonly #result: Build;
  readonly #effects: { owner: object; name: string; build: Build }[];
  readonly #lenders: readonly Tensor[];
  /** Inputs that the calls write to. */
  readonly #changedInputs: readonly number[];
  /** Whether what a replay leaves behind, a result or a gradient, may lie in the memory of its inputs. */
  readonly givesInputs: boolean;

  /** `keepGrads`: gradients are stored, also where an update could take them as they are made. */
  constructor(args: readonly unknown[], trace: Trace, keepGrads = false) {
    // Tensors are compared by form; holding on to one would keep its memory alive.
    this.#args = args.map((arg) => (isInput(arg) ? formOf(arg) : arg));
    this.#trace = trace;
    this.#lenders = lendersOf(trace);
    const left = [trace.result, ...trace.effects.map(({ value }) => value)];
    const outputs = outputsIn(left, trace);
    this.givesInputs = [...tensorsIn(left)].some(({ storage }) => trace.inputs.includes(storage.array));
    this.#outputs = outputs.map((array) => trace.memory.get(array)!);
    this.#result = builder(trace.result, trace, outputs, this.#lenders);
    const needed = (array: Data, offset: number) =>
      trace.effects.some(
        (effect) => leaves(effect, array, offset) && (keepGrads || wasRead(trace, effect.owner)),
      );
    this.program = new Program(plan(trace, outputs, needed));
    const used = [...usedUpGradients<Slot>(this.program.plan.calls)];
    this.#effects = trace.effects.map((effect) => {
      const { owner, name, value } = effect;
      const gone = used.some(({ array, offset }) => leaves(effect, array.array, offset));
      return { owner, name, build: gone ? () => usedUp : builder(value, trace, outputs) };
    });
    const written = new Set(this.program.plan.calls.flatMap(writtenSlots));
    this.#changedInputs = this.program.plan.inputs.flatMap((slot, i) => (written.has(slot) ? [i] : []));
  }

  /** Whether it was made for arguments and a state like these. */
  fits(args: readonly unknown[]): boolean {
    if (args.length !== this.#args.length || isGradEnabled() !== this.#gradMode) return false;
    if (inUse !== this.#backend || this.#moves !== moves) return false;
    for (let i = 0; i < args.length; i++) {
      const expected = this.#args[i];
      if (expected instanceof Form ? !expected.fits(args[i]) : !Object.is(expected, args[i])) return false;
    }
    for (const { again, value } of this.#trace.guards) if (!Object.is(again(), value)) return false;
    return true;
  }

  /** Whether it will never fit again: memory that it works on is no longer that of its tensor. */
  get obsolete(): boolean {
    return this.#moves !== moves;
  }

  replay(args: readonly unknown[]): unknown {
    return this.#run(args, (memory) => this.program.replay(memory));
  }

  /** A replay that adds the time of each call of the plan to nanoseconds[call]. */
  profile(args: readonly unknown[], nanoseconds: Float64Array): unknown {
    return this.#run(args, (memory) => this.program.profile(memory, nanoseconds));
  }

  #run(args: readonly unknown[], run: (memory: readonly Memory[]) => void): unknown {
    const inputs = args.filter(isInput);
    this.checkFree(inputs);
    this.checkApart(inputs);
    const outputs = this.#outputs.map(({ dtype, length }) => allocate(dtype, length));
    const memory: Memory[] = [];
    for (const x of inputs) memory.push({ array: x.storage.array, offset: x.offset });
    for (const storage of outputs) memory.push(storage);
    run(memory);
    this.settle(outputs, inputs);
    return this.result(outputs, inputs);
  }

  /**
   * @throws ValueError `SHARED_MEMORY` when an input that the calls write to shares elements with another
   * one.
   */
  checkApart(inputs: readonly Tensor[]): void {
    checkApart(inputs, this.#changedInputs);
  }

  /** @throws SimdgradError `TENSOR_IN_USE` when a thread works on memory that a replay touches. */
  checkFree(inputs: readonly Tensor[]): void {
    if (!busy) return;
    this.program.checkFree();
    for (const [i, x] of inputs.entries())
      checkFree("compile", regionOf(x), this.changes(i) ? "write" : "read");
  }

  /** The shapes and values that it was made for, as errors write them: `[8, 5] float32, [8] int32, true`. */
  get form(): string {
    return this.#args
      .map((arg) => (arg instanceof Form ? arg.text : arg instanceof Tensor ? "a parameter" : String(arg)))
      .join(", ");
  }

  /**
   * Whether one replay leaves behind the state that it was recorded for, so that others may follow without a
   * look at it. A step that adds to gradients which were null finds them there the next time.
   */
  get steady(): boolean {
    return this.#trace.guards.every(({ owner, name, value }) => {
      const effect = this.#trace.effects.find((other) => other.owner === owner && other.name === name);
      return effect === undefined || Object.is(effect.value, value);
    });
  }

  /** Whether what the function has read of the state of these objects is still so. */
  holds(owners: ReadonlySet<object>): boolean {
    return this.#trace.guards.every(
      ({ owner, again, value }) => !owners.has(owner) || Object.is(again(), value),
    );
  }

  /** The memory that the calls write to, apart from outputs. */
  changed(inputs: readonly Tensor[]): Region[] {
    return [...this.#trace.changed, ...this.#changedInputs.map((i) => regionOf(inputs[i]))];
  }

  /** Whether the calls write to the input of this number. */
  changes(input: number): boolean {
    return this.#changedInputs.includes(input);
  }

  /** Memory on which a native thread may leave the outputs. */
  sharedOutputs(): Storage[] {
    return this.#outputs.map(({ dtype, length }) => new PinnedStorage(sharedArray(dtype, length), 0, length));
  }

  /** What the function returned, over the memory of outputs and inputs. */
  result(outputs: readonly Storage[], inputs: readonly Tensor[]): unknown {
    return this.#result(outputs, inputs, this.#lenders.map(gradientOf));
  }

  /** What JavaScript has to know after a replay: gradients, versions. */
  settle(outputs: readonly Storage[], inputs: readonly Tensor[]): void {
    for (const storage of this.#trace.changed) storage.version++;
    for (const i of this.#changedInputs) inputs[i].storage.version++;
    for (const { owner, name, build } of this.#effects)
      (owner as Record<string, unknown>)[name] = build(outputs, inputs, []);
  }
}

/**
 * A tensor that is bound at each replay. One that requires a gradient is part of the function, as a parameter
 * is.
 */
export const isInput = (arg: unknown): arg is Tensor => arg instanceof Tensor && !arg.requiresGrad;

class Form {
  constructor(
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    readonly dtype: DType,
  ) {}
  get text(): string {
    return `${formatShape(this.shape)} ${this.dtype}`;
  }
  fits(arg: unknown): boolean {
    return (
      isInput(arg) &&
      arg.dtype === this.dtype &&
      sameShape(arg.shape, this.shape) &&
      sameShape(arg.strides, this.strides)
    );
  }
}

const formOf = (x: Tensor) => new Form(x.shape, x.strides, x.dtype);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The tensors in what a function returns: by itself, in arrays, in records. */
function* tensorsIn(value: unknown): Generator<Tensor> {
  if (value instanceof Tensor) yield value;
  else if (Array.isArray(value)) for (const item of value) yield* tensorsIn(item);
  else if (isRecord(value)) for (const item of Object.values(value)) yield* tensorsIn(item);
}

/** Whether an effect is a gradient in that memory. */
function leaves({ name, value }: Effect, array: Data | null, offset: number): boolean {
  return (
    name === "gradient" && value instanceof Tensor && value.storage.array === array && value.offset === offset
  );
}

/**
 * Whether the function looks at the gradient of a tensor itself, the one that it makes or the one that was
 * there.
 */
function wasRead({ gradientsRead, guards }: Trace, tensor: object): boolean {
  return (
    gradientsRead.has(tensor) || guards.some(({ owner, name }) => owner === tensor && name === "gradient")
  );
}

/** Stand-ins in `values` that are not inputs: the outputs of the program. */
function outputsIn(values: readonly unknown[], trace: Trace): Data[] {
  const arrays = [...tensorsIn(values)].map(({ storage }) => storage.array);
  return [...new Set(arrays)].filter((array) => trace.memory.has(array) && !trace.inputs.includes(array));
}

/** Tensors whose gradient is returned from the memory that is kept for it. */
function lendersOf({ result, gradientsRead, memory }: Trace): Tensor[] {
  const returned = new Set([...tensorsIn(result)].map(({ storage }) => storage));
  return ([...gradientsRead] as Tensor[]).filter(
    ({ storage, gradientMemory }) => !memory.has(storage.array) && returned.has(gradientMemory!.storage),
  );
}

/**
 * As whoever reads `grad` gets it; a copy of what was there also when the function has gone on to forget it.
 */
function gradientOf(lender: Tensor): Tensor {
  const { gradient, gradientMemory } = lender;
  return gradient === gradientMemory ? lender.grad! : copyOf(gradientMemory!);
}

/** Makes what the function returned, over real memory. What has no stand-in in it is passed on as it is. */
function builder(
  value: unknown,
  trace: Trace,
  outputs: readonly Data[],
  lenders: readonly Tensor[] = [],
): Build {
  if (value instanceof Tensor) {
    const { storage, offset, shape, strides, dtype } = value;
    const lender = lenders.findIndex(({ gradientMemory }) => gradientMemory!.storage === storage);
    if (lender >= 0)
      return (_, __, gradients) => {
        const gradient = gradients[lender];
        return gradient.viewOf(gradient.offset + offset - storage.offset, shape, strides);
      };
    const input = trace.inputs.indexOf(storage.array);
    if (input >= 0)
      return (_, inputs) => {
        const x = inputs[input];
        return x.viewOf(x.offset + offset, shape, strides);
      };
    const output = outputs.indexOf(storage.array);
    if (output < 0) return () => value;
    return (memory) => new Tensor(memory[output], memory[output].offset + offset, shape, strides, dtype);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => builder(item, trace, outputs, lenders));
    return (...memory) => items.map((item) => item(...memory));
  }
  if (isRecord(value)) {
    const items = Object.entries(value).map(
      ([key, item]) => [key, builder(item, trace, outputs, lenders)] as const,
    );
    return (...memory) => Object.fromEntries(items.map(([key, item]) => [key, item(...memory)]));
  }
  return () => value;
}
