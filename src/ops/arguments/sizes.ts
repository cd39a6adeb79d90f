/** Sizes or dims as PyTorch takes them: `(2, 3)` or `([2, 3])`. */
export type Sizes = number[] | [readonly number[]];

export const sizes = (args: Sizes): readonly number[] =>
  Array.isArray(args[0]) ? args[0] : (args as number[]);
