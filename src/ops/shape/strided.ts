/** Views of the memory of a tensor by sizes and strides, as PyTorch's `as_strided` describes them. */
import { checkTensors } from "../../arguments.js";
import { differentiableView } from "../../autograd/graph.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkShape, numel, type Shape, type Strides } from "../../shape.js";
import { roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { ones, tensor } from "../create/create.js";
import { div } from "../elementwise/elementwise.js";
import { indexAdd, indexSelect } from "../index/indexing.js";
import { overwritten } from "./overwrite.js";
import { reshape } from "./views.js";

/** @internal The positions in memory of the elements of a view, in row-major order. */
export function positions(shape: Shape, strides: Strides, start: number): Tensor {
  const places = roomFor("asStrided", "int32", numel(shape)).fill(start);
  let step = places.length;
  for (const [d, size] of shape.entries()) {
    step /= size;
    for (let i = 0; i < places.length; i++) places[i] += (Math.floor(i / step) % size) * strides[d];
  }
  return tensor(places);
}

const overlap = (shape: Shape, strides: Strides) => shape.some((size, d) => size > 1 && strides[d] === 0);

/** The view that begins `start` elements after the first element of `x`; `start` may be negative. */
function windowOf(op: string, x: Tensor, shape: Shape, strides: Strides, start: number): Tensor {
  const { storage } = x;
  const first = x.offset + start;
  const last = shape.reduce((at, size, d) => at + (size - 1) * strides[d], first);
  const empty = shape.includes(0);
  if (!empty && (first < storage.offset || last >= storage.offset + storage.length))
    throw new ShapeError(
      `${op}: outside the memory of ${storage.length} elements: shape ${formatShape(shape)}, strides ${formatShape(strides)} from ${first - storage.offset}`,
      "INDEX_OUT_OF_RANGE",
    );
  const from = { shape: x.shape, strides: x.strides, begin: x.offset - storage.offset };
  const reach = storage.length;
  return differentiableView(op, x, x.viewOf(empty ? x.offset : first, shape, strides), (g) => {
    const places = positions(shape, strides, from.begin + start);
    const memory = indexAdd(reshape(g, [numel(shape)]), [reach], 0, places);
    const own = positions(from.shape, from.strides, from.begin);
    const found = reshape(indexSelect(memory, 0, own), from.shape);
    if (!overlap(from.shape, from.strides)) return found;
    // Elements that share memory also share its gradient.
    const shares = indexAdd(ones([own.numel], { dtype: g.dtype }), [reach], 0, own);
    return div(found, reshape(indexSelect(shares, 0, own), from.shape));
  });
}

function startOf(op: string, x: Tensor, shape: Shape, strides: Strides, storageOffset?: number): number {
  checkShape(op, shape);
  if (
    !Array.isArray(strides) ||
    strides.length !== shape.length ||
    strides.some((stride) => !Number.isInteger(stride) || stride < 0)
  )
    throw new ShapeError(
      `${op}: a stride >= 0 for each of the sizes ${formatShape(shape)}: ${String(strides)}`,
    );
  const own = x.offset - x.storage.offset;
  const offset = storageOffset ?? own;
  if (!Number.isInteger(offset) || offset < 0)
    throw new ShapeError(`${op}: the storage offset is an integer >= 0: ${String(offset)}`);
  return offset - own;
}

/**
 * A view of the memory of `x` with these sizes, these strides (in elements) and this offset (default: that of
 * `x`). Elements may be in it several times. The shape is `size`. PyTorch: `torch.as_strided`.
 * @example asStrided(tensor([1, 2, 3, 4]), [2], [2]) // [1, 3]
 * @throws ShapeError `INDEX_OUT_OF_RANGE` for a window that is larger than the memory.
 * @forms asStrided(), x.asStrided()
 */
export function asStrided(x: Tensor, size: Shape, stride: Strides, storageOffset?: number): Tensor {
  checkTensors("asStrided", x);
  return windowOf("asStrided", x, size, stride, startOf("asStrided", x, size, stride, storageOffset));
}

/**
 * A copy of `x` with `src` written to what `asStrided` shows. Elements of the window that are not in `x` are
 * lost. Shape of `x`. The storage offset is by default that of `x`. PyTorch: `torch.as_strided_scatter`.
 * @example asStridedScatter(zeros([4]), tensor([5, 6]), [2], [2]) // [5, 0, 6, 0]
 * @throws SimdgradError `SHARED_ELEMENTS` for elements that are in the window twice; ShapeError unless `src`
 * has the shape of the window, `INDEX_OUT_OF_RANGE` for a window that is larger than the memory.
 * @forms asStridedScatter(), x.asStridedScatter()
 */
export function asStridedScatter(
  x: Tensor,
  src: Tensor,
  size: Shape,
  stride: Strides,
  storageOffset?: number,
): Tensor {
  checkTensors("asStridedScatter", x, src);
  const op = "asStridedScatter";
  const start = startOf(op, x, size, stride, storageOffset);
  if (overlap(size, stride))
    throw new ShapeError(
      `${op}: elements of the window share memory, so they cannot be written: shape ${formatShape(size)}, strides ${formatShape(stride)}`,
      "SHARED_ELEMENTS",
    );
  const begin = x.offset - x.storage.offset;
  const memory = windowOf(op, x, [x.storage.length], [1], -begin);
  const written = overwritten(op, memory, src, (t) => windowOf(op, t, size, stride, begin + start));
  return windowOf(op, written, x.shape, x.strides, begin);
}
