/**
 * The words in which schema.ts describes a kernel: what kinds of arguments there are, and how each is passed. A call passes its
 * arguments in the order of the row: a number, an op or a shape as itself, an operand as its array, its offset in elements, and
 * its strides where it has any.
 */
import type { Data } from "../dtype.js";
import type { Shape, Strides } from "../shape.js";
import { namesOf } from "./extents.js";

/** The element types of kernels, each with the typed array that holds it. */
interface ArrayTypes {
  f32: Float32Array;
  f64: Float64Array;
  i32: Int32Array;
  u8: Uint8Array;
}
export type ElementType = keyof ArrayTypes;

/** What the definition of a kernel takes; a backend may take less, and leaves the rest to the definition. */
export const any = ["f32", "f64", "i32", "u8"] as const;
export const f32 = ["f32"] as const;
export const f64 = ["f64"] as const;
export const i32 = ["i32"] as const;
export const u8 = ["u8"] as const;
export const labels = ["i32", "u8"] as const;
export const pixels = ["f32", "u8"] as const;

/** Values by the names of a row: numbers as they are, shapes as lists, and of an operand its array or what stands for one. */
export type Values = { readonly [name: string]: any };

/** One entry of a row. `Args`: what a call passes for it. `Value`: what a row's functions see under its name. */
export interface Parameter<Name extends string = string, Args extends readonly unknown[] = any, Value = any> {
  readonly name: Name;
  readonly kind: "size" | "number" | "stride" | "flags" | "op" | "shape" | "operand";
  /** How many arguments of a call it takes. */
  readonly width: number;
  /** For the compiler alone. */
  readonly types?: { readonly args: Args; readonly value: Value };
}

/** An argument that is a number. */
export interface Scalar<Name extends string = string> extends Parameter<Name, [number], number> {
  readonly kind: "size" | "number" | "stride" | "flags";
  readonly least: number;
  readonly most: number;
}

const scalar =
  (kind: Scalar["kind"], lowest: number, highest: number) =>
  <const Name extends string>(name: Name, { least = lowest, most = highest } = {}): Scalar<Name> => ({
    ...{ name, kind, width: 1, least, most },
  });

/** An integer >= 0: how many of something. */
export const size = scalar("size", 0, Number.MAX_SAFE_INTEGER);
/** Any double, NaN and infinities included. */
export const number = scalar("number", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
/** Any integer: a step between elements, or a label that stands for none. */
export const stride = scalar("stride", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
/** Bits, or one of a few choices: an integer from 0 to `most`. */
export const flags = scalar("flags", 0, 1);

/** The name of an op of a family: `relu`, `sum`. */
export interface Op<Name extends string = string, Ops extends string = string>
  extends Parameter<Name, [Ops], Ops> {
  readonly kind: "op";
  readonly ops: readonly Ops[];
}

export const op = <const Name extends string, const Ops extends string>(
  name: Name,
  ops: readonly Ops[],
): Op<Name, Ops> => ({ name, kind: "op", width: 1, ops });

/** The shape over which strided operands are read, element by element. */
export const shape: Parameter<"shape", [Shape], Shape> = { name: "shape", kind: "shape", width: 1 };

/**
 * What a kernel does with the elements of an operand. `write`: writes each of them, whatever was there. `update`: reads and writes.
 * `scratch`: may leave anything there, and reads nothing that was there before.
 */
export type Access = "read" | "write" | "update" | "scratch";

/**
 * How an operand lies in memory. `dense`: row-major, without gaps. `listed`: over `shape`, with a list of strides. A number: as many
 * strides as that, of its leading axes; the axes behind them are dense.
 */
export type Layout = "dense" | "listed" | 1 | 2 | 3;

interface OperandOptions {
  /** `write` while this flag is 0, else `update`. */
  readonly adds?: string;
  /** Values that are data of the user's: a call that meets a bad one reports its position and changes nothing. */
  readonly checked?: "index" | "label" | "loss";
  /** Operands of the same size and type in whose place this output may be computed, where both are dense. */
  readonly over?: readonly string[];
  /** How many elements are moved, where that is not its extent: a lookup reads the rows that it takes. */
  readonly moved?: string;
}

export interface Operand<Name extends string = string, Args extends readonly unknown[] = any, Value = any>
  extends Parameter<Name, Args, Value>,
    OperandOptions {
  readonly kind: "operand";
  readonly access: Access;
  readonly elements: readonly ElementType[];
  /** How many elements it has: the text of extents.ts. */
  readonly extent: string;
  readonly layout: Layout;
  readonly optional: boolean;
}

/** All that has to be known of an array to tell its bytes. */
export interface Elements {
  readonly BYTES_PER_ELEMENT: number;
}

interface Steps {
  dense: [];
  listed: [strides: Strides];
  1: [number];
  2: [number, number];
  3: [number, number, number];
}

/** `Data` where a kernel takes every element type: the compiler tells it from a union of four. */
type ArrayOf<T extends ElementType> = ElementType extends T ? Data : ArrayTypes[T];

const operand =
  (access: Access) =>
  <const Name extends string, T extends ElementType, L extends Layout = "dense">(
    name: Name,
    elements: readonly T[],
    extent: string,
    layout: L = "dense" as L,
    options: OperandOptions = {},
  ): Operand<Name, [ArrayOf<T>, number, ...Steps[L]], Elements> => ({
    ...{ name, kind: "operand", access, elements, extent, layout, optional: false, ...options },
    width: 2 + (layout === "dense" ? 0 : layout === "listed" ? 1 : (layout as number)),
  });

export const read = operand("read");
export const write = operand("write");
export const update = operand("update");
export const scratch = operand("scratch");

/** The operand, or null in its place. */
export const optional = <Name extends string, First, Rest extends readonly unknown[], Value>(
  given: Operand<Name, [First, ...Rest], Value>,
): Operand<Name, [First | null, ...Rest], Value | null> => ({ ...given, optional: true });

/** What a call of a row passes. */
export type ArgsOf<P extends readonly Parameter[]> = P extends readonly [
  Parameter<string, infer Args extends readonly unknown[], any>,
  ...infer Rest extends readonly Parameter[],
]
  ? [...Args, ...ArgsOf<Rest>]
  : [];

/** What the functions of a row see. */
export type ValuesOf<P extends readonly Parameter[]> = {
  readonly [X in P[number] as X["name"]]: X extends Parameter<any, any, infer Value> ? Value : never;
};

/** A kernel, described once. */
export interface Row<P extends readonly Parameter[] = readonly Parameter[]> {
  readonly parameters: P;
  /** Where the arguments of each begin among those of a call. */
  readonly at: { readonly [Name in P[number]["name"]]: number };
  readonly operands: readonly Operand[];
  /** Sizes and shapes that say how much there is to do, in their order; others say how (padding, a number of bits). */
  readonly sizes: readonly Parameter[];
  /** Whether it may report a position instead of doing its work. */
  readonly reports: Operand["checked"] | undefined;
  /** Floating-point operations that the job needs: an FMA is two, an elementwise function one. */
  readonly flops: (values: ValuesOf<P>) => number;
}

/** @param flops 0 unless given */
export function kernel<const P extends readonly Parameter[]>(
  parameters: P,
  flops: (values: ValuesOf<P>) => number = () => 0,
): Row<P> {
  const at: Record<string, number> = {};
  let next = 0;
  for (const { name, width } of parameters) {
    at[name] = next;
    next += width;
  }
  const operands = parameters.filter((p): p is Operand => p.kind === "operand");
  const axes = new Set(operands.flatMap(({ extent }) => namesOf(extent)));
  return {
    parameters,
    at: at as Row<P>["at"],
    operands,
    sizes: parameters.filter(({ name }) => axes.has(name)),
    reports: operands.find(({ checked }) => checked !== undefined)?.checked,
    flops,
  };
}
