/**
 * One recording of a compiled function, for arguments of certain shapes and a certain state of modules and
 * gradients.
 */
import { isGradEnabled } from "../autograd/grad-mode.js";
import { busy, checkFree } from "../busy.js";
import type { Data, DType } from "../dtype.js";
import { formatShape } from "../errors.js";
import { inUse, noteRecording } from "../kernels/in-use.js";
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
 * Builds the result from the memory of the outputs, the inputs of this call, and gradients that the caller
 * gets.
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
  readonly #trace: Pick<Trace, "guards" | "effects" | "changed">;
  readonly #outputs: { dtype: DType; length: number }[];
  readonly #result: Build;
  readonly #effects: { owner: object; name: string; build: Build }[];
  readonly #lenders: readonly Tensor[];
  /** Indices of the inputs that the calls write. */
  readonly #changedInputs: readonly number[];
  /** Whether a result or a gradient of a replay may share the memory of its inputs. */
  readonly givesInputs: boolean;

  /** `keepGrads`: stores gradients even if an update could consume them as they are computed. */
  constructor(args: readonly unknown[], trace: Trace, keepGrads = false) {
    noteRecording();
    // Only the form of a tensor is compared; holding the tensor would keep its memory alive.
    this.#args = args.map((arg) => (isInput(arg) ? formOf(arg) : arg));
    // Without the calls: the plan has them in another form.
    this.#trace = { guards: trace.guards, effects: trace.effects, changed: trace.changed };
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
    this.program = new Program(plan(trace, outputs, needed, inUse.replay !== null));
    const used = usedUpGradients<Slot>(this.program.plan.calls);
    this.#effects = trace.effects.map((effect) => {
      const { owner, name, value } = effect;
      const gone = used.some(({ array, offset }) => leaves(effect, array.array, offset));
      return { owner, name, build: gone ? () => usedUp : builder(value, trace, outputs) };
    });
    const written = new Set<Slot>();
    for (const call of this.program.plan.calls) for (const slot of writtenSlots(call)) written.add(slot);
    this.#changedInputs = this.program.plan.inputs.flatMap((slot, i) => (written.has(slot) ? [i] : []));
  }

  /** Whether this recording is valid for these arguments and the current state. */
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

  /** Whether the recording can never fit again, because a tensor that it uses now has other memory. */
  get obsolete(): boolean {
    return this.#moves !== moves;
  }

  replay(args: readonly unknown[]): unknown {
    return this.#run(args, (memory) => this.program.replay(memory));
  }

  /** Makes a replay and adds the time of each call of the plan to nanoseconds[call]. */
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
   * @throws ValueError `SHARED_MEMORY` if an input that the calls write shares elements with another input.
   */
  checkApart(inputs: readonly Tensor[]): void {
    checkApart(inputs, this.#changedInputs);
  }

  /** @throws SimdgradError `TENSOR_IN_USE` if a thread is using memory that a replay accesses. */
  checkFree(inputs: readonly Tensor[]): void {
    if (!busy) return;
    this.program.checkFree();
    for (const [i, x] of inputs.entries())
      checkFree("compile", regionOf(x), this.changes(i) ? "write" : "read");
  }

  /** The shapes and values it was recorded for, as errors write them: `[8, 5] float32, [8] int32, true`. */
  get form(): string {
    return this.#args
      .map((arg) => (arg instanceof Form ? arg.text : arg instanceof Tensor ? "a parameter" : String(arg)))
      .join(", ");
  }

  /**
   * Whether a replay leaves the state that it was recorded for, so that more replays can follow without a
   * check of the state. A step that accumulates into gradients that were null does not: they are no longer
   * null in the next step.
   */
  get steady(): boolean {
    return this.#trace.guards.every(({ owner, name, value }) => {
      const effect = this.#trace.effects.find((other) => other.owner === owner && other.name === name);
      return effect === undefined || Object.is(effect.value, value);
    });
  }

  /** Whether the state of these objects that the function has read is unchanged. */
  holds(owners: ReadonlySet<object>): boolean {
    return this.#trace.guards.every(
      ({ owner, again, value }) => !owners.has(owner) || Object.is(again(), value),
    );
  }

  /** The memory that the calls write, without the outputs. */
  changed(inputs: readonly Tensor[]): Region[] {
    return [...this.#trace.changed, ...this.#changedInputs.map((i) => regionOf(inputs[i]))];
  }

  /** Whether the calls write the input with this index. */
  changes(input: number): boolean {
    return this.#changedInputs.includes(input);
  }

  /** Shared memory in which a native thread can leave the outputs. */
  sharedOutputs(): Storage[] {
    return this.#outputs.map(({ dtype, length }) => new PinnedStorage(sharedArray(dtype, length), 0, length));
  }

  /** The return value of the function, over the memory of outputs and inputs. */
  result(outputs: readonly Storage[], inputs: readonly Tensor[]): unknown {
    return this.#result(outputs, inputs, this.#lenders.map(gradientOf));
  }

  /** Updates the JavaScript state after a replay: gradients and versions. */
  settle(outputs: readonly Storage[], inputs: readonly Tensor[]): void {
    for (const storage of this.#trace.changed) storage.version++;
    for (const i of this.#changedInputs) inputs[i].storage.version++;
    for (const { owner, name, build } of this.#effects)
      (owner as Record<string, unknown>)[name] = build(outputs, inputs, []);
  }
}

/**
 * Whether it is a tensor that is bound at each replay. A tensor that requires a gradient is a fixed part,
 * like a parameter.
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

/** The tensors in a return value: the value itself, or those in arrays and records. */
function* tensorsIn(value: unknown): Generator<Tensor> {
  if (value instanceof Tensor) yield value;
  else if (Array.isArray(value)) for (const item of value) yield* tensorsIn(item);
  else if (isRecord(value)) for (const item of Object.values(value)) yield* tensorsIn(item);
}

/** Whether an effect leaves a gradient in this memory. */
function leaves({ name, value }: Effect, array: Data | null, offset: number): boolean {
  return (
    name === "gradient" && value instanceof Tensor && value.storage.array === array && value.offset === offset
  );
}

/**
 * Whether the function itself reads the gradient of a tensor: the one that it computes or the one from
 * before.
 */
function wasRead({ gradientsRead, guards }: Trace, tensor: object): boolean {
  return (
    gradientsRead.has(tensor) || guards.some(({ owner, name }) => owner === tensor && name === "gradient")
  );
}

/** Placeholders in `values` that are not inputs: the outputs of the program. */
function outputsIn(values: readonly unknown[], trace: Trace): Data[] {
  const arrays = [...tensorsIn(values)].map(({ storage }) => storage.array);
  return [...new Set(arrays)].filter((array) => trace.memory.has(array) && !trace.inputs.includes(array));
}

/** Tensors whose gradient is returned and shares the tensor's accumulated gradient memory. */
function lendersOf({ result, gradientsRead, memory }: Trace): Tensor[] {
  const returned = new Set([...tensorsIn(result)].map(({ storage }) => storage));
  return ([...gradientsRead] as Tensor[]).filter(
    ({ storage, gradientMemory }) => !memory.has(storage.array) && returned.has(gradientMemory!.storage),
  );
}

/**
 * The gradient as reading `grad` returns it. If the function has cleared `grad` since, it is a copy of that
 * memory.
 */
function gradientOf(lender: Tensor): Tensor {
  const { gradient, gradientMemory } = lender;
  return gradient === gradientMemory ? lender.grad! : copyOf(gradientMemory!);
}

/**
 * Builds the return value of the function on real memory. A value without placeholders is returned unchanged.
 */
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
