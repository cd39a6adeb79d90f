/** Collective operations on tensors: every rank calls them, in the same order. */
import { checkTensors } from "../arguments.js";
import { type DType, isFloating } from "../dtype.js";
import { DTypeError, formatShape, SimdgradError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import { ShardTree } from "./tree.js";
import { exchanged, gathered, init, rank, settled, worldSize } from "./world.js";

/** How `allReduce` joins values. */
export type Reduction = "sum" | "mean" | "max" | "min";

const reductions: readonly Reduction[] = ["sum", "mean", "max", "min"];
const rules: Readonly<Record<Reduction, number>> = { sum: 0, mean: 0, max: 1, min: 2 };
const dtypes: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];

/** A copy of the values, row-major. */
const valuesOf = (t: Tensor) => t.detach().contiguous().data.slice();

/** Checks that all ranks make the same call. @throws SimdgradError `RANKS_DIFFER`. */
async function checkSame(op: string, t: Tensor, detail: number): Promise<void> {
  const mine = [dtypes.indexOf(t.dtype), detail, op.length, t.ndim, ...t.shape.slice(0, 8)];
  const own = new Float64Array(12);
  own.set(mine);
  const all = await gathered(op, own);
  const other = all.findIndex((of) => of.some((value, i) => value !== own[i]));
  if (other < 0) return;
  const [dtype, , , ndim, ...shape] = all[other];
  throw new SimdgradError(
    "RANKS_DIFFER",
    `${op}: all ranks make the same call with tensors of one shape and dtype: rank ${rank} has ${formatShape(t.shape)} ${t.dtype}, rank ${other} ${formatShape(shape.slice(0, ndim))} ${dtypes[dtype]}, or another call`,
  );
}

/**
 * Waits until every rank has called it.
 * @example await distributed.barrier() // undefined
 */
export async function barrier(): Promise<void> {
  await init();
  await settled("distributed.barrier", (mpi) => mpi.run(null, 0, 0));
}

/**
 * The values of `t` on rank `root`, as a new tensor on every rank; `t` is unchanged. All ranks pass tensors
 * of one shape and dtype.
 * @example await distributed.broadcast(tensor([1, 2]), 0) // [1, 2]
 * @throws SimdgradError `RANKS_DIFFER`, `RANK_FAILED`, `COLLECTIVE_TIMEOUT`.
 * @throws ValueError for a root that is no rank.
 */
export async function broadcast(t: Tensor, root: number): Promise<Tensor> {
  checkTensors("distributed.broadcast", t);
  await init();
  if (!Number.isInteger(root) || root < 0 || root >= worldSize)
    throw new ValueError(`distributed.broadcast: root is a rank from 0 to ${worldSize - 1}: ${quoted(root)}`);
  await checkSame("distributed.broadcast", t, root);
  const values = valuesOf(t);
  if (values.length > 0) await settled("distributed.broadcast", (mpi) => mpi.run(values, 1, root));
  return fromData(values, t.shape, t.dtype);
}

/**
 * The sum, mean, maximum or minimum over the ranks, element by element, as a new tensor; `t` is unchanged.
 * The order of a sum is a binary tree over the ranks, so its bits do not depend on the MPI library. Integers
 * are summed in float64; their mean is an error. `reduction` is `"sum"` by default. Any shape.
 * @example await distributed.allReduce(tensor([1, 2]), "sum") // [1, 2]
 * @throws SimdgradError `RANKS_DIFFER`, `RANK_FAILED`, `COLLECTIVE_TIMEOUT`; DTypeError.
 * @throws ValueError for another reduction.
 */
export async function allReduce(t: Tensor, reduction: Reduction = "sum"): Promise<Tensor> {
  const op = "distributed.allReduce";
  checkTensors(op, t);
  if (!reductions.includes(reduction))
    throw new ValueError(`${op}: a reduction is ${reductions.join(", ")}: ${quoted(reduction)}`);
  if ((reduction === "mean" && !isFloating(t.dtype)) || t.dtype === "bool")
    throw new DTypeError(`${op}: ${reduction} of ${t.dtype}: convert it, t.to("float32")`);
  await init();
  await checkSame(op, t, reductions.indexOf(reduction));
  const values = valuesOf(t);
  const nodes = isFloating(t.dtype) ? (values as Float32Array | Float64Array) : Float64Array.from(values);
  const { schedule } = new ShardTree(worldSize, rank, worldSize);
  if (nodes.length > 0) await exchanged(op, nodes, 1, rules[reduction], schedule);
  if (reduction === "mean") for (let i = 0; i < nodes.length; i++) nodes[i] /= worldSize;
  if ((nodes as unknown) !== values) values.set(nodes);
  return fromData(values, t.shape, t.dtype);
}

/**
 * The tensors of all ranks, in order of ranks. All have one shape and dtype.
 * @example (await distributed.allGather(tensor([1]))).length // 1
 * @throws SimdgradError `RANKS_DIFFER`, `RANK_FAILED`, `COLLECTIVE_TIMEOUT`.
 */
export async function allGather(t: Tensor): Promise<Tensor[]> {
  checkTensors("distributed.allGather", t);
  await init();
  await checkSame("distributed.allGather", t, 0);
  const all = await gathered("distributed.allGather", valuesOf(t));
  return all.map((values) => fromData(values, t.shape, t.dtype));
}
