/** Joins tensors that are first extended to a number of dims. */
import { checkTensorList, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { roomFor } from "../../tensor/room.js";
import { Tensor } from "../../tensor/tensor.js";
import { tensor, zeros } from "../create/create.js";
import { indexSelect } from "../index/indexing.js";
import { joined, stack } from "./join.js";
import { meshgrid } from "./repeat.js";
import { reshape, unsqueeze } from "./views.js";

type Tensors = Tensor[] | [readonly Tensor[]];

/** Tensors given one by one, or as one array. */
const listed = (given: Tensors): readonly Tensor[] => given.flat() as Tensor[];

const upTo1 = (x: Tensor) => (x.ndim === 0 ? reshape(x, [1]) : x);
const upTo2 = (x: Tensor) => (x.ndim < 2 ? unsqueeze(upTo1(x), 0) : x);
const upTo3 = (x: Tensor) => (x.ndim < 3 ? unsqueeze(upTo2(x), -1) : x);

/** For one tensor, returns a tensor; for several tensors or an array, returns an array. */
function ofEach(op: string, given: Tensors, f: (x: Tensor) => Tensor): Tensor | Tensor[] {
  checkTensors(op, ...listed(given));
  return given.length === 1 && given[0] instanceof Tensor ? f(given[0]) : listed(given).map(f);
}

/**
 * `x` with at least one dim: a scalar becomes a vector; several tensors give an array. Views. PyTorch:
 * `torch.atleast_1d`.
 * @example atleast1d(tensor(3)) // [3]
 * @forms atleast1d()
 */
export function atleast1d(x: Tensor): Tensor;
export function atleast1d(...tensors: Tensors): Tensor[];
export function atleast1d(...tensors: Tensors): Tensor | Tensor[] {
  return ofEach("atleast1d", tensors, upTo1);
}

/**
 * `x` with at least two dims: a vector becomes a matrix of one row; several tensors give an array. Views.
 * PyTorch: `torch.atleast_2d`.
 * @example atleast2d(tensor([1, 2])) // [[1, 2]]
 * @forms atleast2d()
 */
export function atleast2d(x: Tensor): Tensor;
export function atleast2d(...tensors: Tensors): Tensor[];
export function atleast2d(...tensors: Tensors): Tensor | Tensor[] {
  return ofEach("atleast2d", tensors, upTo2);
}

/**
 * `x` with at least three dims: [] → [1, 1, 1], [n] → [1, n, 1], [m, n] → [m, n, 1]; several tensors give an
 * array. Views. PyTorch: `torch.atleast_3d`.
 * @forms atleast3d()
 */
export function atleast3d(x: Tensor): Tensor;
export function atleast3d(...tensors: Tensors): Tensor[];
export function atleast3d(...tensors: Tensors): Tensor | Tensor[] {
  return ofEach("atleast3d", tensors, upTo3);
}

/**
 * The tensors joined side by side: vectors (and scalars) along their only dim, others along dim 1. PyTorch:
 * `torch.hstack`.
 * @example hstack([tensor([1, 2]), tensor([3, 4])]) // [1, 2, 3, 4]
 * @throws ShapeError without a tensor, and for shapes that differ outside the dim.
 * @forms hstack()
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  checkTensorList("hstack", tensors);
  const parts = tensors.map(upTo1);
  return joined("hstack", parts, parts[0]?.ndim === 1 ? 0 : 1);
}

/**
 * The tensors joined one below the other, along dim 0; vectors are rows. PyTorch: `torch.vstack`,
 * `torch.row_stack`.
 * @example vstack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 * @throws ShapeError without a tensor, and for shapes that differ outside the dim.
 * @forms rowStack(), vstack()
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  checkTensorList("vstack", tensors);
  return joined("vstack", tensors.map(upTo2), 0);
}

/**
 * The tensors joined along dim 2, each as `atleast3d` returns it. PyTorch: `torch.dstack`.
 * @example dstack([tensor([1, 2]), tensor([3, 4])]).shape // [1, 2, 2]
 * @throws ShapeError without a tensor, and for shapes that differ outside the dim.
 * @forms dstack()
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  checkTensorList("dstack", tensors);
  return joined("dstack", tensors.map(upTo3), 2);
}

/**
 * The tensors joined side by side along dim 1; vectors (and scalars) are columns. PyTorch:
 * `torch.column_stack`.
 * @example columnStack([tensor([1, 2]), tensor([3, 4])]) // [[1, 3], [2, 4]]
 * @throws ShapeError without a tensor, and for shapes that differ outside the dim.
 * @forms columnStack()
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  checkTensorList("columnStack", tensors);
  const columns = tensors.map((x) => (x.ndim < 2 ? reshape(x, [x.numel, 1]) : x));
  return joined("columnStack", columns, 1);
}

/**
 * A matrix with the given matrices along its diagonal and zeros elsewhere; vectors are rows. PyTorch:
 * `torch.block_diag`.
 * @example blockDiag(tensor([[1]]), tensor([[2]])) // [[1, 0], [0, 2]]
 * @throws ShapeError for more than 2 dims.
 * @forms blockDiag()
 */
export function blockDiag(...tensors: Tensors): Tensor {
  checkTensors("blockDiag", ...listed(tensors));
  const blocks = listed(tensors).map(upTo2);
  for (const x of blocks)
    if (x.ndim > 2) throw new ShapeError(`blockDiag: at most 2 dims: ${formatShape(x.shape)}`);
  const width = blocks.reduce((n, x) => n + x.shape[1], 0);
  let before = 0;
  const rows = blocks.map((x) => {
    const [height, own] = x.shape;
    const none = (n: number) => zeros([height, n], { dtype: x.dtype });
    const row = joined("blockDiag", [none(before), x, none(width - before - own)], 1);
    before += own;
    return row;
  });
  return rows.length === 0 ? zeros([1, 0]) : joined("blockDiag", rows, 0);
}

function needsVector(op: string, x: Tensor): void {
  if (x.ndim !== 1) throw new ShapeError(`${op}: vectors are needed: ${formatShape(x.shape)}`);
}

/**
 * All combinations of one element of each vector, one combination per row; the last element changes first.
 * PyTorch: `torch.cartesian_prod`.
 * @example cartesianProd(tensor([1, 2]), tensor([3, 4])) // [[1, 3], [1, 4], [2, 3], [2, 4]]
 * @throws ShapeError without a tensor, and for tensors that are not vectors.
 * @forms cartesianProd()
 */
export function cartesianProd(...tensors: Tensors): Tensor {
  checkTensors("cartesianProd", ...listed(tensors));
  const given = listed(tensors);
  for (const x of given) needsVector("cartesianProd", x);
  if (given.length === 1) return given[0];
  return stack(
    meshgrid(given).map((x) => reshape(x, [x.numel])),
    1,
  );
}

/** Options of `combinations`. */
export interface CombinationsOptions {
  /** Whether an element may be chosen again. Default false. */
  withReplacement?: boolean;
}

/**
 * All combinations of `r` elements of a vector, in their order, one combination per row. `r` is 2 by default.
 * PyTorch: `torch.combinations`.
 * @example combinations(tensor([1, 2, 3])) // [[1, 2], [1, 3], [2, 3]]
 * @throws ValueError for a negative `r`; ShapeError unless `x` is a vector.
 * @forms combinations()
 */
export function combinations(x: Tensor, r = 2, options?: CombinationsOptions): Tensor {
  checkTensors("combinations", x);
  checkOptions("combinations", options, ["withReplacement"]);
  needsVector("combinations", x);
  if (!Number.isInteger(r) || r < 0) throw new ValueError(`combinations: r is an integer >= 0: ${String(r)}`);
  if (r === 0) return zeros([0], { dtype: x.dtype });
  const [n] = x.shape;
  const again = options?.withReplacement === true;
  const count = choices(again && n > 0 ? n + r - 1 : n, r);
  const places = roomFor("combinations", "int32", count * r);
  // The next combination advances the last position that can still advance, and resets the positions after
  // it.
  const chosen = Int32Array.from({ length: count === 0 ? 0 : r }, (_, i) => (again ? 0 : i));
  for (let row = 0; row < count; row++) {
    places.set(chosen, row * r);
    let at = r - 1;
    while (at >= 0 && chosen[at] === (again ? n - 1 : n - r + at)) at--;
    if (at < 0) break;
    const next = chosen[at] + 1;
    for (let i = at; i < r; i++) chosen[i] = again ? next : next + i - at;
  }
  return reshape(indexSelect(x, 0, tensor(places)), [count, r]);
}

/** The binomial coefficient; Infinity beyond 2^53, for which no memory would suffice. */
function choices(n: number, r: number): number {
  if (r > n) return 0;
  let count = 1;
  for (let i = 1; i <= Math.min(r, n - r) && Number.isSafeInteger(count); i++)
    count = (count * (n - i + 1)) / i;
  return Number.isSafeInteger(count) ? count : Number.POSITIVE_INFINITY;
}
