import { checkOptionalTensors, checkTensors } from "../../arguments.js";
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { differentiable, type GradTargets } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { bfloat16For } from "../../kernels/matmul-precision.js";
import { run, type Strided, strided } from "../../kernels/run.js";
import { broadcastShapes, broadcastStrides, numel, type Shape, type Strides } from "../../shape.js";
import { inside } from "../../tensor/reuse.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { exactly } from "../arguments/integers-as-float64.js";
import { mul } from "../elementwise/elementwise.js";
import { sum, sumTo } from "../reduce/reduce.js";
import { dense, expand, reshape, squeeze, to, transpose, unsqueeze } from "../shape/views.js";

/**
 * The destination of a product: new memory, or (for gradients) the memory of a leaf, overwritten or added to.
 */
export type Destination = ReturnType<GradTargets["into"]>;

/**
 * A batch of matrices that are `step` elements apart in memory: an operand of a product, with the axes batch,
 * row and column.
 */
const batchOf = (x: Tensor, step: number): Strided =>
  strided(x, [step, x.strides[x.ndim - 2], x.strides[x.ndim - 1]]);

/**
 * C = A·B for two matrices, any strides; `bias` is added to every row. Outside the graph.
 * Shapes: a [M, K], b [K, N], bias [N] → [M, N].
 * @internal
 */
export function gemm(a: Tensor, b: Tensor, bias: Tensor | null = null, into: Destination = null): Tensor {
  const m = a.shape[0];
  const kk = a.shape[1];
  const n = b.shape[1];
  const out = into?.out ?? empty([m, n], a.dtype);
  const accumulate = into?.accumulate ? 1 : 0;
  // Memory that was transferred away is refused even if the product has no elements.
  const x = batchOf(a, 0);
  const y = batchOf(b, 0);
  if (out.numel > 0) run.gemm(1, m, n, kk, x, y, bias, accumulate, bfloat16For(a.dtype), batchOf(out, 0));
  if (into !== null) out.storage.changed();
  return out;
}

/**
 * C[i] = A[i]·B[i] over broadcast batch dims. Shapes: [..., M, K], [..., K, N] → [..., M, N]. Outside the
 * graph.
 */
function batchedGemm(a: Tensor, b: Tensor, batchShape: Shape): Tensor {
  const [m, kk] = a.shape.slice(-2);
  const n = b.shape[b.ndim - 1];
  const out = empty([...batchShape, m, n], a.dtype);
  const batch = numel(batchShape);
  const [x, xBatch] = withOneBatchStride(a, batchShape);
  const [y, yBatch] = withOneBatchStride(b, batchShape);
  const [left, right] = [batchOf(x, xBatch), batchOf(y, yBatch)];
  if (out.numel > 0)
    run.gemm(batch, m, n, kk, left, right, null, 0, bfloat16For(a.dtype), batchOf(out, m * n));
  return out;
}

/**
 * The kernel uses one stride for the batch; if broadcast batch dims have several strides, a copy gives them
 * one.
 */
function withOneBatchStride(x: Tensor, batchShape: Shape): [Tensor, number] {
  const [rows, cols] = x.shape.slice(-2);
  const strides = broadcastStrides(x.shape.slice(0, -2), x.strides.slice(0, -2), batchShape);
  const stride = singleStride(batchShape, strides);
  if (stride !== null) return [x, stride];
  return [dense(expand(x.detach(), [...batchShape, rows, cols])), rows * cols];
}

/** The stride between consecutive batches if one stride fits all of them, otherwise null. */
function singleStride(shape: Shape, strides: Strides): number | null {
  let step: number | null = null;
  let span = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) continue;
    if (step === null) step = strides[d];
    else if (strides[d] !== step * span) return null;
    span *= shape[d];
  }
  return step ?? 0;
}

/** @internal The transpose of a matrix; it is outside the graph, so it costs nothing. */
export const transposed = ({ storage, offset, shape, strides, dtype }: Tensor): Tensor =>
  new Tensor(storage, offset, [shape[1], shape[0]], [strides[1], strides[0]], dtype);

function checkSameDType(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype)
    throw new DTypeError(`${op}: dtypes differ: ${a.dtype} and ${b.dtype}; use to("float32")`);
}

function checkFloats(op: string, a: Tensor, b: Tensor): void {
  checkSameDType(op, a, b);
  if (!isFloating(a.dtype)) throw new DTypeError(`${op}: float tensors are needed: ${a.dtype}`);
}

/**
 * The matrix product with NumPy's rules: the last two dims are matrices, and dims before them broadcast. A
 * 1-d operand is a row on the left or a column on the right, and its dim is dropped from the result. Integers
 * are multiplied and added up exactly. PyTorch: `torch.matmul`, `torch.linalg.matmul`.
 * @example matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [3, 7]
 * @throws ShapeError when inner dimensions differ or batch dims do not broadcast.
 * @throws ValueError `INTEGER_OVERFLOW` when a sum of integers does not fit the dtype.
 * @forms matmul(), x.matmul(), linalg.matmul()
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensors("matmul", a, b);
  checkSameDType("matmul", a, b);
  if (a.ndim === 0 || b.ndim === 0)
    throw new ShapeError(
      `matmul: operands have at least one dim: ${formatShape(a.shape)} x ${formatShape(b.shape)}`,
    );
  if (a.shape[a.ndim - 1] !== b.shape[Math.max(0, b.ndim - 2)])
    throw new ShapeError(
      `matmul: inner dimensions differ: ${formatShape(a.shape)} x ${formatShape(b.shape)}`,
    );
  if (a.ndim === 1) return squeeze(matmul(unsqueeze(a, 0), b), b.ndim === 1 ? 0 : -2);
  if (b.ndim === 1) return squeeze(matmul(a, unsqueeze(b, 1)), -1);
  if (a.dtype === "bool") return to(sum(mul(unsqueeze(a, -1), unsqueeze(b, -3)), -2), a.dtype);
  if (b.ndim === 2) return multiplyRows(a, b);
  return multiplyBatches(a, b);
}

/** [..., K] x [K, N]: the leading dims are the rows of a single product. */
function multiplyRows(a: Tensor, b: Tensor): Tensor {
  const rows =
    a.ndim === 2 ? a : inside(() => reshape(a, [numel(a.shape.slice(0, -1)), a.shape[a.ndim - 1]]));
  const out = differentiable(
    "matmul",
    [rows, b],
    gemm(rows, b),
    (g, inputs) => [
      inputs.needs(0) ? productGradient(g, transpose(b, 0, 1), inputs.into(0)) : null,
      inputs.needs(1) ? transposedProductGradient(rows, g, inputs.into(1)) : null,
    ],
    { saves: [rows, b] },
  );
  return a.ndim === 2 ? out : reshape(out, [...a.shape.slice(0, -1), b.shape[1]]);
}

/**
 * A product that is a gradient: written to the memory of the leaf if there is one; otherwise differentiable.
 */
function productGradient(a: Tensor, b: Tensor, into: Destination): Tensor {
  return into === null && isGradEnabled() ? multiplyRows(a, b) : gemm(a, b, null, into);
}

/** The same of Aᵀ·B. */
function transposedProductGradient(a: Tensor, b: Tensor, into: Destination): Tensor {
  return into === null ? multiplyRows(transpose(a, 0, 1), b) : gemm(transposed(a), b, null, into);
}

/** The sum over the rows of `g`: written to the memory of the leaf if that is to be overwritten. */
function biasGradient(g: Tensor, into: Destination): Tensor {
  if (into === null || into.accumulate) return sum(g, 0);
  const { out } = into;
  if (out.numel > 0) run.reduce("sum", 1, g.shape[0], out.numel, dense(g), out);
  out.storage.changed();
  return out;
}

function multiplyBatches(a: Tensor, b: Tensor): Tensor {
  const batchShape = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return differentiable(
    "matmul",
    [a, b],
    batchedGemm(a, b, batchShape),
    (g, inputs) => [
      inputs.needs(0) ? sumTo(multiplyBatches(g, transpose(b, -1, -2)), a.shape) : null,
      inputs.needs(1) ? sumTo(multiplyBatches(transpose(a, -1, -2), g), b.shape) : null,
    ],
    { saves: [a, b] },
  );
}

/**
 * x·Wᵀ + b, computed by one kernel forward and three backward.
 * Shapes: x [..., in], weight [out, in], bias [out] → [..., out]. By default `bias` is null, and none is
 * added. PyTorch: `F.linear`.
 * @forms nn.functional.linear()
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensors("linear", x, weight);
  checkOptionalTensors("linear", bias);
  return exactly([x, weight, bias], rowsTimesWeight);
}

function rowsTimesWeight(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  checkFloats("linear", x, weight);
  const [out, features] = weight.shape;
  if (weight.ndim !== 2 || x.ndim === 0 || x.shape[x.ndim - 1] !== features)
    throw new ShapeError(
      `linear: the last dim of x is the number of input features: ${formatShape(x.shape)} for weight ${formatShape(weight.shape)}`,
    );
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== out || bias.dtype !== x.dtype))
    throw new ShapeError(
      `linear: the bias has one value per output: ${formatShape(bias.shape)} for weight ${formatShape(weight.shape)}`,
    );
  if (x.ndim !== 2) {
    const rows = inside(() => reshape(x, [numel(x.shape.slice(0, -1)), features]));
    return reshape(rowsTimesWeight(rows, weight, bias), [...x.shape.slice(0, -1), out]);
  }
  const inputs = bias === null ? [x, weight] : [x, weight, bias];
  return differentiable(
    "linear",
    inputs,
    gemm(x, transposed(weight), bias === null ? null : dense(bias)),
    (g, targets) => [
      targets.needs(0) ? productGradient(g, weight, null) : null,
      targets.needs(1) ? transposedProductGradient(g, x, targets.into(1)) : null,
      bias !== null && targets.needs(2) ? biasGradient(g, targets.into(2)) : null,
    ],
    { saves: [x, weight] },
  );
}
