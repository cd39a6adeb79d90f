import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { quoted } from "../../quote.js";
import { numel } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { namedOptions, type Optional } from "../arguments/optional-tensors.js";
import { add, compare, div, maskedFill, mul, neg, where } from "../elementwise/elementwise.js";
import { gather, indexSelect } from "../index/indexing.js";
import { logSoftmax } from "../layers/softmax.js";
import { mean, sum } from "../reduce/reduce.js";
import { dense, permute, reshape, squeeze, to, unsqueeze } from "../shape/views.js";

export type Reduction = "none" | "mean" | "sum";

export interface CrossEntropyOptions {
  /** `mean` (default; weighted by `weight`), `sum`, or `none` for one loss per target. */
  reduction?: Reduction;
  /** One weight per class. Default: all 1. */
  weight?: Tensor;
  /** Share of the target that is distributed evenly over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
  /** Targets of this class are ignored. Default -100. Class indices only. */
  ignoreIndex?: number;
}

export const crossEntropyOptions: readonly (keyof CrossEntropyOptions)[] = [
  ...(["reduction", "weight", "labelSmoothing", "ignoreIndex"] as const),
];

const reductions: readonly Reduction[] = ["none", "mean", "sum"];

/** @internal */
export function checkReduction(op: string, reduction: Reduction): void {
  if (!reductions.includes(reduction))
    throw new ValueError(`${op}: reduction is none, mean or sum: ${String(reduction)}`);
}

/**
 * -log softmax(logits) at the target, computed by one kernel forward and one backward.
 *
 * Shapes: logits [C], [B, C] or [B, C, d1, …]. Target: class indices (integers) of shape [], [B] or [B, d1,
 * …], or class probabilities (floats) of the shape of the logits. Result: a scalar, or the shape of the
 * indices for `none`. The weight may be given by position too. PyTorch: `F.cross_entropy`.
 * @example nn.functional.crossEntropy(tensor([[2, 0, 0]]), tensor([0], { dtype: "int32" })) // 0.2395
 * @throws ValueError `LABEL_OUT_OF_RANGE` for a target outside 0 … C-1 other than `ignoreIndex`.
 * @throws DTypeError for logits that are not floats; ShapeError for a target or weights that do not fit;
 * ValueError for a `labelSmoothing` that is not between 0 and 1, and for `ignoreIndex` with probabilities.
 * @forms nn.functional.crossEntropy()
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  classWeight: Optional<CrossEntropyOptions> = null,
  named: CrossEntropyOptions = {},
): Tensor {
  checkTensors("crossEntropy", logits, target);
  const options = namedOptions("crossEntropy", { weight: classWeight }, named, crossEntropyOptions);
  const { reduction = "mean", weight, labelSmoothing = 0 } = options;
  checkReduction("crossEntropy", reduction);
  if (!isFloating(logits.dtype)) throw new DTypeError(`crossEntropy: logits are floats: ${logits.dtype}`);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ValueError(`crossEntropy: labelSmoothing is between 0 and 1: ${quoted(labelSmoothing)}`);
  if (logits.ndim === 0) throw new ShapeError("crossEntropy: logits have a dim of classes: []");
  const classDim = logits.ndim === 1 ? 0 : 1;
  const classes = logits.shape[classDim];
  if (
    weight !== undefined &&
    (weight.ndim !== 1 || weight.shape[0] !== classes || weight.dtype !== logits.dtype)
  )
    throw new ShapeError(
      `crossEntropy: one weight per class, of the dtype of the logits: ${formatShape(weight.shape)} for ${quoted(classes)} classes`,
    );
  if (isFloating(target.dtype)) return withProbabilities(logits, target, classDim, options);
  const expected = logits.shape.filter((_, d) => d !== classDim);
  if (target.ndim !== expected.length || target.shape.some((size, d) => size !== expected[d]))
    throw new ShapeError(
      `crossEntropy: one target per row of logits: logits ${formatShape(logits.shape)}, target ${formatShape(target.shape)}`,
    );
  const rows = classesLast(logits, classDim);
  const labels = target.ndim === 1 ? target : reshape(target, [rows.shape[0]]);
  const loss = fusedCrossEntropy(rows, labels, options);
  return reduction === "none" ? reshape(loss, expected) : loss;
}

/** [B, C, d1, …] → [B·d1·…, C]. */
function classesLast(x: Tensor, classDim: number): Tensor {
  if (x.ndim === 2) return x;
  const order = [...x.shape.keys()].filter((d) => d !== classDim);
  const rows = numel(order.map((d) => x.shape[d]));
  return reshape(permute(x, [...order, classDim]), [rows, x.shape[classDim]]);
}

/** x [N, C], target [N] integers. */
function fusedCrossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { reduction = "mean", weight, labelSmoothing = 0, ignoreIndex = -100 } = options;
  const [n, classes] = logits.shape;
  const x = dense(logits);
  const labels = dense(target.dtype === "uint8" ? target : to(target, "int32"));
  const w = weight === undefined ? null : dense(weight);
  const loss = empty(reduction === "none" ? [n] : [], x.dtype);
  const stats = empty([n + 1], x.dtype);
  const code = reductions.indexOf(reduction);
  const checkLabels = (bad: number) => {
    if (bad >= 0)
      throw new ValueError(
        `crossEntropy: label outside 0 … ${classes - 1}: ${labels.array[labels.offset + bad]} at position ${bad}`,
        "LABEL_OUT_OF_RANGE",
      );
  };
  checkLabels(run.crossEntropy(code, n, classes, labelSmoothing, ignoreIndex, x, labels, w, loss, stats));
  const saves = w === null ? [x, labels, stats] : [x, labels, stats, w];
  return differentiable(
    "crossEntropy",
    [logits],
    loss,
    (given) => {
      const g = dense(given);
      const gx = empty(x.shape, x.dtype);
      checkLabels(
        run.crossEntropyGrad(code, n, classes, labelSmoothing, ignoreIndex, x, labels, w, stats, g, gx),
      );
      return [gx];
    },
    { saves, composed: () => composedCrossEntropy(logits, labels, options) },
  );
}

/** The same, composed of differentiable operations, for second derivatives. Labels are known to be valid. */
function composedCrossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions): Tensor {
  const { reduction = "mean", weight, labelSmoothing = 0, ignoreIndex = -100 } = options;
  const classes = logits.shape[1];
  const ints = to(labels, "int32");
  const ignored = compare.eq(ints, ignoreIndex);
  const safe = maskedFill(ints, ignored, 0);
  const logp = logSoftmax(logits, 1);
  const picked = squeeze(gather(logp, 1, unsqueeze(safe, 1)), 1);
  const mask = to(compare.ne(ints, ignoreIndex), logits.dtype);
  const weights = weight === undefined ? mask : mul(indexSelect(weight, 0, safe), mask);
  let losses = mul(mul(neg(picked), weights), 1 - labelSmoothing);
  if (labelSmoothing > 0) {
    const spread = sum(weight === undefined ? logp : mul(logp, weight), 1);
    losses = add(losses, mul(neg(spread), labelSmoothing / classes));
  }
  losses = where(ignored, 0, losses);
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : div(sum(losses), sum(weights));
}

/** Targets as distributions over the classes: -Σ target · log softmax. */
function withProbabilities(
  logits: Tensor,
  target: Tensor,
  classDim: number,
  options: CrossEntropyOptions,
): Tensor {
  const { reduction = "mean", weight, labelSmoothing = 0 } = options;
  if (options.ignoreIndex !== undefined)
    throw new ValueError("crossEntropy: ignoreIndex needs class indices as target: got probabilities");
  if (target.ndim !== logits.ndim || target.shape.some((size, d) => size !== logits.shape[d]))
    throw new ShapeError(
      `crossEntropy: probabilities have the shape of the logits: ${formatShape(target.shape)} for ${formatShape(logits.shape)}; class indices are integers: to("int32")`,
    );
  const classes = logits.shape[classDim];
  const smooth = labelSmoothing > 0 ? add(mul(target, 1 - labelSmoothing), labelSmoothing / classes) : target;
  const perClass = logits.shape.map((size, d) => (d === classDim ? size : 1));
  const logp = logSoftmax(logits, classDim);
  const weighted = weight === undefined ? logp : mul(logp, reshape(weight, perClass));
  const losses = neg(sum(mul(smooth, weighted), classDim));
  if (reduction === "none") return losses;
  // Here PyTorch divides by the number of targets, not by their weights.
  return reduction === "sum" ? sum(losses) : mean(losses);
}
