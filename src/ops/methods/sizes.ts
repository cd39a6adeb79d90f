import { checkNumbers, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkShape, broadcastShapes as commonShape, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { sum, sumTo } from "../reduce/reduce.js";
import { pad } from "../spatial/pad.js";

/** The shape to which all of these broadcast; a number is a shape of one dim. PyTorch: `torch.broadcast_shapes`. */
export function broadcastShapes(...shapes: (Shape | number)[]): number[] {
  const given = shapes.map((shape) => (typeof shape === "number" ? [shape] : shape));
  for (const shape of given) checkShape("broadcastShapes", shape);
  return given.reduce<number[]>((a, b) => commonShape("broadcastShapes", a, b), []);
}

/** `x` summed along the dims that `shape` has once, or not at all: the reverse of `expand`. PyTorch: `Tensor.sum_to_size`. */
export function sumToSize(x: Tensor, shape: Shape): Tensor {
  checkTensors("sumToSize", x);
  checkShape("sumToSize", shape);
  const lead = x.ndim - shape.length;
  if (lead < 0 || shape.some((size, d) => size !== 1 && size !== x.shape[lead + d]))
    throw new ShapeError(
      `sumToSize: the shape broadcasts to that of x: ${formatShape(shape)} for ${formatShape(x.shape)}`,
    );
  return shape.length === 0 ? sum(x) : sumTo(x, shape);
}

/** `pad` with a constant: [before, after] of the last dim, then of the one before it, and so on. PyTorch: `torch.constant_pad_nd`. */
export function constantPadNd(x: Tensor, padding: readonly number[], value = 0): Tensor {
  checkTensors("constantPadNd", x);
  checkNumbers("constantPadNd", { value });
  return pad(x, padding, "constant", value);
}
