import { enterLayer, leaveLayer } from "../autograd/caller.js";
import { DTypeError, SimdgradError } from "../errors.js";
import { quoted } from "../quote.js";

import { Tensor } from "../tensor/tensor.js";
import { setPlace } from "../tracing.js";

/** The part of a module that a call of its `forward` needs. */
interface Called {
  namedChildren(): Iterable<[string, unknown]>;
}

/** Hooks of a module. */
export interface Hooks {
  /** Each gets the arguments. Its result, an array of all arguments or the only argument, replaces them. */
  readonly preHooks: ((module: any, args: unknown[]) => unknown)[];
  /** Each gets the arguments and the result. Its own result replaces the result. */
  readonly hooks: ((module: any, args: unknown[], result: unknown) => unknown)[];
}

/** The modules whose `forward` is running, outermost first. */
const running: Called[] = [];
/** The path of the innermost one; null until it is asked for. A trace asks for it with every kernel call. */
let path: string | null = null;

/** Errors whose messages already name the module. */
const placed = new WeakSet<object>();

/**
 * Makes every call of a `forward`: runs the hooks before and after it, and adds the module's path to errors.
 */
export function callForward(
  module: Called,
  { preHooks, hooks }: Hooks,
  forward: (...args: any[]) => unknown,
  args: unknown[],
): unknown {
  running.push(module);
  path = null;
  enterLayer(module.constructor.name);
  try {
    for (const hook of preHooks) {
      const replaced = hook(module, args);
      if (replaced !== undefined && replaced !== null) args = Array.isArray(replaced) ? replaced : [replaced];
    }
    let result = forward.apply(module, args);
    if (result instanceof Promise) throw asyncForward(module, result);
    for (const hook of hooks) result = hook(module, args, result) ?? result;
    return result;
  } catch (thrown) {
    const error = noTensor(module, args, thrown) ?? thrown;
    if (error instanceof SimdgradError && !placed.has(error)) {
      placed.add(error);
      // A layer that names itself is named once, with its path.
      const own = `${module.constructor.name}: `;
      const said = error.message.startsWith(own) ? error.message.slice(own.length) : error.message;
      const message = `${modulePath()}: ${said}`;
      error.stack = error.stack?.replace(error.message, message);
      error.message = message;
    }
    throw error;
  } finally {
    leaveLayer();
    running.pop();
    path = null;
  }
}

/**
 * After an await other modules may run, so neither the path nor a trace can tell which module a call belongs
 * to.
 */
function asyncForward(module: Called, result: Promise<unknown>): SimdgradError {
  result.catch(() => {}); // only the error below is reported
  return new SimdgradError(
    "ASYNC_FORWARD",
    `forward computes at once: that of ${module.constructor.name} is async, it returned a promise; await what it needs before`,
  );
}

/**
 * If a call failed because an argument of `forward` was not a tensor, an error that says so; null for any
 * other error. It runs only after an error was thrown, so calls have no cost. The innermost layer creates the
 * error.
 */
function noTensor(module: Called, [first, ...rest]: unknown[], thrown: unknown): DTypeError | null {
  const isList = (given: unknown) => Array.isArray(given) || ArrayBuffer.isView(given);
  const x = first instanceof Tensor ? rest.find(isList) : first;
  if (first instanceof Tensor && x === undefined) return null;
  if (x instanceof Tensor || (x instanceof Object && !Array.isArray(x) && !ArrayBuffer.isView(x)))
    return null;
  if (Array.isArray(x) && x.some((item) => item instanceof Tensor)) return null;
  const { code, message } = thrown as { code?: string; message?: string };
  const inside = thrown instanceof TypeError || code === "NOT_A_TENSOR" || message?.includes("undefined");
  if (!inside || placed.has(thrown as object)) return null;
  const remedy =
    Array.isArray(x) || typeof x === "number"
      ? `; tensor(${quoted(x)})`
      : ArrayBuffer.isView(x)
        ? "; tensor(values, { shape })"
        : "";
  const what = ArrayBuffer.isView(x) ? `a ${x.constructor.name}` : quoted(x);
  return new DTypeError(
    `forward of ${module.constructor.name} takes a tensor: ${what}${remedy}`,
    "NOT_A_TENSOR",
    { cause: thrown },
  );
}

/**
 * The path of the running module in the model: `Sequential[2].Linear`, `Net.encoder.layers[0].Linear`; ""
 * outside a module.
 * @example nn.modulePath() // ""
 */
export function modulePath(): string {
  path ??= pathOf(running);
  return path;
}

function pathOf(modules: readonly Called[]): string {
  if (modules.length === 0) return "";
  let path = modules[0].constructor.name;
  for (let i = 1; i < modules.length; i++) {
    const found = [...modules[i - 1].namedChildren()].find(([, child]) => child === modules[i]);
    if (found !== undefined) path += accessor(found[0]);
  }
  return modules.length === 1 ? path : `${path}.${modules[modules.length - 1].constructor.name}`;
}

setPlace(modulePath);

/** `layers.0` in JavaScript syntax: `.layers[0]`. */
function accessor(name: string): string {
  return name
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("");
}
