/** Properties of a kernel call, computed from the kernel's row: sizes by name, accessed memory, cost. */
import type { Data } from "../dtype.js";
import type { Region } from "../region.js";
import { denseStrides, numel, type Shape, type Strides } from "../shape.js";
import { sizesOf } from "./extents.js";
import type { Access, Elements, Operand, OperandPlace, Values } from "./parameters.js";
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

/** How a call accesses an operand: if its flag `adds` is set, the call accumulates into it. */
export function accessAt({ operand, adds }: OperandPlace, args: readonly unknown[]): Access {
  return adds >= 0 && args[adds] !== 0 ? "update" : operand.access;
}

/** An operand of a call, with its array. */
export interface Use<A = Data> {
  readonly operand: Operand;
  readonly array: A;
  readonly access: Access;
}

/** The operands that are not null, in order. */
export function usesOf<A = Data>({ name, args }: KernelCall): Use<A>[] {
  const { places } = rowOf(name);
  const found: Use<A>[] = [];
  for (let i = 0; i < places.length; i++) {
    const array = args[places[i].at] as A | null;
    if (array !== null) found.push({ operand: places[i].operand, array, access: accessAt(places[i], args) });
  }
  return found;
}

/** A region of memory and how a call accesses it. */
export interface Touched<A = Data> extends Region<A> {
  readonly access: "read" | "write";
}

/** The memory that a call accesses, operand by operand. */
export function regionsOf<A = Data>({ name, args }: KernelCall): Touched<A>[] {
  const { places } = rowOf(name);
  const found: Touched<A>[] = [];
  for (let i = 0; i < places.length; i++) {
    const { at, extent, operand } = places[i];
    const array = args[at] as A | null;
    if (array === null) continue;
    const sizes = extent(args);
    let offset = args[at + 1] as number;
    let length = sizes.includes(0) ? 0 : 1;
    // The axes without strides of their own are dense.
    for (let d = sizes.length - 1, dense = 1; d >= 0 && length > 0; d--) {
      const reach = (sizes[d] - 1) * (strideAt(operand, args, at, d) ?? dense);
      if (reach < 0) offset += reach;
      length += Math.abs(reach);
      dense *= sizes[d];
    }
    const access = accessAt(places[i], args) === "read" ? "read" : "write";
    found.push({ array, offset, length, access });
  }
  return found;
}

/** The stride that a call passes for axis `d` of the operand whose array is at `at`. */
function strideAt({ layout }: Operand, args: readonly unknown[], at: number, d: number): number | undefined {
  if (layout === "dense") return undefined;
  if (layout === "listed") return (args[at + 2] as Strides)[d];
  return d < layout ? (args[at + 2 + d] as number) : undefined;
}

function axesOf({ operand, at, extent }: OperandPlace, args: readonly unknown[]): [Shape, Strides] {
  const sizes = extent(args);
  const dense = denseStrides(sizes);
  return [sizes, dense.map((stride, d) => strideAt(operand, args, at, d) ?? stride)];
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
  const { args, name } = call;
  const values = valuesOf(call);
  const found: Moved[] = [];
  for (const place of rowOf(name).places) {
    const { moved } = place.operand;
    const array = args[place.at] as Elements | null;
    const access = accessAt(place, args);
    if (array === null || access === "scratch") continue;
    const count = moved === undefined ? distinct(place, args) : numel(sizesOf(moved, values, opsOf(name)));
    const bytes = count * array.BYTES_PER_ELEMENT;
    found.push({
      array,
      offset: args[place.at + 1] as number,
      read: access === "read" || access === "update" ? bytes : 0,
      written: access === "write" || access === "update" ? bytes : 0,
    });
  }
  return found;
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
function distinct(place: OperandPlace, args: readonly unknown[]): number {
  const [sizes, strides] = axesOf(place, args);
  return sizes.reduce((n, size, d) => (strides[d] === 0 && size > 0 ? n : n * size), 1);
}
