/**
 * Updates of parameters move into the products that make their gradients, where nobody else reads these: they are used while they are
 * in cache, and not stored. No value changes.
 */
import type { Data } from "../dtype.js";
import { type Place, placesIn } from "../kernels/roles.js";
import type { KernelName } from "../kernels/table.js";
import type { Trace, TracedCall } from "./trace.js";

/** Updates, and what a product with one of them is called. */
const fused: { readonly [Name in KernelName]?: KernelName } = {
  sgdStep: "gemmSgdStep",
  adamStep: "gemmAdamStep",
};

const fusedNames: ReadonlySet<KernelName> = new Set(Object.values(fused));

/** Of fewer elements gradients stay in cache anyway. */
const FEWEST = 16384;

/** Places of arguments of gemm. */
const [M, N, ACCUMULATE, C] = [1, 2, 16, 17];

/** `needed`: whether a gradient, by its memory, is read by others than its update. */
export function withFusedUpdates(
  trace: Trace,
  calls: readonly TracedCall[],
  needed: (gradient: Data, offset: number) => boolean,
): TracedCall[] {
  let result = [...calls];
  for (const update of calls) {
    const name = fused[update.name];
    if (name === undefined || (update.args[0] as number) < FEWEST) continue;
    const [array, offset] = [update.args[4] as Data, update.args[5] as number];
    if (needed(array, offset)) continue;
    const at = result.indexOf(update);
    const maker = result.findLastIndex((call, i) => i < at && makes(call, update));
    if (maker < 0) continue;
    const earlier = earlierThan(result, maker, at, trace);
    if (earlier === null) continue;
    const gemm = result[maker];
    const touched = result.some(
      (call, i) =>
        i !== maker && i !== at && placesOf(call).some((place) => covers(place, array, offset, trace)),
    );
    if (touched) continue;
    const [, flags, p, po, , , ...state] = update.args;
    const both: TracedCall = { name, args: [...gemm.args, flags, p, po, ...state], place: gemm.place };
    const rest = result.slice(maker + 1, at).filter((call) => !earlier.includes(call));
    result = [...result.slice(0, maker), ...earlier, both, ...rest, ...result.slice(at + 1)];
  }
  return result;
}

/** Whether a product writes just the gradient that the update reads. */
function makes({ name, args }: TracedCall, update: TracedCall): boolean {
  if (name !== "gemm" || args[0] !== 1 || args[ACCUMULATE] !== 0) return false;
  const whole = (args[M] as number) * (args[N] as number) === update.args[0];
  return whole && args[C] === update.args[4] && args[C + 1] === update.args[5];
}

/**
 * The calls between a product and an update that have to come before the update, in their order: those it depends on, and what these
 * depend on. Null when one of them depends on the product, or the update on more of the product than its gradient.
 */
function earlierThan(
  calls: readonly TracedCall[],
  maker: number,
  at: number,
  trace: Trace,
): TracedCall[] | null {
  const moved = [calls[at]];
  for (let i = at - 1; i > maker; i--)
    if (moved.some((later) => conflict(calls[i], later, trace))) moved.unshift(calls[i]);
  const [gemm, update] = [placesOf(calls[maker]), placesOf(calls[at])];
  const gradient = calls[at].args[4];
  const others = update.filter(({ array }) => array !== gradient);
  if (clash(gemm, others, trace)) return null;
  const earlier = moved.slice(0, -1);
  return earlier.some((call) => clash(gemm, placesOf(call), trace)) ? null : earlier;
}

/** The gradients that calls use up without storing them: their memory. */
export function* usedUpGradients(calls: Iterable<{ name: KernelName; args: readonly unknown[] }>) {
  for (const { name, args } of calls)
    if (fusedNames.has(name)) yield { array: args[C], offset: args[C + 1] as number };
}

const placesOf = ({ name, args }: TracedCall): Place<Data>[] => [...placesIn<Data>(name, args)];

const conflict = (a: TracedCall, b: TracedCall, trace: Trace) => clash(placesOf(a), placesOf(b), trace);

/** Whether one writes what the other touches. */
function clash(a: readonly Place<Data>[], b: readonly Place<Data>[], trace: Trace): boolean {
  return a.some((x) => b.some((y) => (x.access === "write" || y.access === "write") && meet(x, y, trace)));
}

/**
 * Tensors lie in storages that do not overlap, so a run, which is whole tensors, meets a tensor that begins in it and no other. Two
 * tensors of one array may be views of one storage.
 */
function meet(x: Place<Data>, y: Place<Data>, trace: Trace): boolean {
  if (x.array !== y.array) {
    const real = !trace.memory.has(x.array) && !trace.memory.has(y.array);
    return real && x.array.buffer === y.array.buffer;
  }
  if (x.length === 1 && y.length === 1) return true;
  return x.offset < y.offset + y.length && y.offset < x.offset + x.length;
}

const covers = (place: Place<Data>, array: Data, offset: number, trace: Trace) =>
  meet(place, { array, offset, length: 2, access: "read" }, trace);
