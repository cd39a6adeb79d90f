import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { cat } from "../shape/join.js";
import { narrow, reshape, to } from "../shape/views.js";
import { add, div, mul, neg, sub } from "./elementwise.js";

/** Options of `gradient`. */
export interface GradientOptions {
  /**
   * The distance between neighbours: one number for all dims or one per dim, or a vector of coordinates per
   * dim. Default 1.
   */
  spacing?: number | readonly (number | Tensor)[];
  /** The dims along which to differentiate. Default: all. */
  dim?: number | readonly number[];
  /**
   * Order at both ends: 1 for the difference of two elements, 2 for the parabola through three. Default 1.
   */
  edgeOrder?: 1 | 2;
}

/**
 * The derivatives of sampled values along each of the dims, one tensor of the shape of `x` per dim, by
 * central differences. Second order also where coordinates are unevenly spaced. Integers give float32.
 * PyTorch: `torch.gradient`.
 * @example gradient(tensor([1, 4, 9])) // [[3, 4, 5]]
 * @throws ShapeError for a dim that is listed twice, for dims that are too short, and for another number of
 * spacings than dims; ValueError for a spacing that is neither a number nor an array.
 * @forms gradient()
 */
export function gradient(x: Tensor, options?: GradientOptions): Tensor[] {
  checkTensors("gradient", x);
  checkOptions("gradient", options, ["spacing", "dim", "edgeOrder"]);
  const { spacing = 1, dim, edgeOrder = 1 } = options ?? {};
  if (edgeOrder !== 1 && edgeOrder !== 2)
    throw new ValueError(`gradient: edgeOrder is 1 or 2: ${String(edgeOrder)}`, "INVALID_OPTION");
  if (dim !== undefined && typeof dim !== "number" && !Array.isArray(dim))
    throw new ShapeError(`gradient: dim is a number or an array of numbers: ${quoted(dim)}`, "INVALID_DIM");
  if (typeof spacing !== "number" && !Array.isArray(spacing))
    throw new ValueError(`gradient: spacing is a number or an array, one for each dim: ${quoted(spacing)}`);
  const given = dim === undefined ? x.shape.map((_, d) => d) : typeof dim === "number" ? [dim] : dim;
  const dims = given.map((d) => resolveDim("gradient", d, x.ndim));
  if (new Set(dims).size < dims.length)
    throw new ShapeError(`gradient: a dim appears twice: ${formatShape(dims)}`);
  const spacings = typeof spacing === "number" ? dims.map(() => spacing) : spacing;
  if (spacings.length !== dims.length)
    throw new ShapeError(`gradient: a spacing for each of ${dims.length} dims is needed: ${spacings.length}`);
  for (const given of spacings) if (typeof given !== "number") checkTensors("gradient", given);
  const from = isFloating(x.dtype) ? x : to(x, "float32");
  return dims.map((d, i) => {
    const n = x.shape[d];
    if (n < edgeOrder + 1)
      throw new ShapeError(
        `gradient: a dim has ${edgeOrder + 1} elements or more: ${formatShape(x.shape)}, dim ${d}`,
      );
    return along(from, d, distances(spacings[i], n, d, from), edgeOrder);
  });
}

/**
 * Distances between neighbours: a number, or a tensor with one element per pair, in a shape that broadcasts
 * along the dim.
 */
function distances(spacing: number | Tensor, n: number, d: number, x: Tensor): number | Tensor {
  if (typeof spacing === "number") return spacing;
  if (spacing.ndim !== 1 || spacing.numel !== n)
    throw new ShapeError(
      `gradient: coordinates are a vector, one for each of ${quoted(n)} elements: ${formatShape(spacing.shape)}`,
    );
  const points = to(spacing, x.dtype);
  const steps = sub(narrow(points, 0, 1, n - 1), narrow(points, 0, 0, n - 1));
  const shape = x.shape.map((_, i) => (i === d ? n - 1 : 1));
  return reshape(steps, shape);
}

function along(x: Tensor, d: number, h: number | Tensor, edgeOrder: 1 | 2): Tensor {
  const n = x.shape[d];
  const part = (from: number, length: number) => narrow(x, d, from, length);
  const step = (from: number, length: number) => (typeof h === "number" ? h : narrow(h, d, from, length));
  const edge = (pair: number) => div(sub(part(pair + 1, 1), part(pair, 1)), step(pair, 1));
  if (n === 2) return cat([edge(0), edge(0)], d);
  const three = (from: number, length: number, where: Place) => {
    const values = [part(from, length), part(from + 1, length), part(from + 2, length)] as const;
    return parabola(values, [step(from, length), step(from + 1, length)], where);
  };
  const ends = edgeOrder === 1 ? [edge(0), edge(n - 2)] : [three(0, 1, "first"), three(n - 3, 1, "last")];
  return cat([ends[0], three(0, n - 2, "middle"), ends[1]], d);
}

type Place = "first" | "middle" | "last";
type Step = number | Tensor;

/** The slope, at one of three neighbours with distances `p` and `q`, of the parabola through all three. */
function parabola(
  [a, b, c]: readonly [Tensor, Tensor, Tensor],
  [p, q]: readonly [Step, Step],
  place: Place,
): Tensor {
  if (typeof p === "number" && typeof q === "number") {
    if (place === "middle") return div(sub(c, a), 2 * p);
    const [near, far] = place === "first" ? [a, c] : [c, a];
    const slope = div(sub(add(mul(near, -1.5), mul(b, 2)), mul(far, 0.5)), p);
    return place === "first" ? slope : neg(slope);
  }
  const [first, second] = [div(sub(b, a), p), div(sub(c, b), q)];
  const bend = div(sub(second, first), add(p, q));
  if (place === "first") return sub(first, mul(bend, p));
  return place === "last" ? add(second, mul(bend, q)) : add(first, mul(bend, p));
}
