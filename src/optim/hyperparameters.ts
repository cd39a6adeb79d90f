/** Hyperparameters in the form that an optimizer stores. */

/** Flags, and for each number whether it is 0. */
export function kindsOf(options: object): string {
  return JSON.stringify(options, (_, value) => (typeof value === "number" ? value === 0 : value));
}

/** Copies and freezes lists among hyperparameters: a change inside a list would have no effect. */
export function fixedLists<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      Array.isArray(value) ? Object.freeze([...value]) : value,
    ]),
  ) as T;
}
