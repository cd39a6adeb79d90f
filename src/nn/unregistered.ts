import { Parameter } from "./parameter.js";

/** Maximum number of items that are checked in one container: a field may also hold a cache of any size. */
const most = 64;

/**
 * Finds modules and parameters in plain objects, Maps and Sets in the fields of a module, and gives their
 * paths: `layers.first`. Modules and parameters that need no gradient are ignored. `Module` is an argument,
 * because module.ts imports this file.
 */
export function* hiddenIn<M extends { parameters(): Parameter[] }>(
  entries: Iterable<readonly [unknown, unknown]>,
  Module: abstract new () => M,
  inside = false,
  depth = 3,
): Generator<[path: string, found: M | Parameter]> {
  let count = 0;
  for (const [key, value] of entries) {
    if (typeof value !== "object" || value === null) continue;
    if (inside && ++count > most) return;
    const name = typeof key === "object" ? "…" : String(key);
    if (value instanceof Parameter) {
      if (inside && value.requiresGrad) yield [name, value];
    } else if (value instanceof Module) {
      if (inside && value.parameters().some((parameter) => parameter.requiresGrad)) yield [name, value];
    } else if (depth > 0) {
      const items = itemsOf(value);
      if (items === null) continue;
      // The module itself finds the items of an array in a field, but not the contents of objects in it.
      const deeper = hiddenIn(items, Module, inside || !Array.isArray(value), depth - 1);
      for (const [path, found] of deeper) yield [`${name}.${path}`, found];
    }
  }
}

function itemsOf(value: object): Iterable<readonly [unknown, unknown]> | null {
  if (value instanceof Map) return value.entries();
  if (value instanceof Set) return [...value].slice(0, most).entries();
  if (Array.isArray(value)) return value.slice(0, most).entries();
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : null;
}
