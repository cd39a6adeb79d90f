import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { namedOptions, type Optional } from "../arguments/optional-tensors.js";
import { add, compare, div, maskedFill, mul, neg, sub, unary, where } from "../elementwise/elementwise.js";
import { gather, indexSelect } from "../index/indexing.js";
import { mean, sum } from "../reduce/reduce.js";
import { permute, reshape, squeeze, to, unsqueeze } from "../shape/views.js";
import { type CrossEntropyOptions, checkReduction, type Reduction } from "./cross-entropy.js";

export interface LossOptions {
  /** `mean` over all elements (default), `sum`, or `none` for one loss per element. */
  reduction?: Reduction;
}

export interface WeightedLossOptions extends LossOptions {
  /**
   * Factor of each element's loss. It broadcasts, except for `mseLoss` and `l1Loss`, where it has the shape
   * of the input.
   */
  weight?: Tensor | null;
}

export const lossOptions = ["reduction"] as const satisfies readonly (keyof LossOptions)[];
export const weightedLossOptions = [
  ...lossOptions,
  "weight",
] as const satisfies readonly (keyof WeightedLossOptions)[];

/** @internal Applies a `reduction` to losses. */
export function reduced(losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/** The weighted mean: the weighted sum divided by the sum of the weights. */
function weightedMean(op: string, losses: Tensor, options: WeightedLossOptions): Tensor {
  const { weight, reduction = "mean" } = options;
  if (weight === undefined || weight === null) return reduced(losses, reduction);
  if (!sameShape(weight.shape, losses.shape))
    throw new ShapeError(
      `${op}: input and weight have the same shape: ${formatShape(losses.shape)} and ${formatShape(weight.shape)}`,
    );
  const weighted = mul(losses, weight);
  return reduction === "mean" ? div(sum(weighted), sum(weight)) : reduced(weighted, reduction);
}

/** @internal Checks input and target of a loss with one target per element. */
export function checkPair(op: string, input: Tensor, target: Tensor, options: LossOptions): void {
  checkReduction(op, options.reduction ?? "mean");
  if (!isFloating(input.dtype) || target.dtype !== input.dtype)
    throw new DTypeError(
      `${op}: input and target are floats of one dtype: ${input.dtype} and ${target.dtype}; use ${isFloating(input.dtype) ? `target.to("${input.dtype}")` : 'input.to("float32")'}`,
    );
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      `${op}: input and target have the same shape: ${formatShape(input.shape)} and ${formatShape(target.shape)}`,
    );
}

export interface MSELossOptions extends WeightedLossOptions {
  /**
   * Computes half of it, ½(input - target)², whose derivative is input - target. PyTorch does not have this
   * option; it is for teaching. Default false.
   */
  half?: boolean;
}

export const mseLossOptions = [
  ...weightedLossOptions,
  "half",
] as const satisfies readonly (keyof MSELossOptions)[];

/**
 * The squared error (input - target)², or half of it with `half: true`. A weighted mean is divided by the sum
 * of the weights. Input and target have one shape. PyTorch: `F.mse_loss`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype.
 * @forms nn.functional.mseLoss()
 */
export function mseLoss(input: Tensor, target: Tensor, options: MSELossOptions = {}): Tensor {
  checkTensors("mseLoss", input, target);
  checkOptions("mseLoss", options, mseLossOptions);
  checkPair("mseLoss", input, target, options);
  const squares = unary.square(sub(input, target));
  return weightedMean("mseLoss", options.half ? mul(squares, 0.5) : squares, options);
}

/**
 * The absolute error |input - target|. A weighted mean is divided by the sum of the weights. Input and target
 * have one shape. PyTorch: `F.l1_loss`.
 * @example nn.functional.l1Loss(tensor([1, 2]), tensor([1, 4])) // 1
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype.
 * @forms nn.functional.l1Loss()
 */
export function l1Loss(input: Tensor, target: Tensor, options: WeightedLossOptions = {}): Tensor {
  checkTensors("l1Loss", input, target);
  checkOptions("l1Loss", options, weightedLossOptions);
  checkPair("l1Loss", input, target, options);
  return weightedMean("l1Loss", unary.abs(sub(input, target)), options);
}

/**
 * -(t ln p + (1-t) ln(1-p)) for probabilities p, with logarithms of at least -100, so that the loss stays
 * finite at p = 0 and 1. Input and target have one shape. PyTorch: `F.binary_cross_entropy`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype;
 * ValueError for probabilities outside [0, 1].
 * @forms nn.functional.binaryCrossEntropy()
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Optional<WeightedLossOptions> = null,
  named: WeightedLossOptions = {},
): Tensor {
  checkTensors("binaryCrossEntropy", input, target);
  const options = namedOptions("binaryCrossEntropy", { weight }, named, weightedLossOptions);
  checkPair("binaryCrossEntropy", input, target, options);
  // In a trace there are no values to check.
  if (
    tracing === null &&
    compare
      .ne(unary.clamp(input, { min: 0, max: 1 }), input)
      .any()
      .item()
  )
    throw new ValueError(
      "binaryCrossEntropy: probabilities are between 0 and 1; for logits use binaryCrossEntropyWithLogits",
    );
  const losses = entropyOfProbabilities(input, target);
  return reduced(options.weight ? mul(losses, options.weight) : losses, options.reduction);
}

/**
 * A separate op, because its gradient stays finite at p = 0 and 1: (p - t) / max(p (1-p), 1e-12), as in
 * PyTorch.
 */
function entropyOfProbabilities(p: Tensor, t: Tensor): Tensor {
  const logOf = (x: Tensor) => unary.clamp(unary.log(x), { min: -100 });
  const [pd, td] = [p.detach(), t.detach()];
  const losses = neg(add(mul(td, logOf(pd)), mul(sub(1, td), logOf(sub(1, pd)))));
  return differentiable(
    "binaryCrossEntropy",
    [p, t],
    losses,
    (g, inputs) => [
      inputs.needs(0) ? mul(g, div(sub(p, t), unary.clamp(mul(p, sub(1, p)), { min: 1e-12 }))) : null,
      inputs.needs(1) ? mul(g, sub(logOf(sub(1, p)), logOf(p))) : null,
    ],
    { saves: [p, t] },
  );
}

export interface LogitsLossOptions extends WeightedLossOptions {
  /** Weight of the positive class; broadcasts. */
  posWeight?: Tensor;
}

export const logitsLossOptions = [
  ...weightedLossOptions,
  "posWeight",
] as const satisfies readonly (keyof LogitsLossOptions)[];

/**
 * `binaryCrossEntropy` of sigmoid(input), accurate for every logit. Input and target have one shape. PyTorch:
 * `F.binary_cross_entropy_with_logits`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype.
 * @forms nn.functional.binaryCrossEntropyWithLogits()
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight: Optional<LogitsLossOptions> = null,
  named: LogitsLossOptions = {},
): Tensor {
  checkTensors("binaryCrossEntropyWithLogits", input, target);
  const options = namedOptions("binaryCrossEntropyWithLogits", { weight }, named, logitsLossOptions);
  checkPair("binaryCrossEntropyWithLogits", input, target, options);
  // ln σ(x) and ln(1 - σ(x)) = ln σ(x) - x
  const logSigmoid = unary.logSigmoid(input);
  const positive = options.posWeight === undefined ? target : mul(target, options.posWeight);
  const losses = neg(add(mul(positive, logSigmoid), mul(sub(1, target), sub(logSigmoid, input))));
  return reduced(options.weight ? mul(losses, options.weight) : losses, options.reduction);
}

export type NLLLossOptions = Omit<CrossEntropyOptions, "labelSmoothing">;

export const nllLossOptions = [
  ...weightedLossOptions,
  "ignoreIndex",
] as const satisfies readonly (keyof CrossEntropyOptions)[];

/**
 * -input at the target, where `input` holds log-probabilities. Shapes: input [C], [B, C] or [B, C, d1, …],
 * target [], [B] or [B, d1, …] of class indices. PyTorch: `F.nll_loss`.
 * @example nn.functional.nllLoss(tensor([[-0.5, -1]]), tensor([0], { dtype: "int32" })) // 0.5
 * @throws ShapeError for a target that does not have one class per row; ValueError `LABEL_OUT_OF_RANGE` for a
 * class that there is not.
 * @forms nn.functional.nllLoss()
 */
export function nllLoss(
  input: Tensor,
  target: Tensor,
  classWeight: Optional<NLLLossOptions> = null,
  named: NLLLossOptions = {},
): Tensor {
  checkTensors("nllLoss", input, target);
  const options = namedOptions("nllLoss", { weight: classWeight }, named, nllLossOptions);
  const { reduction = "mean", weight, ignoreIndex = -100 } = options;
  checkReduction("nllLoss", reduction);
  if (input.ndim === 0 || isFloating(target.dtype))
    throw new ShapeError(
      `nllLoss: log-probabilities by class and class indices: ${formatShape(input.shape)}, ${target.dtype}`,
    );
  const classDim = input.ndim === 1 ? 0 : 1;
  const expected = input.shape.filter((_, d) => d !== classDim);
  if (!sameShape(target.shape, expected))
    throw new ShapeError(
      `nllLoss: one target per row: input ${formatShape(input.shape)}, target ${formatShape(target.shape)}`,
    );
  const order = [...input.shape.keys()].filter((d) => d !== classDim);
  const rows = reshape(permute(input, [...order, classDim]), [target.numel, input.shape[classDim]]);
  const labels = to(reshape(target, [target.numel]), "int32");
  const ignored = compare.eq(labels, ignoreIndex);
  const safe = maskedFill(labels, ignored, 0);
  const mask = to(compare.ne(labels, ignoreIndex), input.dtype);
  const picked = squeeze(pickLabels(rows, safe), 1);
  const weights = !weight ? mask : mul(indexSelect(weight, 0, safe), mask);
  // `where` instead of a product: the value of an ignored row, or its gradient (0 / 0 if all rows are
  // ignored), must have no effect.
  const losses = where(ignored, 0, mul(neg(picked), weights));
  if (reduction === "none") return reshape(losses, expected);
  return reduction === "sum" ? sum(losses) : div(sum(losses), sum(weights));
}

/** `gather` of one element per row; its errors about range speak of labels. */
function pickLabels(rows: Tensor, labels: Tensor): Tensor {
  try {
    return gather(rows, 1, unsqueeze(labels, 1));
  } catch (error) {
    if (!(error instanceof ValueError) || error.code !== "INDEX_OUT_OF_RANGE") throw error;
    const message = error.message.replace("gather: index out of range", "nllLoss: label out of range");
    throw new ValueError(message, "LABEL_OUT_OF_RANGE", { cause: error });
  }
}
