import { Parameter } from "./parameter.js";

/** Items of one container that are looked at: fields may also hold caches of any size. */
const most = 64;

/**
 * Modules and parameters in plain objects, Maps and Sets among the fields of a module, under their paths: `layers.first`. A module or
 * parameter that needs no gradient is none of the learner's business. `Module` is handed in, since it asks here.
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
      // An array in a field is opened by the module itself; what is in objects there is not.
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
