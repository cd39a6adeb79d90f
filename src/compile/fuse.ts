/**
 * Fuses updates of parameters with the matmuls that compute their gradients, if no other call reads these
 * gradients. Each gradient is then used while it is in cache and is never stored. No value changes.
 */
import type { Data } from "../dtype.js";
import { argument, type KernelCall, placeOf, regionsOf, type Touched } from "../kernels/calls.js";
import { type KernelName, rowOf } from "../kernels/schema.js";
import { meet } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/** For each update kernel, the name of the kernel that fuses it with a matmul. */
const fused: { readonly [Name in KernelName]?: KernelName } = {
  sgdStep: "gemmSgdStep",
  adamStep: "gemmAdamStep",
};

/** Minimum number of elements. Smaller gradients stay in cache anyway. */
const FEWEST = 16384;

/** `needed`: whether anything other than its update reads the gradient in this memory. */
export function withFusedUpdates(
  trace: Trace,
  calls: readonly TracedCall[],
  needed: (gradient: Data, offset: number) => boolean,
): TracedCall[] {
  let result = [...calls];
  for (const update of calls) {
    const name = fused[update.name];
    const length = argument(update, "n") as number;
    if (name === undefined || length < FEWEST) continue;
    const { array, offset } = placeOf<Data>(update, "g");
    if (needed(array, offset)) continue;
    const at = result.indexOf(update);
    const maker = result.findLastIndex((call, i) => i < at && makes(call, update));
    if (maker < 0) continue;
    const earlier = earlierThan(result, maker, at, trace);
    if (earlier === null) continue;
    const gradient = { array, offset, length };
    const touched = result.some(
      (call, i) => i !== maker && i !== at && regionsOf(call).some((region) => meet(region, gradient, trace)),
    );
    if (touched) continue;
    const both: TracedCall = { ...result[maker], name, args: together(name, result[maker], update) };
    const rest = result.slice(maker + 1, at).filter((call) => !earlier.includes(call));
    result = [...result.slice(0, maker), ...earlier, both, ...rest, ...result.slice(at + 1)];
  }
  return result;
}

/** Whether a matmul writes exactly the gradient that the update reads. */
function makes(call: TracedCall, update: TracedCall): boolean {
  if (call.name !== "gemm" || argument(call, "batch") !== 1 || argument(call, "accumulate") !== 0)
    return false;
  const [product, gradient] = [placeOf(call, "c"), placeOf(update, "g")];
  const whole = (argument(call, "m") as number) * (argument(call, "n") as number) === argument(update, "n");
  return whole && product.array === gradient.array && product.offset === gradient.offset;
}

/**
 * The arguments of the fused kernel: those of the matmul, and those of the update that the matmul does not
 * have.
 */
function together(name: KernelName, product: TracedCall, update: TracedCall): unknown[] {
  return rowOf(name).parameters.flatMap((parameter) => {
    const from = parameter.name in rowOf(product.name).at ? product : update;
    const at = rowOf(from.name).at[parameter.name];
    return from.args.slice(at, at + parameter.width);
  });
}

/**
 * The calls between a matmul and an update that must run before the update, in order: those that it depends
 * on, directly or indirectly. Null if one of them depends on the matmul, or if the update depends on more of
 * the matmul than its gradient.
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
  const [gemm, update] = [regionsOf(calls[maker]), regionsOf(calls[at])];
  const gradient = placeOf<Data>(calls[at], "g").array;
  const others = update.filter(({ array }) => array !== gradient);
  if (clash(gemm, others, trace)) return null;
  const earlier = moved.slice(0, -1);
  return earlier.some((call) => clash(gemm, regionsOf(call), trace)) ? null : earlier;
}

/** The memory of the gradients that calls consume without storing them. */
export function* usedUpGradients<A>(calls: Iterable<KernelCall>): Generator<{ array: A; offset: number }> {
  for (const call of calls)
    for (const { name, access } of rowOf(call.name).operands)
      if (access === "scratch") yield placeOf<A>(call, name);
}

const conflict = (a: TracedCall, b: TracedCall, trace: Trace) => clash(regionsOf(a), regionsOf(b), trace);

/** Whether one of them writes memory that the other accesses. */
function clash(a: readonly Touched[], b: readonly Touched[], trace: Trace): boolean {
  return a.some((x) => b.some((y) => (x.access === "write" || y.access === "write") && meet(x, y, trace)));
}
