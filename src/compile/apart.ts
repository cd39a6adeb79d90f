import { ValueError } from "../errors.js";
import { overlap } from "../region.js";
import { regionOf } from "../tensor/region.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A trace knows each input by itself: it cannot tell that what is written to one is read from another, as eager can, which copies
 * where it has to and finds saved tensors that were changed.
 * @throws ValueError `SHARED_MEMORY` when an input that is `written` shares elements with another one.
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
