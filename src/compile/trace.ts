/**
 * The first of the three stages of `compile`: runs a function on placeholders and records the kernel calls
 * that it would make. Nothing is computed, and tensors and modules are unchanged afterwards, even if the
 * function throws.
 */
import type { Data, DType } from "../dtype.js";
import { SimdgradError } from "../errors.js";
import { withKernels } from "../kernels/backend.js";
import { type KernelCall, type Use, usesOf } from "../kernels/calls.js";
import { type KernelName, type Kernels, kernelNames } from "../kernels/schema.js";
import { regionOf } from "../tensor/region.js";
import { PinnedStorage, type Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { place, type Tracing, withTracing } from "../tracing.js";
import { callSite } from "./call-site.js";
import { sameCall } from "./compare-traces.js";
import { type Owner, Placeholders } from "./placeholder.js";

/** A kernel call whose array arguments may be placeholders. */
export class TracedCall implements KernelCall {
  #uses: readonly Use[] | null = null;

  constructor(
    readonly name: KernelName,
    readonly args: readonly unknown[],
    /** The module whose forward made the call: `Sequential[2].Linear`; "" outside a module. */
    readonly place: string,
  ) {}

  /** The array arguments in order, each with how the call accesses it. */
  get uses(): readonly Use[] {
    this.#uses ??= usesOf(this);
    return this.#uses;
  }
}

/** JavaScript state that the function read before it set it. */
export interface Guard {
  readonly owner: object;
  readonly name: string;
  readonly again: () => unknown;
  readonly value: unknown;
}

/** A field to which the function assigned another value. */
export interface Effect {
  readonly owner: object;
  readonly name: string;
  readonly value: unknown;
}

export interface Trace {
  readonly calls: readonly TracedCall[];
  /** The placeholders for the memory of the inputs. */
  readonly inputs: readonly Data[];
  /** The return value of the function. */
  readonly result: unknown;
  readonly guards: readonly Guard[];
  readonly effects: readonly Effect[];
  /** Tensors whose accumulated gradient memory the function read. */
  readonly gradientsRead: ReadonlySet<object>;
  /** Real memory that the calls write. */
  readonly changed: readonly Storage[];
  readonly memory: Placeholders;
}

/** A map whose keys are pairs of an object and a field name. */
class Fields<T extends object> {
  readonly #byOwner = new Map<object, Map<string, T>>();
  get(owner: object, name: string): T | undefined {
    return this.#byOwner.get(owner)?.get(name);
  }
  set(owner: object, name: string, value: T): void {
    const fields = this.#byOwner.get(owner) ?? new Map<string, T>();
    fields.set(name, value);
    this.#byOwner.set(owner, fields);
  }
  *entries(): Generator<[object, string, T]> {
    for (const [owner, fields] of this.#byOwner)
      for (const [name, value] of fields) yield [owner, name, value];
  }
}

const field = (owner: object, name: string): unknown => (owner as Record<string, unknown>)[name];

/** A field of an object that the trace changed for its own use. */
interface Borrowed {
  readonly owner: object;
  readonly name: string;
  readonly before: unknown;
}

/** One run of the function. */
export class Tracer implements Tracing, Owner {
  readonly gradientsRead = new Set<object>();
  readonly #calls: TracedCall[] = [];
  readonly #memory: Placeholders;
  readonly #guards = new Fields<Guard>();
  readonly #written = new Fields<{ before: unknown }>();
  /** A field may occur more than once: the first value is the one from before the trace. */
  readonly #borrowed: Borrowed[] = [];
  readonly #changed = new Map<Storage, number>();
  /** Number of calls so far. */
  #count = 0;
  #difference: TracesDiffer | null = null;
  /** Whether the function has returned. */
  over = false;

  /**
   * `first`: an earlier trace of the same function. This trace compares each call with the one there and
   * keeps none: a long trace is then in memory once.
   */
  constructor(private readonly first: Trace | null = null) {
    this.#memory = new Placeholders(this, first?.memory ?? null);
  }

  memory(dtype: DType, length: number): Data {
    return this.#memory.make(dtype, length);
  }

  made(array: Data): boolean {
    return this.#memory.has(array);
  }

  read(owner: object, name: string, value: unknown, again = () => field(owner, name)): void {
    if (this.#isMade(owner) || this.#written.get(owner, name) || this.#guards.get(owner, name)) return;
    this.#guards.set(owner, name, { owner, name, again, value });
  }

  write(owner: object, name: string, before: unknown): void {
    if (!this.#isMade(owner) && !this.#written.get(owner, name)) this.#written.set(owner, name, { before });
  }

  borrow(owner: object, name: string, before: unknown): void {
    if (!this.#isMade(owner)) this.#borrowed.push({ owner, name, before });
  }

  changed(storage: Storage): void {
    if (!this.made(storage.array) && !this.#changed.has(storage)) this.#changed.set(storage, storage.version);
  }

  refuse(what: string, instead: string): never {
    throw new SimdgradError("NOT_CAPTURABLE", `compile: ${what} while fn is traced${callSite()}: ${instead}`);
  }

  /**
   * Runs `fn` on tensors like `inputs`. The state of tensors and modules is always restored afterwards.
   * @throws TracesDiffer if a call is not that of the first trace.
   */
  run(fn: (inputs: Tensor[]) => unknown, inputs: readonly Tensor[]): Trace {
    const standIns = inputs.map((x) => this.#like(x));
    let result: unknown;
    let effects: Effect[];
    try {
      result = withTracing(this, () => withKernels(this.#table(), () => fn(standIns)));
    } catch (error) {
      throw this.#difference ?? error;
    } finally {
      this.over = true;
      effects = this.#restore();
    }
    // The function may have caught the error.
    if (this.#difference !== null) throw this.#difference;
    return {
      calls: this.first === null ? this.#calls : this.first.calls.slice(0, this.#count),
      inputs: standIns.map((x) => x.storage.array),
      result,
      guards: [...this.#guards.entries()].map(([, , guard]) => guard),
      effects,
      gradientsRead: this.gradientsRead,
      changed: [...this.#changed.keys()],
      memory: this.#memory,
    };
  }

  /**
   * Restores the fields that the function set, and returns the values that the function left in them. A
   * replay sets each of these fields, changed or not.
   */
  #restore(): Effect[] {
    for (const [storage, version] of this.#changed) storage.version = version;
    const effects: Effect[] = [];
    for (const [owner, name, { before }] of this.#written.entries()) {
      effects.push({ owner, name, value: field(owner, name) });
      (owner as Record<string, unknown>)[name] = before;
    }
    for (let i = this.#borrowed.length - 1; i >= 0; i--) {
      const { owner, name, before } = this.#borrowed[i];
      (owner as Record<string, unknown>)[name] = before;
    }
    return effects;
  }

  #isMade(owner: object): boolean {
    return owner instanceof Tensor && this.made(owner.storage.array);
  }

  /** A tensor with the form of `x` on a placeholder that covers as many elements as `x` does. */
  #like(x: Tensor): Tensor {
    const { shape, strides, dtype } = x;
    const { length } = regionOf(x);
    return new Tensor(new PinnedStorage(this.memory(dtype, length), 0, length), 0, shape, strides, dtype);
  }

  #table(): Kernels {
    const { first } = this;
    const note =
      (name: KernelName) =>
      (...args: unknown[]) => {
        if (first === null) this.#calls.push(new TracedCall(name, args, place()));
        else if (!sameCall(first.calls[this.#count], { name, args })) {
          this.#difference ??= new TracesDiffer(name, place(), callSite());
          throw this.#difference;
        }
        this.#count++;
        return -1;
      };
    return Object.fromEntries(kernelNames.map((name) => [name, note(name)])) as unknown as Kernels;
  }

  refuseAccess(): never {
    if (this.over)
      throw new SimdgradError(
        "OUTLIVED_TRACE",
        `compile: a tensor made inside a compiled function is used outside of it${callSite()}: return it from fn`,
      );
    return this.refuse(
      "the memory of a tensor is read or written by JavaScript",
      "use operations on tensors",
    );
  }
}

/** Thrown at the call in which two traces of one function differ. */
export class TracesDiffer extends Error {
  constructor(kernel: string, place: string, site = "") {
    super(`${kernel}${site || (place && ` in ${place}`)}`);
  }
}
