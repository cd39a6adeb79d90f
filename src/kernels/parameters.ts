/**
 * The building blocks with which schema.ts describes a kernel: the kinds of arguments, and how each is
 * passed. A call passes its arguments in the order of the row: a number, an op or a shape as itself; an
 * operand as its array, its offset in elements, and its strides if it has any.
 */
import type { Data } from "../dtype.js";
import type { Shape, Strides } from "../shape.js";
import { namesOf, type PlacedExtent, placed } from "./extents.js";

/** The element types of kernels, each with the typed array that holds it. */
interface ArrayTypes {
  f32: Float32Array;
  f64: Float64Array;
  i32: Int32Array;
  u8: Uint8Array;
}
export type ElementType = keyof ArrayTypes;

/**
 * All element types: the definition of a kernel takes them. A backend may support fewer and fall back to the
 * definition.
 */
export const any = ["f32", "f64", "i32", "u8"] as const;
export const f32 = ["f32"] as const;
export const f64 = ["f64"] as const;
export const floats = ["f32", "f64"] as const;
export const i32 = ["i32"] as const;
export const u8 = ["u8"] as const;
export const labels = ["i32", "u8"] as const;
export const pixels = ["f32", "u8"] as const;

/**
 * Values by the names of a row: numbers as they are, shapes as lists, and for an operand its array or a
 * substitute.
 */
export type Values = { readonly [name: string]: any };

/**
 * One entry of a row. `Args`: what a call passes for it. `Value`: what the functions of the row see under its
 * name.
 */
export interface Parameter<Name extends string = string, Args extends readonly unknown[] = any, Value = any> {
  readonly name: Name;
  readonly kind: "size" | "number" | "stride" | "flags" | "op" | "shape" | "operand";
  /** Number of arguments that it takes in a call. */
  readonly width: number;
  /** Exists only for the compiler. */
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

/** An integer >= 0: a count. */
export const size = scalar("size", 0, Number.MAX_SAFE_INTEGER);
/** Any double, including NaN and infinities. */
export const number = scalar("number", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
/** Any integer: the distance between elements, or a label that marks an ignored target. */
export const stride = scalar("stride", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
/** Bits, or one of a few choices: an integer from 0 to `most`. */
export const flags = scalar("flags", 0, 1);

/**
 * Whether a product rounds the elements of its operands to bfloat16 and sums in float32 (js/bfloat16.ts).
 * Element types other than float32 ignore it.
 */
export const bfloat16 = flags("bfloat16");

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

/** The shape over which strided operands are iterated, element by element. */
export const shape: Parameter<"shape", [Shape], Shape> = { name: "shape", kind: "shape", width: 1 };

/**
 * How a kernel accesses the elements of an operand. `write`: overwrites each element. `update`: reads and
 * writes. `scratch`: may leave any values, and does not read the old ones.
 */
export type Access = "read" | "write" | "update" | "scratch";

/**
 * How an operand lies in memory. `dense`: row-major, without gaps. `listed`: over `shape`, with a list of
 * strides. A number: strides for that many leading axes; the axes after them are dense.
 */
export type Layout = "dense" | "listed" | 1 | 2 | 3 | 4;

interface OperandOptions {
  /** The access is `write` if this flag is 0, else `update`. */
  readonly adds?: string;
  /** The values come from the user: a call that finds a bad one returns its position and changes nothing. */
  readonly checked?: "index" | "label" | "loss" | "rank";
  /**
   * Operands of the same size and type; the output may be computed in place of one of them if both are dense.
   */
  readonly over?: readonly string[];
  /** Whether some calls leave a part of it as it was, although the access is `write`. */
  readonly partly?: true;
  /** Number of elements moved, if it differs from the extent: a lookup reads only the rows that it takes. */
  readonly moved?: string;
}

export interface Operand<Name extends string = string, Args extends readonly unknown[] = any, Value = any>
  extends Parameter<Name, Args, Value>,
    OperandOptions {
  readonly kind: "operand";
  readonly access: Access;
  readonly elements: readonly ElementType[];
  /** Its number of elements, as text in the form of extents.ts. */
  readonly extent: string;
  readonly layout: Layout;
  readonly optional: boolean;
}

/** The part of an array that is needed to compute its size in bytes. */
export interface Elements {
  readonly BYTES_PER_ELEMENT: number;
}

interface Steps {
  dense: [];
  listed: [strides: Strides];
  1: [number];
  2: [number, number];
  3: [number, number, number];
  4: [number, number, number, number];
}

/**
 * `Data` if a kernel takes every element type: for the compiler, `Data` is not the same as a union of four
 * types.
 */
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

/** An operand that may be null. */
export const optional = <Name extends string, First, Rest extends readonly unknown[], Value>(
  given: Operand<Name, [First, ...Rest], Value>,
): Operand<Name, [First | null, ...Rest], Value | null> => ({ ...given, optional: true });

/** The arguments of a call of a row. */
export type ArgsOf<P extends readonly Parameter[]> = P extends readonly [
  Parameter<string, infer Args extends readonly unknown[], any>,
  ...infer Rest extends readonly Parameter[],
]
  ? [...Args, ...ArgsOf<Rest>]
  : [];

/** The values that the functions of a row see. */
export type ValuesOf<P extends readonly Parameter[]> = {
  readonly [X in P[number] as X["name"]]: X extends Parameter<any, any, infer Value> ? Value : never;
};

/** An operand, with names replaced by indices of arguments: what reads a recorded call quickly. */
export interface OperandPlace {
  readonly operand: Operand;
  /** The index of its array; its offset follows, then its strides. */
  readonly at: number;
  /** The index of the flag `adds`; -1 if there is none. */
  readonly adds: number;
  readonly extent: PlacedExtent;
}

/** The description of a kernel. */
export interface Row<P extends readonly Parameter[] = readonly Parameter[]> {
  readonly parameters: P;
  /** The index of each parameter's first argument in a call. */
  readonly at: { readonly [Name in P[number]["name"]]: number };
  readonly operands: readonly Operand[];
  /** The same operands, by their places in a call. */
  readonly places: readonly OperandPlace[];
  /** The output that may be computed in place of another operand. */
  readonly over: Operand | undefined;
  /**
   * The sizes and shapes that determine the amount of work, in order. Other numbers (padding, bits) determine
   * its kind.
   */
  readonly sizes: readonly Parameter[];
  /** Whether it may return a position instead of doing its work. */
  readonly reports: Operand["checked"] | undefined;
  /**
   * Floating-point operations that the task requires: an FMA counts as two, an elementwise function as one.
   */
  readonly flops: (values: ValuesOf<P>) => number;
  /**
   * The element types of all operands with which a call may be a link of a chain: see src/compile/chains.ts.
   * Empty if no call may. native/entries/links.cc reads these kernels.
   */
  readonly links: readonly (readonly ElementType[])[];
}

/**
 * @param flops default: 0
 * @param links default: no call may be a link of a chain
 */
export function kernel<const P extends readonly Parameter[]>(
  parameters: P,
  flops: (values: ValuesOf<P>) => number = () => 0,
  { links = [] }: { links?: Row["links"] } = {},
): Row<P> {
  const at: Record<string, number> = {};
  let next = 0;
  for (const { name, width } of parameters) {
    at[name] = next;
    next += width;
  }
  const operands = parameters.filter((p): p is Operand => p.kind === "operand");
  // Extents are parsed at their first use: those of all rows take milliseconds of an import.
  let places: readonly OperandPlace[] | undefined;
  let sizes: readonly Parameter[] | undefined;
  return {
    parameters,
    at: at as Row<P>["at"],
    operands,
    get places() {
      if (places === undefined) {
        const ops = parameters.flatMap((p) => (p.kind === "op" ? (p as Op).ops : []));
        places = operands.map((operand) => ({
          operand,
          at: at[operand.name],
          adds: operand.adds === undefined ? -1 : at[operand.adds],
          extent: placed(operand.extent, at, ops),
        }));
      }
      return places;
    },
    over: operands.find(({ over }) => over !== undefined),
    get sizes() {
      if (sizes === undefined) {
        const axes = new Set(operands.flatMap(({ extent }) => namesOf(extent)));
        sizes = parameters.filter(({ name }) => axes.has(name));
      }
      return sizes;
    },
    reports: operands.find(({ checked }) => checked !== undefined)?.checked,
    flops,
    links,
  };
}
