/**
 * Initialisers that give a tensor a structure: identities, orthogonal rows, zeros, bounds (PyTorch's
 * `torch.nn.init`).
 */

import { checkNumbers, checkTensors } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { erf, log } from "../elementary.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { byPositionOrName } from "../ops/arguments/arguments.js";
import { type GeneratorOptions, rand, randn, randperm, tensor } from "../ops/create/create.js";
import { matrix, orthogonalFactor, reflect, transposed } from "../ops/linalg/factorize.js";
import { copy_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";

/** Overwrites `x` with values in row-major order. */
function fillWith<T extends Tensor>(x: T, values: Float64Array): T {
  return noGrad(() => copy_(x, tensor(values, { shape: x.shape }))) as T;
}

/**
 * The identity matrix, cut to the shape: ones where row and column are equal. Shape: [n, m].
 * @example nn.init.eye_(empty([2, 3])) // [[1, 0, 0], [0, 1, 0]]
 * @throws ShapeError unless there are 2 dims.
 */
export function eye_<T extends Tensor>(x: T): T {
  checkTensors("eye_", x);
  if (x.ndim !== 2) throw new ShapeError(`eye_: a matrix is needed: ${formatShape(x.shape)}`);
  const [rows, cols] = x.shape;
  const values = new Float64Array(rows * cols);
  for (let i = 0; i < Math.min(rows, cols); i++) values[i * cols + i] = 1;
  return fillWith(x, values);
}

/**
 * The identity convolution: the centre of the kernel copies channel i to channel i. Shape: [out, in,
 * kernel…] with 1 to 3 kernel dims. `groups`: number of groups of outputs, each of which is an identity.
 * Default 1.
 * @example nn.init.dirac_(empty([1, 1, 3])) // [[[0, 1, 0]]]
 * @throws ShapeError unless there are 3 to 5 dims; ValueError for groups that do not divide the outputs.
 */
export function dirac_<T extends Tensor>(x: T, groups = 1): T {
  checkTensors("dirac_", x);
  if (x.ndim < 3 || x.ndim > 5)
    throw new ShapeError(`dirac_: 3 to 5 dims, [out, in, kernel…]: ${formatShape(x.shape)}`);
  const [out, inputs, ...kernel] = x.shape;
  if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0)
    throw new ValueError(`dirac_: groups divide the outputs: ${quoted(groups)} for ${out}`);
  const perGroup = out / groups;
  const size = kernel.reduce((n, k) => n * k, 1);
  const middle = kernel.reduce((at, k) => at * k + Math.floor(k / 2), 0);
  const values = new Float64Array(x.numel);
  for (let g = 0; g < groups; g++)
    for (let i = 0; i < Math.min(perGroup, inputs); i++)
      values[((g * perGroup + i) * inputs + i) * size + middle] = 1;
  return fillWith(x, values);
}

/** Options of `orthogonal_`. */
export interface OrthogonalOptions extends GeneratorOptions {
  /** Factor applied to all values. Default 1; see `calculateGain`. */
  gain?: number;
}

/**
 * Orthogonal rows (or columns, if there are fewer columns) of length gain, in random directions (Saxe et al.,
 * 2014). All dims after the first count as one dim.
 * @example nn.init.orthogonal_(empty([3, 5])).shape // [3, 5]
 * @throws ShapeError for less than 2 dims.
 */
export function orthogonal_<T extends Tensor>(x: T, options: OrthogonalOptions = {}): T {
  checkTensors("orthogonal_", x);
  checkOptions("orthogonal_", options, ["gain", "generator"]);
  if (x.ndim < 2) throw new ShapeError(`orthogonal_: at least 2 dims: ${formatShape(x.shape)}`);
  if (x.numel === 0) return x;
  const { gain = 1, generator } = options;
  const rows = x.shape[0];
  const cols = x.numel / rows;
  const [long, short] = [Math.max(rows, cols), Math.min(rows, cols)];
  const normal = randn([long, short], { dtype: "float64", generator }).data as Float64Array;
  const parts = reflect(matrix(long, short, normal));
  const q = orthogonalFactor(parts, short);
  // The diagonal of R must be positive: only then are all directions equally likely.
  const signs = Float64Array.from(
    { length: short },
    (_, i) => gain * Math.sign(parts.packed.data[i * short + i]),
  );
  for (let i = 0; i < q.data.length; i++) q.data[i] *= signs[i % short];
  return fillWith(x, rows < cols ? transposed(q).data : q.data);
}

/** Options of `sparse_`. */
export interface SparseOptions extends GeneratorOptions {
  /** Standard deviation of the values that are not 0. Default 0.01. */
  std?: number;
}

/**
 * Normal values, with a share `sparsity` of each column (rounded up) set to 0 at random positions (Martens,
 * 2010). Shape: [n, m].
 * @example nn.init.sparse_(empty([10, 2]), 0.3).eq(0).sum(0) // [3, 3]
 * @throws ShapeError unless there are 2 dims; ValueError for a sparsity outside [0, 1].
 */
export function sparse_<T extends Tensor>(x: T, sparsity: number, options: SparseOptions = {}): T {
  checkTensors("sparse_", x);
  checkOptions("sparse_", options, ["std", "generator"]);
  if (x.ndim !== 2) throw new ShapeError(`sparse_: a matrix is needed: ${formatShape(x.shape)}`);
  if (typeof sparsity !== "number" || !(sparsity >= 0 && sparsity <= 1))
    throw new ValueError(`sparse_: sparsity is in [0, 1]: ${quoted(sparsity)}`);
  const { std = 0.01, generator } = options;
  const [rows, cols] = x.shape;
  const values = randn([rows, cols], { dtype: "float64", generator }).data as Float64Array;
  for (let i = 0; i < values.length; i++) values[i] *= std;
  const count = Math.ceil(sparsity * rows);
  for (let j = 0; j < cols; j++)
    for (const i of randperm(rows, { generator }).data.subarray(0, count)) values[i * cols + j] = 0;
  return fillWith(x, values);
}

/** Options of `truncNormal_`. */
export interface TruncNormalOptions extends GeneratorOptions {
  /** Default 0. */
  mean?: number;
  /** Default 1. */
  std?: number;
  /** Bounds of the numbers. Default -2 and 2. */
  a?: number;
  /** The upper bound. Default 2. */
  b?: number;
}

/**
 * Normal numbers between `a` and `b`. Unlike clamped numbers they do not accumulate at the bounds. Arguments
 * by position or by name: `truncNormal_(x, 0, 0.02, -1, 1)`, `truncNormal_(x, { std: 0.02 })`. Defaults: mean
 * 0, std 1, a -2, b 2. Any shape.
 * @throws ValueError unless `std` > 0 and `a` < `b`.
 */
export function truncNormal_<T extends Tensor>(
  x: T,
  ...args:
    | [mean?: number, std?: number, a?: number, b?: number, options?: GeneratorOptions]
    | [options: TruncNormalOptions]
): T {
  checkTensors("truncNormal_", x);
  const given = byPositionOrName("truncNormal_", args, ["mean", "std", "a", "b"], ["generator"]);
  const { mean = 0, std = 1, a = -2, b = 2, generator } = given as TruncNormalOptions;
  checkNumbers("truncNormal_", { mean, std, a, b });
  if (!(std > 0) || !(a < b))
    throw new ValueError(`truncNormal_: std > 0 and a < b: std ${quoted(std)}, a ${a}, b ${b}`);
  const erfAt = (value: number) => erf((value - mean) / (std * Math.SQRT2));
  const [low, high] = [erfAt(a), erfAt(b)];
  const draws = rand(x.shape, { dtype: "float64", generator }).data as Float64Array;
  const normalAt = (u: number) => mean + std * Math.SQRT2 * inverseErf(low + u * (high - low));
  return fillWith(
    x,
    draws.map((u) => Math.min(Math.max(normalAt(u), a), b)),
  );
}

/** Winitzki's approximation (error 2e-3) as the initial value of Newton's method. */
function inverseErf(y: number): number {
  if (Math.abs(y) >= 1) return y * Infinity;
  const rest = log(1 - y * y);
  const t = 2 / (Math.PI * 0.147) + rest / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(t * t - rest / 0.147) - t);
  for (let i = 0; i < 3; i++) x -= ((erf(x) - y) * Math.sqrt(Math.PI)) / (2 * Math.exp(-x * x));
  return x;
}
