import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { numel, type Shape } from "../../shape.js";
import { roomFor } from "../../tensor/room.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { full, tensor } from "../create/create.js";
import { dense, reshape } from "../shape/views.js";
import { asImages } from "./spatial.js";
import { type Axis, oneByOne, oneWindow, type Window, windowTensor } from "./windows.js";

/** @internal Sums over windows; `divisor` returns the divisor for a window, which is given by its axes. */
export function averages(
  op: string,
  x: Tensor,
  axes: number,
  windows: readonly Axis[],
  divisor: (window: readonly Window[]) => number,
): Tensor {
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  const { images, back } = asImages(op, x, axes);
  const all = axes === 1 ? [oneWindow, ...windows] : windows;
  const counts = all.map((axis) => axis.length);
  const each = divisorsOf(op, windows, divisor);
  const divisors = (shape: Shape) => tensor(each, { shape, dtype: x.dtype });
  const [rows, columns] = all.slice(-2);
  const inSlices = windowTensor(rows, columns);
  if (axes < 3) return back(averaged(images, inSlices, divisors(counts)));
  const [samples, channels, depth, h, w] = images.shape;
  const places = rows.length * columns.length;
  const ones = full([rows.length, columns.length], 1, { dtype: x.dtype });
  const slices = averaged(reshape(images, [samples, channels * depth, h, w]), inSlices, ones);
  const lines = reshape(slices, [samples, channels, depth, places]);
  const alongDepth = windowTensor(windows[0], oneByOne(places));
  const sums = averaged(lines, alongDepth, divisors([windows[0].length, places]));
  return back(reshape(sums, [samples, channels, ...counts]));
}

/** The divisors of all windows; the last axis changes fastest. */
function divisorsOf(
  op: string,
  axes: readonly Axis[],
  divisor: (window: readonly Window[]) => number,
): Float64Array {
  const found = roomFor(op, "float64", numel(axes.map((axis) => axis.length)));
  let at = 0;
  const window: Window[] = [];
  const along = (axis: number): void => {
    // The sum of an empty window is 0, with any divisor.
    if (axis === axes.length) found[at++] = divisor(window) || 1;
    else
      for (const next of axes[axis]) {
        window[axis] = next;
        along(axis + 1);
      }
  };
  along(0);
  return found;
}

/** Sums over windows of x [N, C, H, W], divided by the divisors. */
function averaged(x: Tensor, windows: Tensor, divisors: Tensor): Tensor {
  const out = empty([...x.shape.slice(0, 2), ...divisors.shape], x.dtype);
  average("avgPool2d", x.shape, windows, divisors, x, out);
  return differentiable("avgPool", [x], out, (g) => [shared(g, windows, divisors, x.shape)]);
}

/** The adjoint of `averaged`. */
function shared(g: Tensor, windows: Tensor, divisors: Tensor, shape: Shape): Tensor {
  const out = empty(shape, g.dtype);
  average("avgPool2dGrad", shape, windows, divisors, g, out);
  return differentiable("avgPoolGrad", [g], out, (gg) => [averaged(gg, windows, divisors)]);
}

function average(
  kernel: "avgPool2d" | "avgPool2dGrad",
  [samples, channels, h, w]: Shape,
  windows: Tensor,
  divisors: Tensor,
  x: Tensor,
  out: Tensor,
): void {
  const from = dense(x);
  run[kernel](samples * channels, h, w, divisors.shape[0], divisors.shape[1], windows, divisors, from, out);
}
