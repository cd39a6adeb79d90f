import { differentiable, type GradTargets } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { bfloat16For } from "../../kernels/matmul-precision.js";
import { run } from "../../kernels/run.js";
import { quoted } from "../../quote.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { sum } from "../reduce/reduce.js";
import { dense, reshape } from "../shape/views.js";

/**
 * @internal Samples, groups, channels per group and outputs per group; then for each axis, h before w: sizes
 * of x, kernel and y; stride, padding, dilation.
 */
export type Geometry = readonly [
  ...[samples: number, groups: number, channels: number, outputs: number],
  ...[h: number, w: number, kh: number, kw: number, oh: number, ow: number],
  ...[sh: number, sw: number, ph: number, pw: number, dh: number, dw: number],
];

/** The destination of the gradient of a weight: new memory, or the memory of a leaf. */
type Destination = ReturnType<GradTargets["into"]>;

/*
 * Three functions, each linear in two tensors. The first maps x and weight to y. The gradients of each
 * function are the other two, so each can be differentiated any number of times.
 */

/** @internal y, computed from x and weight. */
export function convolve(geometry: Geometry, x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const [samples, groups, , outputs, , , , , oh, ow] = geometry;
  const [a, b, c] = [dense(x), dense(weight), bias === null ? null : dense(bias)];
  const out = empty([samples, groups * outputs, oh, ow], x.dtype);
  if (out.numel > 0) run.conv2d(...geometry, bfloat16For(x.dtype), a, b, c, out);
  return differentiable(
    "conv2d",
    bias === null ? [x, weight] : [x, weight, bias],
    out,
    (g, to) => [
      to.needs(0) ? spread(geometry, g, weight) : null,
      to.needs(1) ? correlate(geometry, x, g, to.into(1)) : null,
      bias !== null && to.needs(2) ? sum(g, [0, 2, 3]) : null,
    ],
    { saves: [x, weight] },
  );
}

/** @internal The gradient of x, computed from the gradient of y and the weight. */
export function spread(geometry: Geometry, y: Tensor, weight: Tensor): Tensor {
  const [samples, groups, channels, , h, w] = geometry;
  const [a, b] = [dense(y), dense(weight)];
  const out = empty([samples, groups * channels, h, w], y.dtype);
  if (out.numel > 0) run.conv2dGradInput(...geometry, bfloat16For(y.dtype), a, b, out);
  return differentiable(
    "conv2dGradInput",
    [y, weight],
    out,
    (g, to) => [
      to.needs(0) ? convolve(geometry, g, weight, null) : null,
      to.needs(1) ? correlate(geometry, g, y, to.into(1)) : null,
    ],
    { saves: [y, weight] },
  );
}

/** The gradient of the weight, computed from x and the gradient of y. */
function correlate(geometry: Geometry, x: Tensor, y: Tensor, into: Destination = null): Tensor {
  const [, groups, channels, outputs, , , kh, kw] = geometry;
  const [a, b] = [dense(x), dense(y)];
  const out = into?.out ?? empty([groups * outputs, channels, kh, kw], x.dtype);
  const accumulate = into?.accumulate ? 1 : 0;
  run.conv2dGradWeight(...geometry, bfloat16For(x.dtype), a, b, accumulate, out);
  if (into !== null) {
    out.storage.changed();
    return out;
  }
  return differentiable(
    "conv2dGradWeight",
    [x, y],
    out,
    (g, to) => [
      to.needs(0) ? spread(geometry, y, g) : null,
      to.needs(1) ? convolve(geometry, x, g, null) : null,
    ],
    { saves: [x, y] },
  );
}

/** @internal A weight for rows, reshaped to a weight for images. */
export const asWeight = (weight: Tensor) =>
  weight.ndim === 4 ? weight : reshape(weight, [weight.shape[0], weight.shape[1], 1, weight.shape[2]]);

/** @internal The operand checks of both kinds of convolution; `outputs`: the number of values in a bias. */
export function checkOperands(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  groups: number,
  outputs: number,
): void {
  if (!isFloating(x.dtype) || weight.dtype !== x.dtype || (bias !== null && bias.dtype !== x.dtype))
    throw new DTypeError(
      `${op}: x, weight and bias are floats of one dtype: ${[x, weight, ...(bias === null ? [] : [bias])].map((t) => t.dtype).join(", ")}`,
    );
  if (!Number.isInteger(groups) || groups < 1)
    throw new ValueError(`${op}: groups is an integer >= 1: ${quoted(groups)}`, "INVALID_SIZE");
  if (weight.ndim !== axes + 2)
    throw new ShapeError(
      `${op}: the weight has ${axes + 2} dims: ${formatShape(weight.shape)} for x ${formatShape(x.shape)}`,
    );
  if (weight.shape.slice(2).includes(0))
    throw new ShapeError(
      `${op}: the kernel has elements: weight ${formatShape(weight.shape)} for x ${formatShape(x.shape)}`,
    );
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== outputs))
    throw new ShapeError(
      `${op}: the bias has one value per output channel: ${formatShape(bias.shape)} for weight ${formatShape(weight.shape)}`,
    );
}
