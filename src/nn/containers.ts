import { SimdgradError, ValueError } from "../errors.js";
import { add } from "../ops/elementwise/elementwise.js";
import { quoted } from "../quote.js";

import { Tensor } from "../tensor/tensor.js";
import { notAModule } from "./arguments.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Items named by their positions, 0, 1, …: `layers.0.weight` in a state dict. */
abstract class List<Item extends object> extends Module {
  readonly [index: number]: Item;

  constructor(items: Iterable<Item>) {
    super();
    if (items === null || typeof items !== "object" || !(Symbol.iterator in items))
      throw new ValueError(
        `${new.target.name}: items come in an array, new nn.${new.target.name}([a, b]): ${(items as unknown) instanceof Module ? `the module ${(items as object).constructor.name}` : quoted(items)}`,
      );
    this.extend(items);
  }

  /** `item` as the container stores it; throws for an item of the wrong kind. */
  protected abstract admit(item: Item): Item;

  /** Number of items. */
  get length(): number {
    let n = 0;
    while (Object.hasOwn(this, n)) n++;
    return n;
  }

  /** The item at a position; negative positions count from the end. */
  at(index: number): Item {
    const item = [...this].at(index);
    if (item === undefined)
      throw new ValueError(
        `${this.constructor.name}: index out of range: ${index} for ${this.length} items`,
        "INDEX_OUT_OF_RANGE",
      );
    return item;
  }

  append(item: Item): this {
    return this.insert(this.length, item);
  }

  extend(items: Iterable<Item>): this {
    for (const item of items) this.append(item);
    return this;
  }

  /** Inserts `item` at a position; the items from that position on move up by one. */
  insert(index: number, item: Item): this {
    const items = [...this];
    items.splice(index, 0, this.admit(item));
    for (const [i, value] of items.entries())
      Object.defineProperty(this, i, { value, writable: true, enumerable: true, configurable: true });
    return this;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let i = 0; Object.hasOwn(this, i); i++) yield this[i];
  }

  /** A container has no `forward`: this throws. */
  forward(): never {
    throw notCallable(this);
  }
}

function notCallable(module: Module): SimdgradError {
  return new SimdgradError(
    "NOT_IMPLEMENTED",
    `${module.constructor.name}: a container has no forward: call the modules in it`,
  );
}

function checkModule(container: string, item: unknown): asserts item is Module {
  if (!(item instanceof Module)) throw new ValueError(`${container}: items are modules: ${notAModule(item)}`);
}

function asParameter(container: string, item: unknown): Parameter {
  if (!(item instanceof Tensor)) throw new ValueError(`${container}: items are tensors: ${typeof item}`);
  return item instanceof Parameter ? item : new Parameter(item);
}

/**
 * A list of modules, which the module that owns the list calls (PyTorch's `nn.ModuleList`). An array in a
 * field of a module works the same way. Default: empty.
 * @example new nn.ModuleList([new nn.Linear(4, 2), new nn.Linear(2, 1)]).length // 2
 * @throws ValueError for items that are not modules.
 */
export class ModuleList extends List<Module> {
  constructor(modules: Iterable<Module> = []) {
    super(modules);
  }
  protected admit(item: Module): Module {
    checkModule("ModuleList", item);
    return item;
  }
}

/**
 * A list of parameters; plain tensors become parameters (PyTorch's `nn.ParameterList`). Default: empty.
 * @example new nn.ParameterList([ones([3]), zeros([2])]).parameters().length // 2
 * @throws ValueError for items that are not tensors.
 */
export class ParameterList extends List<Tensor> {
  constructor(parameters: Iterable<Tensor> = []) {
    super(parameters);
  }
  protected admit(item: Tensor): Parameter {
    return asParameter("ParameterList", item);
  }
}

/** Items with names: `branches.left.weight` in a state dict. */
abstract class Dict<Item extends object> extends Module {
  constructor(items: Readonly<Record<string, Item>> | Iterable<readonly [string, Item]>) {
    super();
    const entries =
      Symbol.iterator in Object(items) ? [...(items as Iterable<unknown>)] : Object.entries(items ?? {});
    if (!entries.every((entry) => Array.isArray(entry) && entry.length === 2))
      throw new ValueError(
        `${new.target.name}: items have names, new nn.${new.target.name}({ name: item }): ${quoted(items)}`,
      );
    for (const [name, item] of entries as Iterable<readonly [string, Item]>) this.set(name, item);
  }

  /** The word for an item in errors. */
  protected abstract get kind(): string;
  protected abstract holds(value: unknown): boolean;
  /** `item` as the container stores it; throws for an item of the wrong kind. */
  protected abstract admit(item: Item): Item;

  /** Adds an item, or replaces one. The name must not be a method's name and must not contain dots. */
  set(name: string, item: Item): this {
    const value = this.admit(item);
    if (name === "" || name.includes(".") || (name in this && !this.has(name)))
      throw new ValueError(
        `${this.constructor.name}: a name without dots, which is not that of a method: "${name}"`,
      );
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    return this;
  }

  /** @throws ValueError for an unknown name. */
  get(name: string): Item {
    if (!this.has(name))
      throw new ValueError(
        `${this.constructor.name}: no ${this.kind} of this name: "${name}"; there are ${this.keys().join(", ")}`,
      );
    return (this as unknown as Record<string, Item>)[name];
  }

  has(name: string): boolean {
    return Object.hasOwn(this, name) && this.holds((this as unknown as Record<string, unknown>)[name]);
  }

  /** Removes an item and returns it. */
  pop(name: string): Item {
    const item = this.get(name);
    delete (this as unknown as Record<string, Item>)[name];
    return item;
  }

  keys(): string[] {
    return Object.keys(this).filter((name) => this.has(name));
  }

  values(): Item[] {
    return this.keys().map((name) => this.get(name));
  }

  entries(): [string, Item][] {
    return this.keys().map((name) => [name, this.get(name)]);
  }

  /** Number of items. */
  get length(): number {
    return this.keys().length;
  }

  /** A container has no `forward`: this throws. */
  forward(): never {
    throw notCallable(this);
  }
}

/**
 * Modules by name, which the module that owns them calls (PyTorch's `nn.ModuleDict`). Default: empty.
 * @example new nn.ModuleDict({ encoder: new nn.Linear(4, 2) }).get("encoder").outFeatures // 2
 * @throws ValueError for items that are not modules.
 */
export class ModuleDict extends Dict<Module> {
  constructor(modules: Readonly<Record<string, Module>> | Iterable<readonly [string, Module]> = {}) {
    super(modules);
  }
  protected get kind(): string {
    return "module";
  }
  protected holds(value: unknown): boolean {
    return value instanceof Module;
  }
  protected admit(item: Module): Module {
    checkModule("ModuleDict", item);
    return item;
  }
}

/**
 * Parameters by name; plain tensors become parameters (PyTorch's `nn.ParameterDict`). Default: empty.
 * @example Object.keys(new nn.ParameterDict({ scale: ones([3]) }).stateDict()) // ["scale"]
 * @throws ValueError for items that are not tensors.
 */
export class ParameterDict extends Dict<Tensor> {
  constructor(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]> = {}) {
    super(parameters);
  }
  protected get kind(): string {
    return "parameter";
  }
  protected holds(value: unknown): boolean {
    return value instanceof Parameter;
  }
  protected admit(item: Tensor): Parameter {
    return asParameter("ParameterDict", item);
  }
}

/**
 * x + body(x) (He et al., 2015): the body learns the difference between output and input. Shapes of x and of
 * body(x) broadcast.
 * @example new nn.Residual(new nn.Linear(3, 3)).forward(ones([2, 3])).shape // [2, 3]
 * @throws ValueError for an item that is not a module.
 */
export class Residual extends Module {
  constructor(readonly body: Module) {
    super();
    checkModule("Residual", body);
  }
  forward(x: Tensor): Tensor {
    return add(x, this.body.forward(x));
  }
}
