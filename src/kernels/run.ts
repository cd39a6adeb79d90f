/**
 * How the library calls a kernel: with numbers and whole operands, in the order of the row. A backend takes
 * an operand as separate arguments: an array, an offset and strides.
 *
 *     run.copy(shape, x, out)
 *     run.gemm(1, m, n, k, a, b, null, 0, c)
 *
 * A Tensor is an operand. The function of each kernel is generated from its row at the first call, because
 * these calls are part of every operation in eager mode.
 */
import type { Data } from "../dtype.js";
import { make } from "../host/code.js";
import type { Strides } from "../shape.js";
import { k } from "./backend.js";
import type { Operand, Parameter } from "./parameters.js";
import { type KernelName, kernelNames, rowOf, type schema } from "./schema.js";

/** A dense operand: where its elements begin; they follow one another without gaps. */
export interface Dense {
  readonly array: Data;
  /** In elements. */
  readonly offset: number;
}

/** An operand with a stride for each axis of the row. */
export interface Strided extends Dense {
  readonly strides: Strides;
}

/**
 * `x` accessed with other strides (broadcast, or with an additional axis), and optionally from another
 * offset.
 */
export const strided = ({ array, offset }: Dense, strides: Strides, from = offset): Strided => ({
  array,
  offset: from,
  strides,
});

/** What a call passes for a parameter. */
type Given<P> =
  P extends Operand<any, infer Args>
    ? (Args extends readonly [any, number] ? Dense : Strided) | (null extends Args[0] ? null : never)
    : P extends Parameter<any, readonly [infer Value]>
      ? Value
      : never;

type GivenOf<P extends readonly Parameter[]> = { -readonly [I in keyof P]: Given<P[I]> };

type Run = {
  readonly [Name in KernelName]: (...given: GivenOf<(typeof schema)[Name]["parameters"]>) => number;
};

/**
 * The kernels of the backend in use, or of the table that records or profiles calls. Each returns what its
 * row states.
 */
export const run: Run = Object.fromEntries(
  kernelNames.map((name) => [name, (...given: any[]) => settle(name)(...given)]),
) as unknown as Run;

/** Replaces the entry of a kernel by its own function. */
function settle(name: KernelName): (...given: any[]) => number {
  const made = generate(name) ?? ((...given: any[]) => walk(name, given));
  (run as Record<string, unknown>)[name] = made;
  return made;
}

const isOperand = (parameter: Parameter): parameter is Operand => parameter.kind === "operand";

/** The arguments that a backend takes for a parameter, as JavaScript. */
function argumentsOf(parameter: Parameter): string[] {
  const { name } = parameter;
  if (!isOperand(parameter)) return [name];
  const { layout, optional } = parameter;
  const place = optional
    ? [`${name} === null ? null : ${name}.array`, `${name} === null ? 0 : ${name}.offset`]
    : [`${name}.array`, `${name}.offset`];
  if (layout === "dense") return place;
  if (layout === "listed") return [...place, `${name}.strides`];
  const stride = (axis: number) => `${name}.strides[${axis}]`;
  const given = Array.from({ length: layout }, (_, axis) =>
    optional ? `${name} === null ? 0 : ${stride(axis)}` : stride(axis),
  );
  return [...place, ...given];
}

function generate(name: KernelName): ((...given: any[]) => number) | undefined {
  const { parameters } = rowOf(name);
  const text = () => `"use strict"; return function ${name}(${parameters.map((p) => p.name)}) {
    return table().${name}(${parameters.flatMap(argumentsOf)});
  }`;
  return make("run", name, ["table"], [() => k], text);
}

/** The same without generated code. */
function walk(name: KernelName, given: readonly any[]): number {
  const args = rowOf(name).parameters.flatMap((parameter, i) => {
    if (!isOperand(parameter)) return [given[i]];
    const x: Strided | null = given[i];
    const { layout } = parameter;
    const place = x === null ? [null, 0] : [x.array, x.offset];
    if (layout === "dense") return place;
    if (layout === "listed") return [...place, x!.strides];
    return [...place, ...(x === null ? new Array<number>(layout).fill(0) : x.strides.slice(0, layout))];
  });
  return (k[name] as (...args: unknown[]) => number)(...args);
}
