/**
 * Several results, like PyTorch's named tuples: by name, `const { values, indices } = …`, or in order, `const
 * [values, indices] = …`.
 */
export type Named<Names extends string, T> = readonly T[] & { readonly [Name in Names]: T };

/** @internal */
export function named<Names extends string, T>(results: { readonly [Name in Names]: T }): Named<Names, T> {
  return Object.assign(Object.values<T>(results), results);
}
