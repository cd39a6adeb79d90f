/**
 * Fuses updates of parameters with the matmuls that compute their gradients, if no other call reads these
 * gradients. Each gradient is then used while it is in cache and is never stored. No value changes.
 */
import type { Data } from "../dtype.js";
import { argument, type KernelCall, placeOf } from "../kernels/calls.js";
import { type KernelName, rowOf } from "../kernels/schema.js";
import type { CallOrder } from "./call-order.js";
import { TracedCall } from "./trace.js";

/** For each update kernel, the name of the kernel that fuses it with a matmul. */
const fused: { readonly [Name in KernelName]?: KernelName } = {
  sgdStep: "gemmSgdStep",
  adamStep: "gemmAdamStep",
};

/** Minimum number of elements. Smaller gradients stay in cache anyway. */
const FEWEST = 16384;

/** `needed`: whether anything other than its update reads the gradient in this memory. */
export function fuseUpdates(order: CallOrder, needed: (gradient: Data, offset: number) => boolean): void {
  for (const at of order.inOrder()) {
    const update = at.call;
    const name = fused[update.name];
    const length = argument(update, "n") as number;
    if (name === undefined || length < FEWEST) continue;
    const { array, offset } = placeOf<Data>(update, "g");
    if (needed(array, offset)) continue;
    const users = order.users({ array, offset, length });
    const maker = users[0];
    if (users.length !== 2 || users[1] !== at || !makes(maker.call, update)) continue;
    const earlier = order.between(maker, at);
    // The update may depend on the gradient alone, and what runs before it on nothing of the matmul.
    const others = at.regions.filter((region) => region.array !== array);
    if (order.conflict(maker.regions, others)) continue;
    if (earlier.some(({ regions }) => order.conflict(maker.regions, regions))) continue;
    order.moveAndRemove(earlier, maker, at);
    const args = together(name, maker.call, update);
    order.replace(maker, new TracedCall(name, args, maker.call.place));
  }
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

/** The memory of the gradients that calls consume without storing them. */
export function usedUpGradients<A>(calls: readonly KernelCall[]): { array: A; offset: number }[] {
  const found: { array: A; offset: number }[] = [];
  for (let i = 0; i < calls.length; i++) {
    const { operands } = rowOf(calls[i].name);
    for (let j = 0; j < operands.length; j++)
      if (operands[j].access === "scratch") found.push(placeOf<A>(calls[i], operands[j].name));
  }
  return found;
}
