/** What a row of an elementwise operation says: rows.ts has them. */
import type { Algebra, BinaryTerms, UnaryTerms } from "./algebra.js";

/**
 * A sentence that says what the op returns, then PyTorch's names: "… PyTorch: `torch.abs`,
 * `torch.absolute`." The generator of the ops' forms reads it. Every row is a method and an in-place method;
 * a unary row is also in `nn.functional`; and each of PyTorch's names is a function. `forms` names others,
 * as `@forms` does where an op is a function.
 */
type Doc = string;

export interface UnaryRow {
  /** The function. `erf` is handed in because `Math` lacks it. */
  f: (x: number, p: number, q: number, erf: (x: number) => number) => number;
  /** f'(x). A number where it is constant; null where there is no gradient to be had. */
  derivative: (<T extends Algebra<T>>(terms: UnaryTerms<T>) => T | number) | null;
  /** Defaults of `p` and `q`, in this order, under their public names. */
  params?: Readonly<Record<string, number>>;
  /** Other values of (p, q) that tests try besides the defaults. */
  samples?: readonly (readonly [p: number, q: number])[];
  domain: readonly [low: number, high: number];
  kinks?: readonly number[];
  /** Keeps int32 and uint8 (the result is an integer when `x` is). Other rows are for floats. */
  integers?: true;
  /** What a row that keeps integers makes of booleans: the dtype of the result. Default: an error. */
  bools?: "bool" | "int32";
  doc: Doc;
  forms?: string;
}

export interface BinaryRow {
  f: (a: number, b: number) => number;
  /** Used instead of `f` on int32, where the product of two integers may not fit a double. */
  fInteger?: (a: number, b: number) => number;
  /** Used instead of `f` on float32, where the function depends on the numbers a dtype has. */
  fSingle?: (a: number, b: number) => number;
  /** Gradients of the operands, already multiplied by g; null where there is none to be had. */
  gradA: (<T extends Algebra<T>>(terms: BinaryTerms<T>) => T) | null;
  gradB: (<T extends Algebra<T>>(terms: BinaryTerms<T>) => T) | null;
  /** Where tests draw both operands. Kinks, if any, are on the diagonal a = b. */
  domain: readonly [low: number, high: number];
  /** Integers become float32 first. */
  floats?: true;
  /** Of two booleans a boolean. Default: an error, but for rows of floats. */
  bools?: true;
  doc: Doc;
  forms?: string;
}

export interface CompareRow {
  f: (a: number, b: number) => number;
  doc: Doc;
}
