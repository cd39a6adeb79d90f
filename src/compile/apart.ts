import { ValueError } from "../errors.js";
import { overlap } from "../region.js";
import { regionOf } from "../tensor/region.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Checks that no two inputs share memory if one is written. A trace treats each input as separate memory, so
 * it does not see that a write to one input changes another. Eager mode does: it copies where it must and
 * detects saved tensors that were changed.
 * @throws ValueError `SHARED_MEMORY` if a `written` input shares elements with another input.
 */
export function checkApart(inputs: readonly Tensor[], written: readonly number[]): void {
  for (const i of written)
    for (const [j, other] of inputs.entries())
      if (i !== j && overlap(regionOf(inputs[i]), regionOf(other)))
        throw new ValueError(
          `compile: a tensor that fn changes in place shares memory with another argument: tensors ${i} and ${j} of the arguments; pass a clone()`,
          "SHARED_MEMORY",
        );
}
