/** The types of the rows of elementwise operations, which are in rows.ts. */
import type { Algebra, BinaryTerms, UnaryTerms } from "./algebra.js";

/**
 * A sentence that says what the op returns, then PyTorch's names: "… PyTorch: `torch.abs`, `torch.absolute`."
 * The generator of the ops' forms reads it. Every row is a method and an in-place method; a unary row is also
 * in `nn.functional`; and each of PyTorch's names is a function. `forms` adds other forms, like `@forms` of
 * an op that is a function.
 */
type Doc = string;

export interface UnaryRow {
  /** The function. `erf` is passed as an argument because `Math` lacks it. */
  f: (x: number, p: number, q: number, erf: (x: number) => number) => number;
  /** f'(x); a number if it is constant, null if there is no gradient. */
  derivative: (<T extends Algebra<T>>(terms: UnaryTerms<T>) => T | number) | null;
  /** Defaults of `p` and `q`, in this order, under their public names. */
  params?: Readonly<Record<string, number>>;
  /** More values of (p, q) for tests, in addition to the defaults. */
  samples?: readonly (readonly [p: number, q: number])[];
  domain: readonly [low: number, high: number];
  kinks?: readonly number[];
  /** Keeps int32 and uint8: the result is an integer if `x` is. Other rows take floats only. */
  integers?: true;
  /** The dtype of the result for booleans, in a row that keeps integers. Default: an error. */
  bools?: "bool" | "int32";
  doc: Doc;
  forms?: string;
}

export interface BinaryRow {
  f: (a: number, b: number) => number;
  /** Used instead of `f` on int32, if the product of two integers may not fit a double. */
  fInteger?: (a: number, b: number) => number;
  /** Used instead of `f` on float32, if the function depends on the precision of the dtype. */
  fSingle?: (a: number, b: number) => number;
  /** Gradients of the operands, already multiplied by g; null if there is no gradient. */
  gradA: (<T extends Algebra<T>>(terms: BinaryTerms<T>) => T) | null;
  gradB: (<T extends Algebra<T>>(terms: BinaryTerms<T>) => T) | null;
  /** The interval from which tests draw both operands. Kinks, if any, are on the diagonal a = b. */
  domain: readonly [low: number, high: number];
  /** Integers are first converted to float32. */
  floats?: true;
  /** Two booleans give a boolean. Default: an error, except in rows of floats. */
  bools?: true;
  doc: Doc;
  forms?: string;
}

export interface CompareRow {
  f: (a: number, b: number) => number;
  doc: Doc;
}
