/**
 * Losses that require a margin, between classes or between pairs, and are 0 where the margin is kept. They
 * are composed of differentiable ops.
 */

import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { namedOptions, type Optional } from "../arguments/optional-tensors.js";
import { arange } from "../create/create.js";
import { add, compare, div, mul, neg, sqrt, sub, unary, where } from "../elementwise/elementwise.js";
import { gather, indexSelect } from "../index/indexing.js";
import { matmul } from "../linalg/matmul.js";
import { sum } from "../reduce/reduce.js";
import { reshape, to, unsqueeze } from "../shape/views.js";
import { checkReduction } from "./cross-entropy.js";
import {
  checkPair,
  type LossOptions,
  lossOptions,
  reduced,
  type WeightedLossOptions,
  weightedLossOptions,
} from "./losses.js";

export interface MarginLossOptions extends LossOptions {
  /** The required margin. */
  margin?: number;
}

export const marginLossOptions = [
  ...lossOptions,
  "margin",
] as const satisfies readonly (keyof MarginLossOptions)[];

/** max(x, 0) with derivative 1 at 0, as PyTorch's `clamp_min` has. */
const hinge = (x: Tensor) => unary.clamp(x, { min: 0 });

/**
 * `input` where the target is 1, and max(0, margin - input) where it is -1; `margin` defaults to 1. Shapes
 * broadcast. PyTorch: `F.hinge_embedding_loss`.
 * @throws ShapeError for shapes that do not broadcast; ValueError for another `reduction`.
 * @forms nn.functional.hingeEmbeddingLoss()
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options: MarginLossOptions = {}): Tensor {
  checkTensors("hingeEmbeddingLoss", input, target);
  checkOptions("hingeEmbeddingLoss", options, marginLossOptions);
  const { margin = 1, reduction = "mean" } = options;
  checkReduction("hingeEmbeddingLoss", reduction);
  broadcastShapes("hingeEmbeddingLoss", input.shape, target.shape);
  const apart = where(compare.ne(target, 1), hinge(sub(margin, input)), 0);
  const near = where(compare.ne(target, -1), input, 0);
  return reduced(add(apart, near), reduction);
}

/**
 * max(0, -target · (input1 - input2) + margin) for targets 1 or -1; `margin` defaults to 0. Shapes broadcast.
 * PyTorch: `F.margin_ranking_loss`.
 * @throws ShapeError for different numbers of dims, and for shapes that do not broadcast; ValueError for
 * another `reduction`.
 * @forms nn.functional.marginRankingLoss()
 */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginLossOptions = {},
): Tensor {
  checkTensors("marginRankingLoss", input1, input2, target);
  checkOptions("marginRankingLoss", options, marginLossOptions);
  const { margin = 0, reduction = "mean" } = options;
  checkReduction("marginRankingLoss", reduction);
  if (input1.ndim !== input2.ndim || input1.ndim !== target.ndim)
    throw new ShapeError(
      `marginRankingLoss: inputs and target have as many dims: ${[input1, input2, target].map(({ shape }) => formatShape(shape)).join(", ")}`,
    );
  broadcastShapes(
    "marginRankingLoss",
    broadcastShapes("marginRankingLoss", input1.shape, input2.shape),
    target.shape,
  );
  const missing = add(mul(neg(target), sub(input1, input2)), margin);
  // The margin is a float, so integers become floats.
  return reduced(hinge(isFloating(missing.dtype) ? missing : to(missing, "float32")), reduction);
}

/**
 * 1 - cos(input1, input2) where the target is 1, and max(0, cos - margin) where it is -1; `margin` defaults
 * to 0. Shapes: inputs [N, D] and target [N], or [D] and []. PyTorch: `F.cosine_embedding_loss`.
 * @throws ShapeError for other shapes; ValueError for another `reduction`.
 * @forms nn.functional.cosineEmbeddingLoss()
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginLossOptions = {},
): Tensor {
  checkTensors("cosineEmbeddingLoss", input1, input2, target);
  checkOptions("cosineEmbeddingLoss", options, marginLossOptions);
  const { margin = 0, reduction = "mean" } = options;
  checkReduction("cosineEmbeddingLoss", reduction);
  const dim = target.ndim;
  if (dim > 1 || input1.ndim !== dim + 1 || input2.ndim !== dim + 1)
    throw new ShapeError(
      `cosineEmbeddingLoss: inputs [N, D] and target [N], or [D] and []: ${[input1, input2, target].map(({ shape }) => formatShape(shape)).join(", ")}`,
    );
  broadcastShapes("cosineEmbeddingLoss", input1.shape, input2.shape);
  const squares = (x: Tensor) => add(sum(mul(x, x), dim), 1e-12);
  const cosine = div(sum(mul(input1, input2), dim), sqrt(mul(squares(input1), squares(input2))));
  const near = where(compare.eq(target, 1), sub(1, cosine), 0);
  const apart = where(compare.eq(target, -1), hinge(sub(cosine, margin)), 0);
  return reduced(add(near, apart), reduction);
}

/**
 * ln(1 + e^(-target · input)) for targets 1 or -1, without overflow. Input and target have one shape.
 * PyTorch: `F.soft_margin_loss`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype.
 * @forms nn.functional.softMarginLoss()
 */
export function softMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTensors("softMarginLoss", input, target);
  checkOptions("softMarginLoss", options, lossOptions);
  checkPair("softMarginLoss", input, target, options);
  return reduced(neg(unary.logSigmoid(mul(target, input))), options.reduction);
}

export interface MultiMarginLossOptions extends MarginLossOptions {
  /** Exponent of the violation of the margin: 1 (default) or 2. */
  p?: 1 | 2;
  /** One weight per class. Default: all 1. */
  weight?: Tensor | null;
}

export const multiMarginLossOptions = [
  ...marginLossOptions,
  "p",
  "weight",
] as const satisfies readonly (keyof MultiMarginLossOptions)[];

/**
 * Σ max(0, margin - input[target] + input[j])ᵖ / C over the classes j other than the target; `margin`
 * defaults to 1.
 * Shapes: input [N, C], target [N]; or [C], and [] or [1]. Result: a scalar, or like the target for `none`.
 * PyTorch: `F.multi_margin_loss`.
 * @throws ValueError `INDEX_OUT_OF_RANGE` for a target outside 0 … C-1.
 * @throws ShapeError for other shapes; DTypeError for targets that are not integers; ValueError for a `p`
 * other than 1 and 2.
 * @forms nn.functional.multiMarginLoss()
 */
export function multiMarginLoss(input: Tensor, target: Tensor, options: MultiMarginLossOptions = {}): Tensor {
  checkTensors("multiMarginLoss", input, target);
  checkOptions("multiMarginLoss", options, multiMarginLossOptions);
  const { p = 1, margin = 1, weight, reduction = "mean" } = options;
  checkReduction("multiMarginLoss", reduction);
  checkClasses("multiMarginLoss", input, target);
  if (p !== 1 && p !== 2) throw new ValueError(`multiMarginLoss: p is 1 or 2: ${quoted(p)}`);
  const classes = input.ndim === 0 ? 1 : input.shape[input.ndim - 1];
  const rows = input.ndim === 2 ? input.shape[0] : 1;
  if (target.numel !== rows || target.ndim > 1)
    throw new ShapeError(
      `multiMarginLoss: one target per row: input ${formatShape(input.shape)}, target ${formatShape(target.shape)}`,
    );
  if (weight && !sameShape(weight.shape, [classes]))
    throw new ShapeError(
      `multiMarginLoss: one weight per class: ${formatShape(weight.shape)} for ${quoted(classes)} classes`,
    );
  const x = reshape(input, [rows, classes]);
  const labels = to(reshape(target, [rows]), "int32");
  const column = unsqueeze(labels, 1);
  const missing = unary.relu(add(sub(margin, gather(x, 1, column)), x));
  const powers = p === 1 ? missing : unary.square(missing);
  const others = where(compare.ne(column, arange(classes, { dtype: "int32" })), powers, 0);
  const losses = div(sum(others, 1), classes);
  const weighted = weight ? mul(losses, indexSelect(weight, 0, labels)) : losses;
  return reduction === "none" ? reshape(weighted, target.shape) : reduced(weighted, reduction);
}

/**
 * Σ max(0, 1 - (input[i] - input[j])) / C over the classes i of the target and all other classes j. Target:
 * class indices of the shape of the input, [C] or [N, C], up to the first -1. PyTorch:
 * `F.multilabel_margin_loss`.
 * @throws ValueError `INDEX_OUT_OF_RANGE` for a class outside 0 … C-1.
 * @throws ShapeError for different shapes; DTypeError for targets that are not integers.
 * @forms nn.functional.multilabelMarginLoss()
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTensors("multilabelMarginLoss", input, target);
  checkOptions("multilabelMarginLoss", options, lossOptions);
  const { reduction = "mean" } = options;
  checkReduction("multilabelMarginLoss", reduction);
  checkClasses("multilabelMarginLoss", input, target);
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      `multilabelMarginLoss: input and target have the same shape: ${formatShape(input.shape)} and ${formatShape(target.shape)}`,
    );
  const classes = input.ndim === 0 ? 1 : input.shape[input.ndim - 1];
  const rows = input.ndim === 2 ? input.shape[0] : 1;
  const x = reshape(input, [rows, classes]);
  const labels = to(reshape(target, [rows, classes]), "int32");
  const index = arange(classes, { dtype: "int32" });
  // The number of end markers (-1) up to each position: a product with a triangle of ones.
  const upTo = to(compare.le(unsqueeze(index, 1), index), input.dtype);
  const given = compare.eq(matmul(to(compare.eq(labels, -1), input.dtype), upTo), 0);
  const own = where(given, labels, 0);
  const isOwn = compare.eq(unsqueeze(own, 2), index).mul(unsqueeze(given, 2)).any(1, { keepdim: true });
  const missing = unary.relu(add(sub(1, unsqueeze(gather(x, 1, own), 2)), unsqueeze(x, 1)));
  const counted = mul(where(unsqueeze(given, 2), missing, 0), where(isOwn, 0, 1));
  const losses = div(sum(counted, [1, 2]), classes);
  return reduction === "none" ? reshape(losses, input.shape.slice(0, -1)) : reduced(losses, reduction);
}

function checkClasses(op: string, input: Tensor, target: Tensor): void {
  if (isFloating(target.dtype)) throw new DTypeError(`${op}: targets are class indices: ${target.dtype}`);
  if (input.ndim > 2) throw new ShapeError(`${op}: the input is [N, C] or [C]: ${formatShape(input.shape)}`);
}

/**
 * The mean over the classes of the binary cross-entropy of each class; classes are the last dim, and targets
 * are 0 or 1. Result: a scalar, or one loss per row for `none`. `weight`: of the classes. PyTorch:
 * `F.multilabel_soft_margin_loss`.
 * @example nn.functional.multilabelSoftMarginLoss(tensor([[0, 2]]), tensor([[1, 1]])) // 0.41
 * @throws ShapeError for a scalar, and for different shapes; ValueError for another `reduction`.
 * @forms nn.functional.multilabelSoftMarginLoss()
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  classWeight: Optional<WeightedLossOptions> = null,
  named: WeightedLossOptions = {},
): Tensor {
  checkTensors("multilabelSoftMarginLoss", input, target);
  const op = "multilabelSoftMarginLoss";
  const options = namedOptions(op, { weight: classWeight }, named, weightedLossOptions);
  const { weight, reduction = "mean" } = options;
  checkReduction("multilabelSoftMarginLoss", reduction);
  if (input.ndim === 0) throw new ShapeError("multilabelSoftMarginLoss: the input has a dim of classes: []");
  const present = mul(target, unary.logSigmoid(input));
  const absent = mul(sub(1, target), unary.logSigmoid(neg(input)));
  const losses = neg(add(present, absent));
  const weighted = weight ? mul(losses, weight) : losses;
  return reduced(div(sum(weighted, -1), input.shape[input.ndim - 1]), reduction);
}
