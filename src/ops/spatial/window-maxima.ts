import { differentiable } from "../../autograd/graph.js";
import { run } from "../../kernels/run.js";
import { numel, type Shape } from "../../shape.js";
import { inside } from "../../tensor/reuse.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { add } from "../elementwise/elementwise.js";
import { gather } from "../index/indexing.js";
import { dense, reshape } from "../shape/views.js";
import { asImages, twoAxes } from "./spatial.js";
import { type Axis, oneByOne, oneWindow, windowTensor } from "./windows.js";

/**
 * @internal The largest element of each window, and its position in its plane or volume (`int32`) if
 * `returnIndices`. Of equal elements it takes the first; NaN is the largest.
 * Shapes: x [N, C, …] or [C, …] with `axes` trailing dims; both results likewise.
 */
export function largestOf(
  op: string,
  x: Tensor,
  axes: number,
  windows: readonly Axis[],
  dilation: readonly number[],
  returnIndices: boolean,
): Tensor | [values: Tensor, indices: Tensor] {
  const { images, back } = asImages(op, x, axes);
  const [samples, channels, ...sizes] = images.shape;
  const planes = samples * channels;
  const counts = windows.map((axis) => axis.length);
  const shape = [samples, channels, ...(axes === 1 ? [1] : []), ...counts];
  const flat = reshape(images.detach(), [planes, ...sizes]);
  const [found, index] =
    axes === 3
      ? inVolumes(flat, windows, dilation)
      : inPlanes(flat, twoAxes(windows, oneWindow), twoAxes(dilation, 1), !returnIndices);
  const at = reshape(index, [planes, numel(shape.slice(2))]);
  const out = reshape(found, shape);
  const values = differentiable(op, [images], out, (g) => [scattered(g, at, images.shape)], { saves: [at] });
  return returnIndices ? [back(values), back(reshape(index, shape))] : back(values);
}

/**
 * x [planes, H, W] → values and positions in the plane, [planes, H', W']. Outside the graph. `indexInside`:
 * whether only the rule of the operation reads the positions.
 */
function inPlanes(
  x: Tensor,
  [rows, columns]: readonly [Axis, Axis],
  dilation: readonly [number, number],
  indexInside = false,
): [values: Tensor, index: Tensor] {
  const [planes, h, w] = x.shape;
  const [oh, ow] = [rows.length, columns.length];
  const from = dense(x);
  const out = empty([planes, oh, ow], x.dtype);
  const index = indexInside ? inside(() => empty(out.shape, "int32")) : empty(out.shape, "int32");
  const at = windowTensor(rows, columns);
  run.maxPool2d(planes, h, w, oh, ow, ...dilation, at, from, out, index);
  return [out, index];
}

/**
 * The same for x [volumes, D, H, W]: the largest element of each slice, and the largest of these along the
 * depth.
 */
function inVolumes(
  x: Tensor,
  [depths, rows, columns]: readonly Axis[],
  [deep, ...flat]: readonly number[],
): [values: Tensor, index: Tensor] {
  const [volumes, depth, h, w] = x.shape;
  const places = rows.length * columns.length;
  const slices = reshape(x, [volumes * depth, h, w]);
  const [best, inSlice] = inPlanes(slices, [rows, columns], flat as [number, number]);
  const [values, which] = inPlanes(
    reshape(best, [volumes, depth, places]),
    [depths, oneByOne(places)],
    [deep, 1],
  );
  const starts = tensor(
    Array.from({ length: depth }, (_, d) => d * h * w),
    { shape: [depth, 1], dtype: "int32" },
  );
  const inVolume = add(reshape(inSlice, [volumes, depth, places]), starts);
  const chosen = reshape(which, [volumes, depths.length * places]);
  return [values, gather(reshape(inVolume, [volumes, depth * places]), 1, chosen)];
}

/**
 * @internal The adjoint of taking the largest: `g` at the positions that were taken, and zeros elsewhere.
 * `index` [planes, positions].
 */
function scattered(g: Tensor, index: Tensor, shape: Shape): Tensor {
  const [planes, places] = index.shape;
  const size = numel(shape.slice(2));
  const from = dense(g);
  const out = empty(shape, g.dtype);
  run.maxPool2dGrad(planes, size, places, index, from, out);
  return differentiable("maxPoolGrad", [g], out, (gg) => [
    reshape(gather(reshape(gg, [planes, size]), 1, index), g.shape),
  ]);
}
