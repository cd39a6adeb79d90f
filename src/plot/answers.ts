import { noGrad } from "../autograd/grad-mode.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { tensor } from "../ops/create/create.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import type { Point } from "./contour.js";

/** A function of points of the plane, [N, 2], or a module that computes one. */
export type PlaneFunction = Module | ((points: Tensor) => Tensor);

/**
 * The values of `f` at points of the plane: [N] or [N, C]. A module computes them in evaluation mode, without
 * gradients, and keeps its mode.
 * @throws ShapeError for other shapes; `what` names the function. ValueError for what is no function.
 */
export function answers(op: string, what: string, f: PlaneFunction, points: readonly Point[]): Tensor {
  if (!(f instanceof Module) && typeof f !== "function")
    throw new ValueError(`${op}: a module or a function of points is needed: ${quoted(f)}`);
  const modules = f instanceof Module ? f.modules() : [];
  const modes = modules.map((module) => module.training);
  try {
    if (f instanceof Module) f.eval();
    const x = tensor(points as Point[]);
    const out: unknown = noGrad(() => (f instanceof Module ? f.forward(x) : f(x)));
    if (!(out instanceof Tensor) || out.ndim > 2 || out.ndim < 1 || out.shape[0] !== points.length)
      throw new ShapeError(
        `${op}: ${what} of points [N, 2]: ${out instanceof Tensor ? formatShape(out.shape) : typeof out}`,
      );
    return out;
  } finally {
    modules.forEach((module, i) => {
      module.training = modes[i];
    });
  }
}
