/**
 * Joins elementwise calls over one number of elements, and reductions of as many, into chains. A chain runs
 * block by block: a block of a result is in L1 when the next call reads it, and a result that only the chain
 * reads (a local) is never stored. Each call does what it would do alone, so no value changes.
 */
import type { Data, DType } from "../dtype.js";
import { argument, placeOf, type Touched } from "../kernels/calls.js";
import type { Operand, Row } from "../kernels/parameters.js";
import { rowOf } from "../kernels/schema.js";
import { isDense, numel, type Shape, type Strides } from "../shape.js";
import { typeOf } from "./arrays.js";
import type { CallOrder, OrderedCall } from "./call-order.js";
import { type Fold, foldOf, isReduction, runTogether } from "./folds.js";
import type { Trace, TracedCall } from "./trace.js";

/** The maximum number of locals of a chain, and of calls: more than any composition in practice. */
const MOST_LOCALS = 16;
const MOST_CALLS = 64;

/** How many chains and other calls a call may pass on its way to an earlier place. */
const MOST_PASSED = 12;

/** A call is moved before a chain of this many times the elements that it writes: see placeFor. */
const TINY = 64;

/** Consecutive calls of a plan. */
export interface Chain {
  readonly first: number;
  readonly count: number;
}

export interface Chained {
  readonly calls: readonly TracedCall[];
  readonly chains: readonly Chain[];
  /**
   * The memory that only one chain uses, with its number in the chain. Two that share one follow one another.
   */
  readonly locals: ReadonlyMap<Data, number>;
  /** Memory that a link of some chain does not access in order. Nothing may be computed in its place. */
  readonly outOfOrder: ReadonlySet<Data>;
}

/** The element types of the rows of kernels. */
const elementTypes = { float32: "f32", float64: "f64", int32: "i32", uint8: "u8", bool: "u8" } as const;

/** A chain that is being made, or another call. */
interface Group {
  readonly calls: OrderedCall[];
  /** The elements of a chain; null for another call. */
  readonly total: number | null;
  /** The reductions of a chain. */
  readonly folds: Fold[];
}

/** The live calls, with chains. `kept`: memory that is read outside of the program. */
export function chained(order: CallOrder, trace: Trace, kept: ReadonlySet<Data>): Chained {
  const types = (array: Data): DType => trace.memory.get(array)?.dtype ?? typeOf(array);
  const groups: Group[] = [];
  for (const ordered of order.inOrder()) {
    let total = linkTotal(ordered.call, types);
    const fold = total === null ? null : foldOf(ordered.call);
    if (fold !== null && !runTogether([fold], total!)) total = null;
    const next: Group = { calls: [ordered], total, folds: fold === null ? [] : [fold] };
    const { joins, at } = placeFor(next, groups, order, trace);
    if (!joins) groups.splice(at, 0, next);
    else {
      groups[at].calls.push(ordered);
      groups[at].folds.push(...next.folds);
    }
  }
  const calls: TracedCall[] = [];
  const chains: Chain[] = [];
  const locals = new Map<Data, number>();
  const outOfOrder = new Set<Data>();
  for (const { calls: links, total } of groups) {
    if (links.length > 1) {
      chains.push({ first: calls.length, count: links.length });
      findLocals(links, order, trace, kept, locals);
      for (const { call } of links)
        for (const { operand, array } of call.uses)
          if (!isDenseOperand(call, operand, total!)) outOfOrder.add(array);
    }
    for (const { call } of links) calls.push(call);
  }
  return { calls, chains, locals, outOfOrder };
}

/**
 * The group that a call joins, or the place of a group of its own. It passes groups on which it does not
 * depend: to join an earlier chain; or, if it is tiny, to be before a chain, because a later call that needs
 * its result (the gradient of a mean) can then join that chain.
 */
function placeFor(
  next: Group,
  groups: readonly Group[],
  order: CallOrder,
  trace: Trace,
): { joins: boolean; at: number } {
  const ordered = next.calls[0];
  let stop = groups.length - 1;
  const first = Math.max(0, groups.length - MOST_PASSED);
  while (stop >= first && mayPass(ordered, groups[stop], order, trace)) stop--;
  let end = groups.length;
  if (rowOf(ordered.call.name).reports === undefined) {
    let written = 0;
    for (const { access, length } of ordered.regions) if (access === "write") written += length;
    // Only the groups that it passes: there may be as many as recorded calls.
    for (let i = groups.length - 1; i > stop; i--) {
      const { total } = groups[i];
      if (total !== null && total >= TINY * written) end = i;
    }
  }
  for (let at = end - 1; at >= Math.max(stop, first); at--)
    if (next.total !== null && mayJoin(next, groups[at], order)) return { joins: true, at };
  return { joins: false, at: end };
}

/** Whether a call may run before the calls of a group. */
function mayPass({ regions }: OrderedCall, { calls }: Group, order: CallOrder, trace: Trace): boolean {
  for (let i = 0; i < calls.length; i++) {
    if (order.conflict(calls[i].regions, regions)) return false;
    // A call that reports a bad label ends the replay: nothing of the user's may be written before it.
    if (rowOf(calls[i].call.name).reports !== undefined && writesOfUser(regions, trace)) return false;
  }
  return true;
}

const writesOfUser = (regions: readonly Touched[], trace: Trace): boolean =>
  regions.some(
    ({ array, access }) => access === "write" && (!trace.memory.has(array) || trace.inputs.includes(array)),
  );

/** The number of elements over which a call passes that may be a link; null for any other. */
function linkTotal(call: TracedCall, types: (array: Data) => DType): number | null {
  const { operands, at, links, sizes } = rowOf(call.name);
  const fits = (wanted: Row["links"][number]) => {
    for (let i = 0; i < operands.length; i++) {
      const array = call.args[at[operands[i].name]] as Data | null;
      if (array !== null && elementTypes[types(array)] !== wanted[i]) return false;
    }
    return true;
  };
  if (!links.some(fits)) return null;
  const total = numel(sizes.flatMap(({ name }) => argument(call, name) as number | Shape));
  if (total === 0 || !(isReduction(call) || isDenseOperand(call, outputOf(call), total))) return null;
  return total;
}

const outputOf = ({ name }: TracedCall): Operand => rowOf(name).operands.at(-1)!;

/** Whether the link accesses `total` elements of the operand in order, without gaps. */
function isDenseOperand(call: TracedCall, operand: Operand, total: number): boolean {
  const { name, layout } = operand;
  if (layout === "dense") return !(isReduction(call) && operand === outputOf(call));
  const shape = argument(call, "shape") as Shape;
  return numel(shape) === total && isDense(shape, call.args[rowOf(call.name).at[name] + 2] as Strides);
}

/**
 * Whether a call may run together with the calls of a group: where it shares written memory with a link, both
 * access the same elements in the same order. A reduction must read what a link accesses: otherwise nothing
 * is gained.
 */
function mayJoin(next: Group, group: Group, order: CallOrder): boolean {
  const { total, calls: links } = group;
  if (next.total === null || total !== next.total || links.length === MOST_CALLS) return false;
  const call = next.calls[0];
  if (next.folds.length > 0) {
    const x = call.regions[0].array;
    if (!links.some(({ regions }) => regions.some(({ array }) => array === x))) return false;
    if (!runTogether([...group.folds, next.folds[0]], total)) return false;
  }
  for (let i = 0; i < links.length; i++) if (!accessAlike(links[i], call, total, order)) return false;
  return true;
}

/** Whether two links access the written memory that they share in the same order. */
function accessAlike(a: OrderedCall, b: OrderedCall, total: number, order: CallOrder): boolean {
  for (let i = 0; i < a.regions.length; i++)
    for (let j = 0; j < b.regions.length; j++) {
      const x = a.regions[i];
      const y = b.regions[j];
      if (!order.conflictOf(x, y)) continue;
      if (x.array !== y.array || x.offset !== y.offset) return false;
      if (!accessesInOrder(a, x, total) || !accessesInOrder(b, y, total)) return false;
    }
  return true;
}

/** Whether the call accesses `total` elements of the region's memory in order, without gaps. */
const accessesInOrder = ({ call }: OrderedCall, region: Touched, total: number): boolean =>
  region.length === total &&
  call.uses.every(({ operand, array }) => array !== region.array || isDenseOperand(call, operand, total));

/** Adds the locals of a chain. A place is used again once its local was read for the last time. */
function findLocals(
  links: readonly OrderedCall[],
  order: CallOrder,
  trace: Trace,
  kept: ReadonlySet<Data>,
  locals: Map<Data, number>,
): void {
  const inside = new Set(links);
  const last = new Map<Data, number>();
  for (const [i, link] of links.entries()) for (const { array } of link.call.uses) last.set(array, i);
  const free: number[] = [];
  let places = 0;
  for (const [i, link] of links.entries()) {
    const { array, offset } = placeOf<Data>(link.call, outputOf(link.call).name);
    const length = trace.memory.get(array)?.length;
    const fresh = length !== undefined && !kept.has(array) && offset === 0 && !locals.has(array);
    if (fresh && !isReduction(link.call) && isWhole(link, length)) {
      const users = order.usersOf(array);
      if (users[0] === link && users.every((user) => inside.has(user))) {
        const place = free.pop() ?? places++;
        if (place < MOST_LOCALS) locals.set(array, place);
        else places--;
      }
    }
    // A call may read a local twice.
    for (const used of new Set(link.call.uses.map((use) => use.array)))
      if (last.get(used) === i && locals.has(used)) free.push(locals.get(used)!);
  }
}

/** Whether the link writes all elements of the memory of its output. */
const isWhole = (link: OrderedCall, length: number) => link.regions.at(-1)!.length === length;
