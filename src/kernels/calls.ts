/** Properties of a kernel call, computed from the kernel's row: sizes by name, accessed memory, cost. */
import type { Data } from "../dtype.js";
import type { Region } from "../region.js";
import { denseStrides, numel, type Shape, type Strides } from "../shape.js";
import { sizesOf } from "./extents.js";
import type { Access, Elements, Operand, Values } from "./parameters.js";
import { type KernelName, opsOf, rowOf } from "./schema.js";

/**
 * A kernel and its arguments in the order of its row. `A`: the type that stands for arrays in the arguments.
 */
export interface KernelCall {
  readonly name: KernelName;
  readonly args: readonly unknown[];
}

/** Sizes, flags, op and shape by name; for an operand its array. */
export function valuesOf({ name, args }: KernelCall): Values {
  const { parameters, at } = rowOf(name);
  const values: Record<string, unknown> = {};
  for (const parameter of parameters) values[parameter.name] = args[at[parameter.name]];
  return values;
}

/** One argument, by name. */
export const argument = ({ name, args }: KernelCall, parameter: string): unknown =>
  args[rowOf(name).at[parameter]];

/** Where an operand begins: its array and its element offset. */
export function placeOf<A>({ name, args }: KernelCall, operand: string): { array: A; offset: number } {
  const at = rowOf(name).at[operand];
  return { array: args[at] as A, offset: args[at + 1] as number };
}

/** How the call accesses an operand: if its flag `adds` is set, the call accumulates into it. */
export function accessOf({ access, adds }: Operand, call: KernelCall): Access {
  return adds !== undefined && argument(call, adds) !== 0 ? "update" : access;
}

/** An operand of a call, with its array. */
export interface Use<A = Data> {
  readonly operand: Operand;
  readonly array: A;
  readonly access: Access;
}

/** The operands that are not null, in order. */
export function usesOf<A = Data>(call: KernelCall): Use<A>[] {
  const { operands, at } = rowOf(call.name);
  const found: Use<A>[] = [];
  for (const operand of operands) {
    const array = call.args[at[operand.name]] as A | null;
    if (array !== null) found.push({ operand, array, access: accessOf(operand, call) });
  }
  return found;
}

/** A region of memory and how a call accesses it. */
export interface Touched<A = Data> extends Region<A> {
  readonly access: "read" | "write";
}

/** The memory that a call accesses, operand by operand. */
export function regionsOf<A = Data>(call: KernelCall): Touched<A>[] {
  const values = valuesOf(call);
  return usesOf<A>(call).map(({ operand, array, access }) => {
    const { sizes, strides } = axesOf(operand, values, call);
    const at = rowOf(call.name).at[operand.name];
    let offset = call.args[at + 1] as number;
    let length = sizes.includes(0) ? 0 : 1;
    for (let d = 0; d < sizes.length && length > 0; d++) {
      const reach = (sizes[d] - 1) * strides[d];
      offset += Math.min(reach, 0);
      length += Math.abs(reach);
    }
    return { array, offset, length, access: access === "read" ? "read" : "write" };
  });
}

function axesOf(
  { extent, layout, name }: Operand,
  values: Values,
  call: KernelCall,
): { sizes: Shape; strides: Strides } {
  const sizes = sizesOf(extent, values, opsOf(call.name));
  if (layout === "dense") return { sizes, strides: denseStrides(sizes) };
  const at = rowOf(call.name).at[name] + 2;
  if (layout === "listed") return { sizes, strides: call.args[at] as Strides };
  const given = call.args.slice(at, at + layout) as number[];
  return { sizes, strides: [...given, ...denseStrides(sizes).slice(layout)] };
}

/**
 * The cost of a call, from its arguments alone. A profile compares it with the limits of the machine. So both
 * numbers count what the task requires, not what one implementation does: each element that is read or
 * written counts once, in its own type, even if it stays in a cache or a loop passes over it twice.
 */
export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

/** The bytes of an operand that a call reads, and those that it writes. */
interface Moved {
  readonly array: Elements;
  readonly offset: number;
  readonly read: number;
  readonly written: number;
}

/** What a call moves, operand by operand. */
function movedBy(call: KernelCall): Moved[] {
  const values = valuesOf(call);
  return usesOf<Elements>(call).map(({ operand, array, access }) => {
    const elements =
      operand.moved === undefined
        ? distinct(operand, values, call)
        : numel(sizesOf(operand.moved, values, opsOf(call.name)));
    const bytes = elements * array.BYTES_PER_ELEMENT;
    return {
      array,
      offset: call.args[rowOf(call.name).at[operand.name] + 1] as number,
      read: access === "read" || access === "update" ? bytes : 0,
      written: access === "write" || access === "update" ? bytes : 0,
    };
  });
}

/**
 * The cost of calls that run together, or of one. What one operand has read or written counts once, also when
 * another operand reads it, because it is in a cache. An array may be any object with BYTES_PER_ELEMENT.
 */
export function costOf(calls: readonly KernelCall[]): Cost {
  const places = new Map<Elements, Map<number, { read: number; written: number }>>();
  for (const { array, offset, read, written } of calls.flatMap(movedBy)) {
    const offsets = places.get(array) ?? new Map();
    const before = offsets.get(offset) ?? { read: 0, written: 0 };
    places.set(array, offsets);
    offsets.set(offset, {
      read: before.written > 0 ? before.read : Math.max(before.read, read),
      written: Math.max(before.written, written),
    });
  }
  const moved = [...places.values()].flatMap((offsets) => [...offsets.values()]);
  return {
    flops: calls.reduce((sum, call) => sum + rowOf(call.name).flops(valuesOf(call)), 0),
    bytes: moved.reduce((sum, { read, written }) => sum + read + written, 0),
  };
}

/** Number of elements of an operand in memory. Along a broadcast axis each element counts once. */
function distinct(operand: Operand, values: Values, call: KernelCall): number {
  const { sizes, strides } = axesOf(operand, values, call);
  return sizes.reduce((n, size, d) => (strides[d] === 0 && size > 0 ? n : n * size), 1);
}
