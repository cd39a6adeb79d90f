/** The saved state of one parameter, checked before any of it is loaded. */
import { formatShape } from "../errors.js";
import { dense } from "../ops/shape/views.js";
import { quoted } from "../quote.js";
import { count, mismatch, record } from "../saved-state.js";
import { numel, sameShape } from "../shape.js";
import { isDetached } from "../tensor/detached.js";
import { Tensor } from "../tensor/tensor.js";
import type { Slot } from "./runs.js";

export interface SavedEntry {
  readonly step: number;
  /** Null if there are none: the state is then zero. */
  readonly buffers: readonly Tensor[] | null;
  /** Loads the state of an `update` written in Tensor operations. */
  readonly own: (() => void) | undefined;
}

/**
 * Checks the saved state of parameter `i`; its tensors may be copied at any time.
 * @param name The name of the optimizer.
 * @param stateNames The names of the buffers that it needs.
 */
export function savedEntry(
  name: string,
  saved: unknown,
  { param, own }: Slot,
  i: number,
  stateNames: readonly string[],
): SavedEntry {
  if (!record.holds(saved)) throw mismatch(name, `state ${i} is ${record.words}: ${quoted(saved)}`);
  const tensorOf = (key: string, shape?: readonly number[]) => {
    const x = saved[key];
    if (!(x instanceof Tensor)) throw mismatch(name, `state ${i} has no ${key}`);
    if (shape !== undefined && !sameShape(x.shape, shape))
      throw mismatch(
        name,
        x.numel === numel(shape)
          ? `${key} of state ${i} is ${formatShape(x.shape)} for ${formatShape(shape)}`
          : `${key} of state ${i} has ${x.numel} elements for ${numel(shape)}`,
      );
    if (isDetached(x)) throw mismatch(name, `the memory of ${key} of state ${i} was transferred`);
    return x;
  };
  const step = tensorOf("step", []).item();
  if (!count.holds(step)) throw mismatch(name, `step of state ${i} is ${count.words}: ${quoted(step)}`);
  const rest = () => Object.keys(saved).filter((key) => key !== "step");
  return {
    step,
    buffers: stateNames.map((key) => dense(tensorOf(key, param.shape))),
    own: own?.prepareLoad(Object.fromEntries(rest().map((key) => [key, tensorOf(key)]))),
  };
}
