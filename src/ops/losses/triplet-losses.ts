/** Losses that pull an anchor closer to one example than to another. */
import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, binary, sub, unary } from "../elementwise/elementwise.js";
import { pairwiseDistance } from "../reduce/distances.js";
import { checkReduction } from "./cross-entropy.js";
import { reduced } from "./losses.js";
import { type MarginLossOptions, marginLossOptions } from "./margin-losses.js";

export interface TripletMarginLossOptions extends MarginLossOptions {
  /** Order of the p-norm. Default 2. */
  p?: number;
  /** See `pairwiseDistance`. Default 1e-6. */
  eps?: number;
  /**
   * Uses the distance between positive and negative if it is less than that between anchor and negative.
   * Default false.
   */
  swap?: boolean;
}

export const tripletMarginLossOptions = [
  ...marginLossOptions,
  ...(["p", "eps", "swap"] as const),
] as const satisfies readonly (keyof TripletMarginLossOptions)[];

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin), where d is `pairwiseDistance` and `margin`
 * defaults to 1. Shapes: [N, D] each, or [D]. Result: a scalar, or [N] for `none`. PyTorch:
 * `F.triplet_margin_loss`.
 * @throws ShapeError for different numbers of dims; ValueError for a margin of 0 or less.
 * @forms nn.functional.tripletMarginLoss()
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  checkTensors("tripletMarginLoss", anchor, positive, negative);
  checkOptions("tripletMarginLoss", options, tripletMarginLossOptions);
  const { p, eps, ...rest } = options;
  const distance: Distance = (a, b) => pairwiseDistance(a, b, { p, eps });
  return tripletLoss("tripletMarginLoss", distance, anchor, positive, negative, rest);
}

/** A distance between the examples of two batches. */
export type Distance = (a: Tensor, b: Tensor) => Tensor;

export interface TripletMarginWithDistanceLossOptions extends MarginLossOptions {
  /** Default: `pairwiseDistance`. */
  distanceFunction?: Distance;
  /** See `tripletMarginLoss`. */
  swap?: boolean;
}

export const tripletMarginWithDistanceLossOptions = [
  ...marginLossOptions,
  ...(["distanceFunction", "swap"] as const),
] as const satisfies readonly (keyof TripletMarginWithDistanceLossOptions)[];

/**
 * `tripletMarginLoss` with any function as the distance.
 * Shapes: [N, D] each, or [D]. PyTorch: `F.triplet_margin_with_distance_loss`.
 * @example nn.functional.tripletMarginWithDistanceLoss(tensor([[0]]), tensor([[1]]), tensor([[3]]), {
 *   distanceFunction: (a, b) => a.sub(b).abs().sum(1), margin: 3 }) // 1
 * @throws ShapeError for different numbers of dims; ValueError for a margin of 0 or less.
 * @forms nn.functional.tripletMarginWithDistanceLoss()
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginWithDistanceLossOptions = {},
): Tensor {
  checkTensors("tripletMarginWithDistanceLoss", anchor, positive, negative);
  checkOptions("tripletMarginWithDistanceLoss", options, tripletMarginWithDistanceLossOptions);
  const { distanceFunction = pairwiseDistance, ...rest } = options;
  const distance: Distance = (a, b) => distanceFunction(a, b);
  return tripletLoss("tripletMarginWithDistanceLoss", distance, anchor, positive, negative, rest);
}

function tripletLoss(
  op: string,
  distance: Distance,
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  {
    margin = 1,
    swap = false,
    reduction = "mean",
  }: Omit<TripletMarginWithDistanceLossOptions, "distanceFunction">,
): Tensor {
  checkReduction(op, reduction);
  if (!(margin > 0)) throw new ValueError(`${op}: margin is a number > 0: ${String(margin)}`);
  if (anchor.ndim !== positive.ndim || anchor.ndim !== negative.ndim)
    throw new ShapeError(
      `${op}: anchor, positive and negative have as many dims: ${[anchor, positive, negative].map(({ shape }) => formatShape(shape)).join(", ")}`,
    );
  const near = distance(anchor, positive);
  const far = distance(anchor, negative);
  const nearest = swap ? binary.minimum(far, distance(positive, negative)) : far;
  return reduced(unary.clamp(sub(add(near, margin), nearest), { min: 0 }), reduction);
}
