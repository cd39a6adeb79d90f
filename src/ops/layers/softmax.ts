import { checkTensors } from "../../arguments.js";
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { dimAndOptions, type WithDim } from "../../options.js";
import { numel, resolveDim } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { exp, mul, neg, sub } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { dense, reshape, to } from "../shape/views.js";

type SoftmaxOp = "softmax" | "logSoftmax";

/** Options of `softmax` and its relatives. */
export interface SoftmaxOptions {
  /** The dtype to which x is converted first. Default: its own dtype. */
  dtype?: DType;
}

type Along = number | WithDim<number, SoftmaxOptions>;

/**
 * exp(x) / Σ exp(x) along `dim`. Shape of `x`. PyTorch: `F.softmax`, `torch.softmax`,
 * `torch.special.softmax`.
 * @throws DTypeError for integers, unless `dtype` is a float.
 * @forms softmax(), x.softmax(), special.softmax(), nn.functional.softmax()
 */
export function softmax(x: Tensor, dim: Along, options?: SoftmaxOptions): Tensor {
  checkTensors("softmax", x);
  return normalize("softmax", ...lineOf("softmax", x, dim, options));
}

/**
 * x - log Σ exp(x) along `dim`: more accurate than the logarithm of `softmax`. Shape of `x`. PyTorch:
 * `F.log_softmax`, `torch.log_softmax`, `torch.special.log_softmax`.
 * @throws DTypeError for integers, unless `dtype` is a float.
 * @forms logSoftmax(), x.logSoftmax(), special.logSoftmax(), nn.functional.logSoftmax()
 */
export function logSoftmax(x: Tensor, dim: Along, options?: SoftmaxOptions): Tensor {
  checkTensors("logSoftmax", x);
  return normalize("logSoftmax", ...lineOf("logSoftmax", x, dim, options));
}

/**
 * softmax of -x along `dim`. Shape of `x`. PyTorch: `F.softmin`.
 * @example nn.functional.softmin(tensor([0, 0]), 0) // [0.5, 0.5]
 * @throws DTypeError for integers, unless `dtype` is a float.
 * @forms nn.functional.softmin()
 */
export function softmin(given: Tensor, dim: Along, options?: SoftmaxOptions): Tensor {
  checkTensors("softmin", given);
  const [x, along] = lineOf("softmin", given, dim, options);
  return softmax(neg(x), along);
}

/** x in the requested dtype, and the dim. */
function lineOf(op: string, x: Tensor, dim: Along, options?: SoftmaxOptions): [x: Tensor, dim: number] {
  const [along, { dtype }] = dimAndOptions<number, SoftmaxOptions>(op, ["dtype"], dim, options);
  resolveDim(op, along as number, Math.max(x.ndim, 1));
  return [dtype === undefined ? x : to(x, dtype), along as number];
}

function normalize(op: SoftmaxOp, x: Tensor, dim: number): Tensor {
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  if (x.ndim === 0) return reshape(normalize(op, reshape(x, [1]), dim), []);
  const d = resolveDim(op, dim, x.ndim);
  const sizes = [numel(x.shape.slice(0, d)), x.shape[d], numel(x.shape.slice(d + 1))] as const;
  const from = dense(x);
  const y = empty(x.shape, x.dtype);
  if (y.numel > 0) run.softmax(op, ...sizes, from, y);
  return differentiable(
    op,
    [x],
    y,
    (g) => {
      if (isGradEnabled()) return [composedGradient(op, y, g, d)];
      const gd = dense(g);
      const gx = empty(x.shape, x.dtype);
      if (y.numel > 0) run.softmaxGrad(op, ...sizes, y, gd, gx);
      return [gx];
    },
    { savesOutput: true },
  );
}

/** `softmaxGrad` in Tensor operations: y (g - Σ y g), and g - exp(y) Σ g for the logarithm. */
function composedGradient(op: SoftmaxOp, y: Tensor, g: Tensor, dim: number): Tensor {
  if (op === "softmax") return mul(y, sub(g, sum(mul(y, g), dim, { keepdim: true })));
  return sub(g, mul(exp(y), sum(g, dim, { keepdim: true })));
}
