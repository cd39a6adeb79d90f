/** Checks that recurrent layers and cells share. */
import { isFloating } from "../dtype.js";
import { DTypeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";

export function checkNonlinearity(name: string, given: "tanh" | "relu" = "tanh"): "tanh" | "relu" {
  if (given !== "tanh" && given !== "relu")
    throw new ValueError(`${name}: nonlinearity is "tanh" or "relu": ${String(given)}`);
  return given;
}

/** Checks the state of an LSTM: both tensors, or null. */
export function pairOf(
  name: string,
  state: readonly [h: Tensor, c: Tensor] | null,
): [h: Tensor, c: Tensor] | null {
  if (state === null) return null;
  if (!Array.isArray(state) || state.length !== 2)
    throw new DTypeError(`${name}: the state is two tensors, [h, c]: ${quoted(state)}`, "NOT_A_TENSOR");
  return [state[0], state[1]];
}

/** Checks that the input and the states have the floating-point dtype of the weights. */
export function checkDTypes(name: string, weight: Tensor, x: Tensor, state: readonly Tensor[]): void {
  const { dtype } = weight;
  if (!isFloating(dtype)) throw new DTypeError(`${name}: weights are floating-point numbers: ${dtype}`);
  for (const given of [x, ...state])
    if (given.dtype !== dtype)
      throw new DTypeError(`${name}: dtypes differ: ${given.dtype} and weights ${dtype}; use to("${dtype}")`);
}
