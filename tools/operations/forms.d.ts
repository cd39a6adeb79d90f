export type Kind = "function" | "method" | "inPlace" | "property" | "linalg" | "special" | "functional";

/** One way to call an operation: `x.cumsum()`. */
export interface Form {
  readonly kind: Kind;
  readonly name: string;
  /** The parameter whose sizes the method takes one by one. */
  readonly spread?: string;
  readonly text: string;
}

export interface Doc {
  /** All of it but the tags and PyTorch's names. */
  readonly prose: string;
  readonly sentence: string;
  readonly torch: readonly string[];
  readonly throws: readonly string[];
}
