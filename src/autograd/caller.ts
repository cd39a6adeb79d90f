/*
 * Tracks which public function makes a node: errors of backward name the function that the user called, not
 * its inner operations.
 */

/** The public function or method that is running, and the layer that called it. */
let op: string | null = null;
let layer: string | null = null;

/** The values of `op` and `layer` that `leaveLayer` restores. */
const outside: (string | null)[] = [];

/**
 * The name for a new node: that of the outermost function inside the innermost layer, or that of the layer
 * itself.
 */
export const callerOf = (name: string): string => op ?? layer ?? name;

/** Returns whether this function is the outermost one; the caller then calls `leave` at the end. */
export function enter(name: string): boolean {
  if (op !== null) return false;
  op = name;
  return true;
}

export function leave(): void {
  op = null;
}

/** Called before the `forward` of a layer; `leaveLayer` is called after it. */
export function enterLayer(name: string): void {
  outside.push(op, layer);
  op = null;
  layer = name;
}

export function leaveLayer(): void {
  layer = outside.pop() as string | null;
  op = outside.pop() as string | null;
}

const unwrapped = new WeakMap<object, object>();

/** The function that a public one wraps; any other value is returned as it is. */
export const within = (fn: unknown): unknown => unwrapped.get(fn as object) ?? fn;

/** Wraps public functions so that nodes carry their names. */
export function called<Functions extends object>(functions: Functions): Functions {
  const wrapped = Object.entries(functions).map(([name, fn]: [string, (...args: unknown[]) => unknown]) => {
    const own = (...args: unknown[]) => {
      const outermost = enter(name);
      try {
        return fn(...args);
      } finally {
        if (outermost) leave();
      }
    };
    unwrapped.set(own, fn);
    // Error messages contain the names of functions that were passed as arguments.
    return [name, Object.defineProperty(own, "name", { value: name })];
  });
  return Object.fromEntries(wrapped) as Functions;
}
