import { checkIntegerList, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { numel } from "../../shape.js";
import { checkHeap, checkRoom } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { add, compare, div, integer, mul, neg, sub, unary, where } from "../elementwise/elementwise.js";
import { gather } from "../index/indexing.js";
import { hardtanh } from "../layers/activations.js";
import { matmul } from "../linalg/matmul.js";
import { expand, reshape, select, to, transpose } from "../shape/views.js";

export interface GridSampleOptions {
  /** `bilinear` (default; trilinear for volumes), `nearest` or, for images, `bicubic`. */
  mode?: "bilinear" | "nearest" | "bicubic";
  /**
   * The values beyond the edge: `zeros` (default), the edge element (`border`), or the image mirrored at the
   * edge (`reflection`).
   */
  paddingMode?: "zeros" | "border" | "reflection";
  /**
   * Whether -1 and 1 are the centres of the outermost elements, instead of their outer edges. Default false.
   */
  alignCorners?: boolean | null;
}

interface Sampling {
  readonly paddingMode: "zeros" | "border" | "reflection";
  readonly alignCorners: boolean;
}

/**
 * The values of an image or a volume at the positions in a grid, which go from -1 to 1 along each axis, last
 * axis first.
 * Shapes: x [N, C, H, W] and grid [N, H', W', 2] → [N, C, H', W'], or [N, C, D, H, W] and [N, D', H', W', 3].
 * PyTorch: `F.grid_sample`.
 * @throws ShapeError for shapes that do not go together.
 * @throws DTypeError unless `x` and `grid` are floats of one dtype; ValueError for another `mode` or
 * `paddingMode`.
 * @forms nn.functional.gridSample()
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  checkTensors("gridSample", x, grid);
  checkOptions("gridSample", options, ["mode", "paddingMode", "alignCorners"]);
  const { mode = "bilinear", paddingMode = "zeros", alignCorners } = options;
  const axes = x.ndim - 2;
  if (!["bilinear", "nearest", "bicubic"].includes(mode))
    throw new ValueError(`gridSample: mode is bilinear, nearest or bicubic: ${String(mode)}`);
  if (!["zeros", "border", "reflection"].includes(paddingMode))
    throw new ValueError(`gridSample: paddingMode is zeros, border or reflection: ${String(paddingMode)}`);
  if (!isFloating(x.dtype) || grid.dtype !== x.dtype)
    throw new DTypeError(`gridSample: x and grid are floats of one dtype: ${x.dtype} and ${grid.dtype}`);
  if (
    (axes !== 2 && axes !== 3) ||
    grid.ndim !== x.ndim ||
    grid.shape[axes + 1] !== axes ||
    grid.shape[0] !== x.shape[0]
  )
    throw new ShapeError(
      `gridSample: x [N, C, H, W] and grid [N, H', W', 2], or one more axis: x ${formatShape(x.shape)}, grid ${formatShape(grid.shape)}`,
    );
  const sizes = x.shape.slice(2);
  if (sizes.includes(0))
    throw new ShapeError(`gridSample: x has elements along each axis: ${formatShape(x.shape)}`);
  if (mode === "bicubic" && axes === 3)
    throw new ShapeError(`gridSample: mode bicubic is for images: x ${formatShape(x.shape)}`);
  const how = { paddingMode, alignCorners: alignCorners ?? false };
  const [samples, channels] = x.shape;
  const places = grid.shape.slice(1, -1);
  const flat = reshape(x, [samples, channels, sizes.reduce((a, b) => a * b, 1)]);
  const count = places.reduce((a, b) => a * b, 1);
  const at = reshape(grid, [samples, count, axes]);
  const found = sizes.map((size, axis) =>
    unnormalized(select(at, 2, axes - 1 - axis), size, how.alignCorners),
  );
  const seen =
    mode === "bicubic"
      ? cubicTaps(found, sizes, how)
      : linearTaps(
          found.map((place, axis) => padded(place, sizes[axis], how)),
          mode === "nearest",
        );
  const parts = seen.map(({ index, weight }) => weighted(flat, index, sizes, weight!));
  return reshape(
    parts.reduce((a, b) => add(a, b)),
    [samples, channels, ...places],
  );
}

/** Maps -1 … 1 to 0 … size - 1. */
function unnormalized(place: Tensor, size: number, alignCorners: boolean): Tensor {
  const shifted = add(place, 1);
  return alignCorners ? mul(shifted, (size - 1) / 2) : div(sub(mul(shifted, size), 1), 2);
}

/**
 * Maps a position beyond the edge to the position in the image that is read. At the edge itself the gradient
 * is 0.
 */
function padded(place: Tensor, size: number, { paddingMode, alignCorners }: Sampling): Tensor {
  if (paddingMode === "zeros") return place;
  const inside = paddingMode === "border" ? place : mirrored(place, size, alignCorners);
  return hardtanh(inside, { minVal: 0, maxVal: size - 1 });
}

/** Mirrored, repeatedly if necessary, at the centres of the outermost elements or at their outer edges. */
function mirrored(place: Tensor, size: number, alignCorners: boolean): Tensor {
  const [low, span] = alignCorners ? [0, size - 1] : [-0.5, size];
  if (span === 0) return mul(place, 0);
  const beyond = sub(place, low);
  const distance = where(compare.lt(beyond, 0), neg(beyond), beyond);
  const turns = unary.floor(div(distance.detach(), span));
  const rest = sub(distance, mul(turns, span));
  const even = compare.eq(turns, mul(unary.floor(div(turns, 2)), 2));
  return add(where(even, rest, sub(span, rest)), low);
}

/** One element of x along each axis, which may lie outside the image, and its weight. */
interface GridTap {
  readonly index: readonly Tensor[];
  /** null before the first axis. */
  readonly weight: Tensor | null;
}

/** The nearest element, or the corners around each position. */
function linearTaps(places: readonly Tensor[], nearest: boolean): GridTap[] {
  if (nearest) {
    // The value is 1, with a gradient of 0 for the grid.
    const one = where(compare.lt(places[0], -Infinity), places[0], 1);
    return [{ index: places.map((place) => unary.round(place.detach())), weight: one }];
  }
  return places.reduce<GridTap[]>(
    (taps, place) => {
      const before = unary.floor(place.detach());
      const share = sub(place, before);
      return taps.flatMap(({ index, weight }) => [
        { index: [...index, before], weight: times(weight, sub(1, share)) },
        { index: [...index, add(before, 1)], weight: times(weight, share) },
      ]);
    },
    [{ index: [], weight: null }],
  );
}

const times = (a: Tensor | null, b: Tensor) => (a === null ? b : mul(a, b));

/** The four nearest elements along each axis; each element beyond the edge is handled separately. */
function cubicTaps(places: readonly Tensor[], sizes: readonly number[], how: Sampling): GridTap[] {
  return places.reduce<GridTap[]>(
    (taps, place, axis) => {
      const before = unary.floor(place.detach());
      const weights = cubicWeights(sub(place, before));
      const seen = weights.map((_, i) => unary.trunc(padded(add(before, i - 1), sizes[axis], how)));
      return taps.flatMap(({ index, weight }) =>
        weights.map((own, i) => ({ index: [...index, seen[i]], weight: times(weight, own) })),
      );
    },
    [{ index: [], weight: null }],
  );
}

/** Keys' cubic kernel (1981) with slope -3/4, at distances 1 + t, t, 1 - t and 2 - t. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (d: Tensor) => add(mul(mul(sub(mul(d, a + 2), a + 3), d), d), 1);
  const far = (d: Tensor) => sub(mul(add(mul(sub(mul(d, a), 5 * a), d), 8 * a), d), 4 * a);
  return [far(add(t, 1)), near(t), near(sub(1, t)), far(sub(2, t))];
}

/** weight · the elements of flat [N, C, S] at `index`, [N, P] along each axis; 0 outside. */
function weighted(flat: Tensor, index: readonly Tensor[], sizes: readonly number[], weight: Tensor): Tensor {
  const inside = index
    .map((place, axis) => integer.bitwiseAnd(compare.ge(place, 0), compare.le(place, sizes[axis] - 1)))
    .reduce((a, b) => integer.bitwiseAnd(a, b));
  const steps = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
  const linear = index
    .map((place, axis) => mul(to(where(inside, place, 0), "int32"), steps[axis]))
    .reduce((a, b) => add(a, b));
  const [samples, channels] = flat.shape;
  const count = linear.shape[1];
  const wide = (t: Tensor) => reshape(t, [samples, 1, count]);
  const values = gather(flat, 2, expand(wide(linear), [samples, channels, count]));
  return where(wide(inside), mul(values, wide(weight)), 0);
}

/**
 * The grid for `gridSample` that an affine map gives for the positions of the output.
 * Shapes: theta [N, 2, 3] and size [N, C, H, W] → [N, H, W, 2], or [N, 3, 4] and [N, C, D, H, W] → [N, D, H,
 * W, 3]. PyTorch: `F.affine_grid`.
 * @throws ShapeError for shapes that do not go together.
 * @throws DTypeError for integers; ValueError `INVALID_SIZE` for sizes below 1.
 * @forms nn.functional.affineGrid()
 */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  options: { alignCorners?: boolean | null } = {},
): Tensor {
  checkTensors("affineGrid", theta);
  checkIntegerList("affineGrid", "size", size);
  checkOptions("affineGrid", options, ["alignCorners"]);
  const axes = theta.ndim === 3 ? theta.shape[1] : 0;
  if (!isFloating(theta.dtype)) throw new DTypeError(`affineGrid: a float tensor is needed: ${theta.dtype}`);
  if (
    (axes !== 2 && axes !== 3) ||
    theta.shape[2] !== axes + 1 ||
    size.length !== axes + 2 ||
    size[0] !== theta.shape[0]
  )
    throw new ShapeError(
      `affineGrid: theta [N, 2, 3] and size [N, C, H, W], or one more axis: theta ${formatShape(theta.shape)}, size ${formatShape(size)}`,
    );
  if (!size.every((n) => Number.isInteger(n) && n > 0))
    throw new ValueError(`affineGrid: sizes are integers > 0: ${formatShape(size)}`, "INVALID_SIZE");
  const lengths = size.slice(2);
  const centre = (i: number, n: number) => {
    if (n === 1) return 0;
    const spread = (2 * i) / (n - 1) - 1;
    return options.alignCorners ? spread : (spread * (n - 1)) / n;
  };
  checkRoom("affineGrid", theta.dtype, numel(size));
  checkHeap("affineGrid", [numel(lengths), axes + 1]);
  let places: number[][] = [[]];
  for (const n of lengths)
    places = places.flatMap((place) => Array.from({ length: n }, (_, i) => [centre(i, n), ...place]));
  const base = tensor(
    places.flatMap((place) => [...place, 1]),
    { shape: [places.length, axes + 1], dtype: theta.dtype },
  );
  return reshape(matmul(base, transpose(theta, 1, 2)), [size[0], ...lengths, axes]);
}
