/**
 * The operations in which derivatives are written. A row of `rows.ts` states its derivative once, over any
 * `T` that has these methods. Tensor has them (for gradients of gradients), and so has `Term` below, which
 * records the operations instead of computing them. The recorded term gives the scalar JavaScript of the
 * `unaryGrad` kernel and the list of operands that must be saved for backward.
 *
 * This is not a second elementwise table: it contains a function only if some derivative needs it.
 */

/** Unary functions that occur in derivatives; each is also a row. */
export const algebraFunctions = [
  "neg",
  "abs",
  "sign",
  "square",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "exp",
  "log",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
  "log1p",
  "sinh",
  "cosh",
  "floor",
  "trunc",
  "digamma",
  "i0",
  "i1",
  "lgamma",
  "i0e",
  "i1e",
  "erfcx",
  "besselJ0",
  "besselJ1",
  "besselY0",
  "besselY1",
  "modifiedBesselK0",
  "modifiedBesselK1",
  "scaledModifiedBesselK0",
  "scaledModifiedBesselK1",
] as const;
export type AlgebraFunction = (typeof algebraFunctions)[number];

type Functions<T> = { [Name in AlgebraFunction]: () => T };

export interface Algebra<T> extends Functions<T> {
  add(other: T | number): T;
  sub(other: T | number): T;
  mul(other: T | number): T;
  div(other: T | number): T;
  pow(exponent: T | number): T;
  polygamma(order: T | number): T;
  zeta(q: T | number): T;
  /** Conditions. They may only be the first operand of `where`. */
  eq(other: T | number): T;
  gt(other: T | number): T;
  ge(other: T | number): T;
  lt(other: T | number): T;
  le(other: T | number): T;
}

/** `condition ? a : b`, elementwise. */
export type Where<T> = (condition: T, a: T | number, b: T | number) => T;

/** The arguments of `derivative` in a unary row. `y` is f(x), `p` and `q` are the row's parameters. */
export interface UnaryTerms<T> {
  x: T;
  y: T;
  p: T | number;
  q: T | number;
  where: Where<T>;
}

/**
 * The arguments of the gradients in a binary row: the operands, `y` = f(a, b), and `g`, the gradient of `y`.
 */
export interface BinaryTerms<T> {
  a: T;
  b: T;
  y: T;
  g: T;
  where: Where<T>;
}

type Infix = "+" | "-" | "*" | "/" | "===" | ">" | ">=" | "<" | "<=";
/** Functions of two operands; each is also a row. */
type Pair = "pow" | "polygamma" | "zeta";
type Head = "leaf" | "where" | Pair | AlgebraFunction | Infix;

/**
 * Records an expression instead of computing it. Equal expressions are one object, so shared ones are
 * visible.
 */
export class Term implements Algebra<Term> {
  /** `args` are the operands; a leaf has one, its name. */
  private constructor(
    readonly head: Head,
    readonly args: readonly (Term | number | string)[],
    private readonly seen: Map<string, Term>,
    private readonly id: number,
  ) {}

  /** The variables of one trace. */
  static variables<const Name extends string>(...names: Name[]): Record<Name, Term> {
    const seen = new Map<string, Term>();
    const leaf = (name: Name) => [name, Term.make("leaf", [name], seen)] as const;
    return Object.fromEntries(names.map(leaf)) as Record<Name, Term>;
  }

  static where(condition: Term, a: Term | number, b: Term | number): Term {
    return condition.build("where", a, b);
  }

  private static make(head: Head, args: readonly (Term | number | string)[], seen: Map<string, Term>): Term {
    const key = `${head}(${args.map((arg) => (arg instanceof Term ? `#${arg.id}` : Object.is(arg, -0) ? "-0" : arg))})`;
    const known = seen.get(key);
    if (known) return known;
    const term = new Term(head, args, seen, seen.size);
    seen.set(key, term);
    return term;
  }

  private build(head: Head, ...rest: (Term | number)[]): Term {
    return Term.make(head, [this, ...rest], this.seen);
  }

  add(other: Term | number) {
    return this.build("+", other);
  }
  sub(other: Term | number) {
    return this.build("-", other);
  }
  mul(other: Term | number) {
    return this.build("*", other);
  }
  div(other: Term | number) {
    return this.build("/", other);
  }
  pow(exponent: Term | number) {
    return this.build("pow", exponent);
  }
  polygamma(order: Term | number) {
    return this.build("polygamma", order);
  }
  zeta(q: Term | number) {
    return this.build("zeta", q);
  }
  eq(other: Term | number) {
    return this.build("===", other);
  }
  gt(other: Term | number) {
    return this.build(">", other);
  }
  ge(other: Term | number) {
    return this.build(">=", other);
  }
  lt(other: Term | number) {
    return this.build("<", other);
  }
  le(other: Term | number) {
    return this.build("<=", other);
  }
  neg = () => this.build("neg");
  abs = () => this.build("abs");
  sign = () => this.build("sign");
  square = () => this.build("square");
  sqrt = () => this.build("sqrt");
  rsqrt = () => this.build("rsqrt");
  reciprocal = () => this.build("reciprocal");
  exp = () => this.build("exp");
  log = () => this.build("log");
  sin = () => this.build("sin");
  cos = () => this.build("cos");
  tanh = () => this.build("tanh");
  sigmoid = () => this.build("sigmoid");
  erf = () => this.build("erf");
  log1p = () => this.build("log1p");
  sinh = () => this.build("sinh");
  cosh = () => this.build("cosh");
  floor = () => this.build("floor");
  trunc = () => this.build("trunc");
  digamma = () => this.build("digamma");
  i0 = () => this.build("i0");
  i1 = () => this.build("i1");
  lgamma = () => this.build("lgamma");
  i0e = () => this.build("i0e");
  i1e = () => this.build("i1e");
  erfcx = () => this.build("erfcx");
  besselJ0 = () => this.build("besselJ0");
  besselJ1 = () => this.build("besselJ1");
  besselY0 = () => this.build("besselY0");
  besselY1 = () => this.build("besselY1");
  modifiedBesselK0 = () => this.build("modifiedBesselK0");
  modifiedBesselK1 = () => this.build("modifiedBesselK1");
  scaledModifiedBesselK0 = () => this.build("scaledModifiedBesselK0");
  scaledModifiedBesselK1 = () => this.build("scaledModifiedBesselK1");
}

/** Names of the variables that the value of `term` depends on. */
export function variablesOf(term: Term | number): Set<string> {
  const found = new Set<string>();
  const visit = (node: Term | number | string): void => {
    if (!(node instanceof Term)) return;
    if (node.head === "leaf") found.add(node.args[0] as string);
    else node.args.forEach(visit);
  };
  visit(term);
  return found;
}
