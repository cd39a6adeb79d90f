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

/** How many other calls a call may pass on its way to an earlier chain. */
const MOST_PASSED = 8;

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

/** A chain that is being made. */
interface Open {
  readonly links: OrderedCall[];
  readonly total: number;
  readonly folds: Fold[];
  /** Calls that were passed since the chain began; a later link must not depend on them. */
  readonly passed: OrderedCall[];
}

/** The live calls, with chains. `kept`: memory that is read outside of the program. */
export function chained(order: CallOrder, trace: Trace, kept: ReadonlySet<Data>): Chained {
  const calls: TracedCall[] = [];
  const chains: Chain[] = [];
  const locals = new Map<Data, number>();
  const outOfOrder = new Set<Data>();
  const types = (array: Data): DType => trace.memory.get(array)?.dtype ?? typeOf(array);
  let open: Open | null = null;
  const close = () => {
    if (open === null) return;
    const { links, passed, total } = open;
    open = null;
    if (links.length > 1) {
      chains.push({ first: calls.length, count: links.length });
      findLocals(links, order, trace, kept, locals);
      for (const { call } of links)
        for (const { operand, array } of call.uses)
          if (!isDenseOperand(call, operand, total)) outOfOrder.add(array);
    }
    for (const { call } of links) calls.push(call);
    for (const { call } of passed) calls.push(call);
  };
  for (const ordered of order.inOrder()) {
    const total = linkTotal(ordered.call, types);
    const fold = total === null ? null : foldOf(ordered.call);
    if (open !== null) {
      if (total === open.total && mayJoin(ordered, fold, open, order, trace)) {
        open.links.push(ordered);
        if (fold !== null) open.folds.push(fold);
        continue;
      }
      if ((total === null || fold !== null) && open.passed.length < MOST_PASSED) {
        open.passed.push(ordered);
        continue;
      }
      close();
    }
    const folds = fold === null ? [] : [fold];
    if (total === null || !runTogether(folds, total)) calls.push(ordered.call);
    else open = { links: [ordered], total, folds, passed: [] };
  }
  close();
  return { calls, chains, locals, outOfOrder };
}

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
 * Whether a call may run together with the chain: a reduction of something else than the links access gains
 * nothing; the call depends on nothing that was passed, and where it shares
 * written memory with a link, both access the same elements in the same order.
 */
function mayJoin(
  next: OrderedCall,
  fold: Fold | null,
  { links, total, folds, passed }: Open,
  order: CallOrder,
  trace: Trace,
): boolean {
  if (links.length === MOST_CALLS) return false;
  if (fold !== null) {
    const [{ array: x }] = next.regions;
    if (!links.some(({ regions }) => regions.some(({ array }) => array === x))) return false;
    if (!runTogether([...folds, fold], total)) return false;
  }
  if (passed.some((other) => order.conflict(other.regions, next.regions))) return false;
  // A call that reports a bad label ends the replay: nothing of the user's may be written before it.
  const ofUser = (array: Data) => !trace.memory.has(array) || trace.inputs.includes(array);
  const lasting = next.regions.some(({ array, access }) => access === "write" && ofUser(array));
  if (lasting && passed.some(({ call }) => rowOf(call.name).reports !== undefined)) return false;
  const dense = ({ call }: OrderedCall, region: Touched) =>
    region.length === total &&
    call.uses.every(({ operand, array }) => array !== region.array || isDenseOperand(call, operand, total));
  return links.every((link) =>
    link.regions.every((a) =>
      next.regions.every((b) => {
        if (!order.conflict([a], [b])) return true;
        const same = a.array === b.array && a.offset === b.offset;
        return same && dense(link, a) && dense(next, b);
      }),
    ),
  );
}

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
