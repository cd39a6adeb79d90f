import { checkFunctions } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { writerOf } from "../busy.js";
import { isFloating } from "../dtype.js";
import { DTypeError, formatShape, SimdgradError, ValueError } from "../errors.js";
import { clone } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor/tensor.js";
import { memoryMoved, tracing } from "../tracing.js";
import { callForward, type Hooks } from "./call.js";
import { type LoadResult, prepareLoad, type StateDict } from "./load-state-dict.js";
import { keptBuffer, Parameter } from "./parameter.js";
import { hiddenIn } from "./unregistered.js";

export type { LoadResult, StateDict } from "./load-state-dict.js";

/**
 * Gets the arguments of `forward`. Its result, an array of all arguments or the only argument, replaces them.
 */
export type ForwardPreHook = (module: Module, args: unknown[]) => unknown;
/** Gets the arguments and the result of `forward`. Its own result replaces the result. */
export type ForwardHook = (module: Module, args: unknown[], result: unknown) => unknown;

/** Internal state of a module. It is not enumerable, so it is not part of the model. */
interface Hidden extends Hooks {
  /** For each field name, whether the buffer is part of the state dict. */
  readonly buffers: Map<string, boolean>;
}

const hidden = new WeakMap<Module, Hidden>();

/**
 * Base of layers and models (PyTorch's `nn.Module`). A subclass holds parameters and other modules in its own
 * fields, or in arrays there, and computes in `forward`. The module searches its fields on demand, so nothing
 * needs to be registered. Parameters and modules in a plain object, a Map or a Set are an error: use
 * `nn.ModuleDict` and `nn.ParameterDict`. A module cannot see `#private` fields: `fit` refuses a model that
 * computes with parameters in them. What shapes `forward` takes is up to the subclass.
 *
 *     class Net extends nn.Module {
 *       fc = new nn.Linear(784, 10);
 *       forward(x: Tensor) { return this.fc.forward(x); }
 *     }
 */
export abstract class Module {
  #training = true;

  constructor() {
    const own: Hidden = { buffers: new Map(), preHooks: [], hooks: [] };
    hidden.set(this, own);
    // All calls go through one function, which runs hooks and adds the path of the module to errors.
    const forward = this.forward ?? missingForward;
    const instrumented = (...args: unknown[]) => callForward(this, own, forward, args);
    Object.defineProperty(this, "forward", { value: instrumented, writable: true, configurable: true });
  }

  abstract forward(...args: any[]): any;

  /** True in training mode (the default), false after `eval()`; dropout and similar layers check it. */
  get training(): boolean {
    if (tracing !== null) tracing.read(this, "training", this.#training);
    return this.#training;
  }

  set training(value: boolean) {
    if (tracing !== null) tracing.write(this, "training", this.#training);
    this.#training = value;
  }

  /**
   * Registers a tensor that is not learned as part of the state, in the field `name` (PyTorch's
   * `register_buffer`): the buffer is cast and saved with the model. `persistent: false` keeps the buffer out
   * of the state dict; null is a buffer without a value (yet).
   * @throws ValueError for a name with dots, or if the field exists and is not a buffer.
   */
  registerBuffer(name: string, x: Tensor | null, options: { persistent?: boolean } = {}): void {
    checkOptions("registerBuffer", options, ["persistent"]);
    const { buffers } = hidden.get(this)!;
    if (name === "" || name.includes("."))
      throw new ValueError(`registerBuffer: a field name without dots: "${name}"`);
    if (x !== null && !(x instanceof Tensor))
      throw new ValueError(`registerBuffer: a buffer is a tensor or null: ${name} is ${typeof x}`);
    if (name in this && !buffers.has(name))
      throw new ValueError(
        `registerBuffer: ${this.constructor.name} has this field already, and it is no buffer: ${name}`,
      );
    buffers.set(name, options.persistent ?? true);
    Object.defineProperty(this, name, { value: x, writable: true, enumerable: true, configurable: true });
  }

  /** Direct children by field name; elements of arrays as `layers.0`. */
  *namedChildren(): Generator<[string, Module]> {
    for (const [name, value] of ownEntries(this)) if (value instanceof Module) yield [name, value];
  }

  children(): Module[] {
    return [...this.namedChildren()].map(([, child]) => child);
  }

  /** This module and all modules below it, each once, by path (`""` for this one). */
  *namedModules(prefix = "", seen = new Set<Module>()): Generator<[string, Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name), seen);
  }

  modules(): Module[] {
    return [...this.namedModules()].map(([, module]) => module);
  }

  /**
   * Every parameter, once, by path: `0.weight`.
   * @throws SimdgradError `UNREGISTERED` if a field holds modules or parameters in a plain object, a Map or
   * a Set.
   */
  *namedParameters(): Generator<[string, Parameter]> {
    checkAllFound(this);
    const seen = new Set<Tensor>();
    for (const [path, module] of this.namedModules())
      for (const [name, value] of ownEntries(module))
        if (value instanceof Parameter && !seen.has(value)) {
          seen.add(value);
          yield [join(path, name), value];
        }
  }

  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  /** Every buffer, once, by path. */
  *namedBuffers(): Generator<[string, Tensor]> {
    const seen = new Set<Tensor>();
    for (const [path, module] of this.namedModules())
      for (const name of hidden.get(module)!.buffers.keys()) {
        const value = (module as unknown as Record<string, unknown>)[name];
        if (!(value instanceof Tensor) || seen.has(value)) continue;
        seen.add(value);
        yield [join(path, name), value];
      }
  }

  buffers(): Tensor[] {
    return [...this.namedBuffers()].map(([, buffer]) => buffer);
  }

  /**
   * Parameters and buffers by path, under PyTorch's names. The tensors share the model's memory: use
   * `clone()` to keep their current values.
   */
  stateDict(): StateDict {
    checkAllFound(this);
    const dict: StateDict = {};
    for (const [path, value] of stateEntries(this, "", [])) dict[path] = value.detach();
    return dict;
  }

  /**
   * Copies of parameters and buffers, by path. While another thread trains the model, all copies are taken
   * between the same two steps: load the copies into a second model to serve predictions meanwhile.
   */
  async snapshot(): Promise<StateDict> {
    const entries = [...stateEntries(this, "", [])];
    let copies: StateDict = {};
    const copy = () => {
      copies = noGrad(() => Object.fromEntries(entries.map(([path, x]) => [path, clone(x)])));
    };
    // Only one run at a time trains a model. It may end before the pause succeeds, and another run may
    // follow.
    const writer = () =>
      entries.map(([, { storage, offset }]) => writerOf(storage.array, offset)).find((found) => found);
    for (let running = writer(); running !== undefined; running = writer())
      if (await running.whilePaused(copy)) return copies;
    copy();
    return copies;
  }

  /**
   * Copies the values of `dict` into the model. Everything is checked first: after an error the model is
   * unchanged.
   * @throws SimdgradError `STATE_DICT_MISMATCH` that lists missing keys, unexpected keys and shapes that
   * differ. `strict: false` accepts missing and unexpected keys.
   */
  loadStateDict(dict: Readonly<Record<string, Tensor>>, options: { strict?: boolean } = {}): LoadResult {
    checkOptions("loadStateDict", options, ["strict"]);
    const { result, load } = this.prepareLoad(dict, options.strict ?? true);
    load();
    return result;
  }

  /** @internal Checks everything and returns a function that loads the values and cannot fail. */
  prepareLoad(
    dict: Readonly<Record<string, Tensor>>,
    strict = true,
  ): { result: LoadResult; load: () => void } {
    return prepareLoad(this.constructor.name, new Map(stateEntries(this, "", [])), dict, strict);
  }

  /** Sets training mode for this module and all below it; `train(false)` is `eval()`. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Sets evaluation mode: no dropout; normalisation uses running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.gradient = null;
  }

  /** Switches gradients of all parameters on or off, for example to freeze layers. */
  requiresGrad_(value = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = value;
    return this;
  }

  /**
   * Casts parameters, with their gradients, and float buffers to `float32` or `float64`, in place (PyTorch's
   * `Module.to(dtype)`). Parameters stay the same objects: an optimizer that holds them keeps working, and
   * its state is cast too. The caller must cast inputs.
   */
  to(dtype: "float32" | "float64"): this {
    if (!isFloating(dtype))
      throw new DTypeError(`to: the dtype of a module is float32 or float64: ${String(dtype)}`);
    for (const parameter of this.parameters()) if (parameter.dtype !== dtype) parameter.cast(dtype);
    for (const module of this.modules())
      for (const name of hidden.get(module)!.buffers.keys()) {
        const fields = module as unknown as Record<string, unknown>;
        const value = fields[name];
        if (!(value instanceof Tensor) || !isFloating(value.dtype) || value.dtype === dtype) continue;
        memoryMoved(); // recordings use the old memory
        fields[name] = keptBuffer(value, dtype);
      }
    return this;
  }

  /** `to("float32")`. */
  float(): this {
    return this.to("float32");
  }

  /** `to("float64")`. The JavaScript core computes float64. */
  double(): this {
    return this.to("float64");
  }

  /** Calls `fn` with every module, children first, for example to initialise parameters. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Calls `hook(module, args)` before each `forward`. The hook's result, one value or an array of
   * all arguments, replaces the arguments; undefined keeps them. Returns a function that removes the hook.
   */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    checkFunctions("registerForwardPreHook", { hook });
    return register(hidden.get(this)!.preHooks, hook);
  }

  /**
   * Calls `hook(module, args, result)` after each `forward`. The hook's result replaces the result of
   * `forward`; undefined keeps it. Returns a function that removes the hook.
   */
  registerForwardHook(hook: ForwardHook): () => void {
    checkFunctions("registerForwardHook", { hook });
    return register(hidden.get(this)!.hooks, hook);
  }

  /** The text in the parentheses when this module is printed. */
  extraRepr(): string {
    return "";
  }

  toString(): string {
    const count = this.parameters().reduce((n, p) => n + p.numel, 0);
    const total = this.children().length > 0 ? `\n${count.toLocaleString("en-US")} parameters` : "";
    return this.#print("", []) + total;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #print(indent: string, above: Module[]): string {
    if (above.includes(this)) return `${this.constructor.name}(…)`; // a child with a reference to its parent
    const name = this.constructor.name;
    const children = [...this.namedChildren()];
    if (children.length === 0) {
      const count = this.parameters().reduce((n, p) => n + p.numel, 0);
      return `${name}(${this.extraRepr()})${count > 0 ? `  # ${count.toLocaleString("en-US")}` : ""}`;
    }
    const lines = children.map(
      ([key, child]) => `${indent}  (${key}): ${child.#print(`${indent}  `, [...above, this])}`,
    );
    return [`${name}(${this.extraRepr()}`, ...lines, `${indent})`].join("\n");
  }
}

function register<T>(list: T[], hook: T): () => void {
  list.push(hook);
  return () => {
    const at = list.indexOf(hook);
    if (at >= 0) list.splice(at, 1);
  };
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** The modules and tensors in the fields of a module, including elements of arrays: `layers.0`. */
function* ownEntries(module: Module): Generator<[string, Module | Tensor]> {
  function* open(name: string, value: unknown): Generator<[string, Module | Tensor]> {
    if (value instanceof Module || value instanceof Tensor) yield [name, value];
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* open(`${name}.${i}`, item);
  }
  for (const [name, value] of Object.entries(module)) yield* open(name, value);
}

function missingForward(this: Module): never {
  throw new SimdgradError(
    "NOT_IMPLEMENTED",
    `${this.constructor.name}: a module needs a method forward: class ${this.constructor.name} extends nn.Module { forward(x) { … } }`,
  );
}

/**
 * @throws SimdgradError `UNREGISTERED` for modules and parameters that would be neither trained nor saved.
 */
function checkAllFound(root: Module): void {
  const hiding: [string, Module | Parameter][] = [];
  for (const [path, module] of root.namedModules())
    for (const [name, found] of hiddenIn(Object.entries(module), Module))
      hiding.push([join(path, name), found]);
  if (hiding.length === 0) return;
  const found = new Set<unknown>([...root.namedModules()].map(([, module]) => module));
  for (const module of root.modules()) for (const [, value] of ownEntries(module)) found.add(value);
  const lost = hiding.find(([, value]) => !found.has(value));
  if (lost === undefined) return;
  const [path, value] = lost;
  const [what, dict, list] =
    value instanceof Module
      ? [value.constructor.name, "ModuleDict", "ModuleList"]
      : [`a parameter ${formatShape(value.shape)}`, "ParameterDict", "ParameterList"];
  throw new SimdgradError(
    "UNREGISTERED",
    `${root.constructor.name}: ${path} (${what}) would not be trained: it is in an object, a Map or a Set; use new nn.${dict}({ … }), new nn.${list}([ … ]), an array or a field of its own`,
  );
}

/** Parameters and buffers by each of their paths (shared ones have several), as a state dict lists them. */
function* stateEntries(module: Module, prefix: string, above: Module[]): Generator<[string, Tensor]> {
  if (above.includes(module)) return; // a child with a reference to its parent
  const { buffers } = hidden.get(module)!;
  for (const [name, value] of ownEntries(module)) {
    if (value instanceof Module) yield* stateEntries(value, join(prefix, name), [...above, module]);
    else if (value instanceof Parameter || buffers.get(name)) yield [join(prefix, name), value];
  }
}
