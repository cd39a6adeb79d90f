/** Where the elements of a tensor are: from its first to its last one in memory. */
import { ValueError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";

/** Elements of memory from the first of `x` to its last; 0 when it has none. */
export function reach({ shape, strides, numel }: Tensor): number {
  return numel === 0 ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * strides[d], 1);
}

/**
 * A trace knows each input by itself: it cannot tell that what is written to one is read from another, as eager can, which copies
 * where it has to and finds saved tensors that were changed.
 * @throws ValueError `SHARED_MEMORY` when an input that is `written` shares elements with another one.
 */
export function checkApart(inputs: readonly Tensor[], written: readonly number[]): void {
  for (const i of written)
    for (const [j, other] of inputs.entries())
      if (i !== j && meet(inputs[i], other))
        throw new ValueError(
          `compile: a tensor that fn changes in place shares memory with another argument: tensors ${i} and ${j} of the arguments; pass a clone()`,
          "SHARED_MEMORY",
        );
}

function meet(x: Tensor, y: Tensor): boolean {
  if (x.storage.array.buffer !== y.storage.array.buffer) return false;
  const [begin, end] = bytes(x);
  const [otherBegin, otherEnd] = bytes(y);
  return begin < otherEnd && otherBegin < end;
}

function bytes(x: Tensor): [begin: number, end: number] {
  const { byteOffset, BYTES_PER_ELEMENT } = x.storage.array;
  const begin = byteOffset + x.offset * BYTES_PER_ELEMENT;
  return [begin, begin + reach(x) * BYTES_PER_ELEMENT];
}
