/*
 * Who makes nodes: errors of backward name what the user called, and not what it is made of.
 */

/** The public function or method that is running, and the layer around it. */
let op: string | null = null;
let layer: string | null = null;

/** What `enterLayer` has to put back. */
const outside: (string | null)[] = [];

/** The name for a node that is being made: of the outermost function inside the innermost layer, or of the layer itself. */
export const callerOf = (name: string): string => op ?? layer ?? name;

/** Whether it is the outermost function: then `leave` follows. */
export function enter(name: string): boolean {
  if (op !== null) return false;
  op = name;
  return true;
}

export function leave(): void {
  op = null;
}

/** Before the `forward` of a layer; `leaveLayer` follows. */
export function enterLayer(name: string): void {
  outside.push(op, layer);
  op = null;
  layer = name;
}

export function leaveLayer(): void {
  layer = outside.pop() as string | null;
  op = outside.pop() as string | null;
}

/** Functions as users call them, by their names. */
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
    // Messages name functions that they were given.
    return [name, Object.defineProperty(own, "name", { value: name })];
  });
  return Object.fromEntries(wrapped) as Functions;
}
