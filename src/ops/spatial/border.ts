import { formatShape, ShapeError } from "../../errors.js";
import { roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { indexSelect } from "../index/indexing.js";

/** The values beyond the edge of an image. */
export type BorderMode = "reflect" | "replicate" | "circular";

/** Maps `place`, which may lie outside an axis of `size`, to the index of the element that is read there. */
const places: Record<BorderMode, (place: number, size: number) => number> = {
  reflect: (place, size) => (place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place),
  replicate: (place, size) => Math.min(Math.max(place, 0), size - 1),
  circular: (place, size) => (place + size) % size,
};

/**
 * @internal The last dims of x with a border before and after each, made of elements of x (PyTorch's `F.pad`
 * in these modes).
 * @throws ShapeError when x has too few elements for the border.
 */
export function withBorder(
  op: string,
  x: Tensor,
  borders: readonly (readonly [before: number, after: number])[],
  mode: BorderMode,
): Tensor {
  return borders.reduce((padded, [before, after], axis) => {
    const dim = x.ndim - borders.length + axis;
    const size = x.shape[dim];
    const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : size === 0 ? 0 : Infinity;
    if (Math.max(before, after) > most)
      throw new ShapeError(
        `${op}: ${mode} padding is at most ${most} in dim ${dim}: ${formatShape([before, after])} for x ${formatShape(x.shape)}`,
      );
    if (before + after === 0) return padded;
    const index = roomFor(op, "int32", before + size + after).map((_, i) => places[mode](i - before, size));
    return indexSelect(padded, dim, tensor(index));
  }, x);
}
