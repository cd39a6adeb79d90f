import { SimdgradError } from "../errors.js";
import { setPlace } from "../tracing.js";
import { hooksOf, type Module } from "./module.js";

/** The modules whose `forward` is running, outermost first. */
const running: Module[] = [];

/** Errors that already say where they happened. */
const placed = new WeakSet<object>();

/** Every call of a `forward`: hooks before and after, and errors that name the module they come from. */
export function callForward(module: Module, forward: (...args: any[]) => unknown, args: unknown[]): unknown {
  running.push(module);
  try {
    const { preHooks, hooks } = hooksOf(module);
    let given = args;
    for (const hook of preHooks) {
      const changed = hook(module, given) ?? given;
      given = Array.isArray(changed) ? changed : [changed];
    }
    let result = forward.apply(module, given);
    for (const hook of hooks) result = hook(module, given, result) ?? result;
    return result;
  } catch (error) {
    if (error instanceof SimdgradError && !placed.has(error)) {
      placed.add(error);
      const message = `${modulePath()}: ${error.message}`;
      error.stack = error.stack?.replace(error.message, message);
      error.message = message;
    }
    throw error;
  } finally {
    running.pop();
  }
}

/** Where in the model the program is: `Sequential[2].Linear`, `Net.encoder.layers[0].Linear`; "" outside. */
export function modulePath(): string {
  if (running.length === 0) return "";
  let path = running[0].constructor.name;
  for (let i = 1; i < running.length; i++) {
    const found = [...running[i - 1].namedChildren()].find(([, child]) => child === running[i]);
    if (found !== undefined) path += accessor(found[0]);
  }
  return running.length === 1 ? path : `${path}.${running[running.length - 1].constructor.name}`;
}

setPlace(modulePath);

/** `layers.0` as it is written in code: `.layers[0]`. */
function accessor(name: string): string {
  return name
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("");
}
