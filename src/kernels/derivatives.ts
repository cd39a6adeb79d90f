/** Derived from the derivatives in `rows.ts`: scalar functions for kernels, and what backward must save. */
import { erf } from "../elementary.js";
import { make } from "../host/code.js";
import { type AlgebraFunction, type BinaryTerms, Term, variablesOf } from "./algebra.js";
import type { BinaryRow, UnaryRow } from "./row-types.js";
import { type BinaryName, binaryRows, type UnaryName, unaryRows } from "./rows.js";
import { polygamma, zeta } from "./special.js";

/** f'(x), where y = f(x). An argument that the derivative does not read may have any value. */
export type Derivative = (x: number, y: number, p: number, q: number) => number;

/** The derivative of a row as a term over the variables x, y, p, q; NaN if the row has none. */
export function traceDerivative(name: UnaryName): Term | number {
  const row: UnaryRow = unaryRows[name];
  if (row.derivative === null) return Number.NaN;
  return row.derivative<Term>({ ...Term.variables("x", "y", "p", "q"), where: Term.where });
}

const saved = new Map<string, { x: boolean; y: boolean }>();

/** Whether the derivative of a unary op reads its input and its output: these must be saved for backward. */
export function unarySaves(name: UnaryName): { x: boolean; y: boolean } {
  let known = saved.get(name);
  if (!known) {
    const variables = variablesOf(traceDerivative(name));
    known = { x: variables.has("x"), y: variables.has("y") };
    saved.set(name, known);
  }
  return known;
}

/** For each operand of a binary op, which values its gradient reads. */
export function binarySaves(
  name: BinaryName,
): Record<"gradA" | "gradB", { a: boolean; b: boolean; y: boolean }> {
  const row: BinaryRow = binaryRows[name];
  const reads = (rule: ((terms: BinaryTerms<Term>) => Term) | null) => {
    if (rule === null) return { a: false, b: false, y: false };
    const variables = variablesOf(rule({ ...Term.variables("a", "b", "y", "g"), where: Term.where }));
    return { a: variables.has("a"), b: variables.has("b"), y: variables.has("y") };
  };
  return { gradA: reads(row.gradA), gradB: reads(row.gradB) };
}

/** A unary row as a plain function of its arguments. */
export function scalarFunction(name: UnaryName): (x: number, p: number, q: number) => number {
  const { f }: UnaryRow = unaryRows[name];
  return (x, p, q) => f(x, p, q, erf);
}

type Scalar = (x: number, p: number, q: number, erf: (x: number) => number) => number;

const infix = new Set(["+", "-", "*", "/", "===", ">", ">=", "<", "<="]);

/**
 * JavaScript for a term: the body of a function of x, y, p, q, in which an expression that occurs twice is
 * computed once. Functions are called by their row names and get `erf` as their fourth argument, as rows
 * expect.
 */
export function derivativeSource(root: Term | number): { body: string; functions: Set<AlgebraFunction> } {
  const functions = new Set<AlgebraFunction>();
  const uses = new Map<Term, number>();
  const count = (node: Term | number | string): void => {
    if (!(node instanceof Term)) return;
    uses.set(node, (uses.get(node) ?? 0) + 1);
    if (uses.get(node) === 1) node.args.forEach(count);
  };
  count(root);
  const lines: string[] = [];
  const names = new Map<Term, string>();
  const print = (node: Term | number | string): string => {
    if (!(node instanceof Term)) return typeof node === "number" && node < 0 ? `(${node})` : String(node);
    const known = names.get(node);
    if (known) return known;
    const args = node.args.map(print);
    let text: string;
    if (node.head === "leaf") return args[0];
    if (infix.has(node.head)) text = `(${args[0]} ${node.head} ${args[1]})`;
    else if (node.head === "where") text = `(${args[0]} ? ${args[1]} : ${args[2]})`;
    else if (node.head === "pow") text = `(${args[0]} ** ${args[1]})`;
    else if (node.head === "polygamma" || node.head === "zeta")
      text = `${node.head}_(${args[0]}, ${args[1]})`;
    else {
      functions.add(node.head as AlgebraFunction);
      text = `${node.head}(${args[0]}, 0, 0, erf_)`;
    }
    if (uses.get(node) === 1) return text;
    const name = `t${names.size}`;
    lines.push(`const ${name} = ${text};`);
    names.set(node, name);
    return name;
  };
  const result = print(root);
  return { body: [...lines, `return ${result};`].join("\n"), functions };
}

/** The term as a closure, which is much slower. */
function interpret(root: Term | number): Derivative {
  const evaluate = (node: Term | number | string, env: Record<string, number>): number => {
    if (!(node instanceof Term)) return node as number;
    if (node.head === "leaf") return env[node.args[0] as string];
    const [a, b, c] = node.args.map((arg) => evaluate(arg, env));
    switch (node.head) {
      case "+":
        return a + b;
      case "-":
        return a - b;
      case "*":
        return a * b;
      case "/":
        return a / b;
      case "===":
        return Number(a === b);
      case ">":
        return Number(a > b);
      case ">=":
        return Number(a >= b);
      case "<":
        return Number(a < b);
      case "<=":
        return Number(a <= b);
      case "where":
        return a ? b : c;
      case "pow":
        return a ** b;
      case "polygamma":
        return polygamma(a, b);
      case "zeta":
        return zeta(a, b);
      default:
        return (unaryRows[node.head as AlgebraFunction].f as Scalar)(a, 0, 0, erf);
    }
  };
  return (x, y, p, q) => evaluate(root, { x, y, p, q });
}

/**
 * A term over x, y, p, q as a function: generated JavaScript, or an interpreter where generation is
 * forbidden. `name`: that of the row whose derivative it is.
 */
export function compileTerm(term: Term | number, generate = true, name = "a term"): Derivative {
  if (!generate) return interpret(term);
  const { body, functions } = derivativeSource(term);
  const names = [...functions];
  const parameters = [...names, "erf_", "polygamma_", "zeta_"];
  const values = [...names.map((used) => unaryRows[used].f), erf, polygamma, zeta];
  const text = () => `"use strict"; return (x, y, p, q) => {\n${body}\n};`;
  return make<Derivative>("derivative", name, parameters, values, text) ?? interpret(term);
}

/** A new function literal for the derivative of a row. */
export function compileDerivative(name: UnaryName, generate = true): Derivative {
  return compileTerm(traceDerivative(name), generate, name);
}
