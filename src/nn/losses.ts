import { type CrossEntropyOptions, crossEntropy, crossEntropyOptions } from "../ops/losses/cross-entropy.js";
import { type CTCLossOptions, ctcLoss, ctcLossOptions, type Lengths } from "../ops/losses/ctc-loss.js";
import * as ops from "../ops/losses/losses.js";
import * as margins from "../ops/losses/margin-losses.js";
import * as regression from "../ops/losses/regression-losses.js";
import * as triplets from "../ops/losses/triplet-losses.js";
import * as distances from "../ops/reduce/distances.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

type LossModule<Inputs extends unknown[], Options> = Module & {
  readonly options: Options;
  forward(...inputs: Inputs): Tensor;
};

/** The name of an option such as `posWeight` in state dicts. */
const snake = (option: string) => option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Makes a module from a function of tensors: `forward` calls it with the options given here. Options that are
 * tensors become buffers, as in PyTorch.
 */
function lossOf<Inputs extends unknown[], Options extends object>(
  className: string,
  known: readonly (keyof Options & string)[],
  compute: (...args: [...Inputs, options: Options]) => Tensor,
): new (
  options?: Options,
) => LossModule<Inputs, Options> {
  const layer = class extends Module {
    readonly #tensors: string[];
    constructor(readonly options: Options = {} as Options) {
      super();
      checkOptions(className, options, known);
      const given = Object.entries(options).filter(([, value]) => value instanceof Tensor);
      for (const [name, value] of given) this.registerBuffer(snake(name), value as Tensor);
      this.#tensors = given.map(([name]) => name);
    }
    forward(...inputs: Inputs): Tensor {
      if (this.#tensors.length === 0) return compute(...inputs, this.options);
      const fields = this as unknown as Record<string, Tensor>;
      const buffers = this.#tensors.map((name) => [name, fields[snake(name)]]);
      return compute(...inputs, { ...this.options, ...Object.fromEntries(buffers) });
    }
    override extraRepr(): string {
      return Object.entries(this.options)
        .filter(([, value]) => typeof value !== "object" && typeof value !== "function")
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

/** A loss of an input and a target. */
const loss = <Options extends object>(
  className: string,
  known: readonly (keyof Options & string)[],
  compute: (input: Tensor, target: Tensor, options?: Options) => Tensor,
) => lossOf<[input: Tensor, target: Tensor], Options>(className, known, compute);

/**
 * Mean squared error. Input and target have one shape; the result is a scalar, or of that shape with
 * `reduction: "none"`.
 * @example new nn.MSELoss().forward(tensor([1, 2]), tensor([1, 4])) // 2
 */
export const MSELoss = loss("MSELoss", ops.mseLossOptions, ops.mseLoss);
/**
 * Mean absolute error. Input and target have one shape; the result is a scalar, or of that shape with
 * `reduction: "none"`.
 * @example new nn.L1Loss().forward(tensor([1, 2]), tensor([1, 4])) // 1
 */
export const L1Loss = loss("L1Loss", ops.weightedLossOptions, ops.l1Loss);
/**
 * Binary cross-entropy of probabilities. Input and target have one shape; the result is a scalar, or of that
 * shape with `reduction: "none"`.
 * @example new nn.BCELoss().forward(tensor([0.5, 0.5]), tensor([1, 0])) // 0.6931
 */
export const BCELoss = loss<ops.WeightedLossOptions>(
  "BCELoss",
  ops.weightedLossOptions,
  ops.binaryCrossEntropy,
);
/**
 * Binary cross-entropy of logits: sigmoid and loss in one, accurate for any logit. Input and target have one
 * shape; the result is a scalar, or of that shape with `reduction: "none"`.
 * @example new nn.BCEWithLogitsLoss().forward(tensor([0, 2]), tensor([1, 1])) // 0.41
 */
export const BCEWithLogitsLoss = loss<ops.LogitsLossOptions>(
  "BCEWithLogitsLoss",
  ops.logitsLossOptions,
  ops.binaryCrossEntropyWithLogits,
);
/**
 * Cross-entropy of logits against class indices or probabilities: log-softmax and loss in one.
 * Shapes: logits [C], [B, C] or [B, C, d1, …], class indices [], [B] or [B, d1, …].
 * @example new nn.CrossEntropyLoss().forward(tensor([[2, 0, 0]]), tensor([0], { dtype: "int32" })) // 0.2395
 */
export const CrossEntropyLoss = loss<CrossEntropyOptions>(
  "CrossEntropyLoss",
  crossEntropyOptions,
  crossEntropy,
);
/**
 * Connectionist temporal classification: the negative log-likelihood of label sequences whose alignment is
 * not known: `forward(logProbs, targets, inputLengths, targetLengths)`.
 * Shapes: logProbs [T, N, C] or [T, C], targets [N, S] or [S], lengths [N] or [].
 */
export const CTCLoss = lossOf<
  [logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths],
  CTCLossOptions
>("CTCLoss", ctcLossOptions, ctcLoss);
/**
 * Negative log-likelihood of log-probabilities.
 * Shapes: input [C], [B, C] or [B, C, d1, …], class indices [], [B] or [B, d1, …].
 * @example new nn.NLLLoss().forward(tensor([[-0.5, -1]]), tensor([0], { dtype: "int32" })) // 0.5
 */
export const NLLLoss = loss<ops.NLLLossOptions>("NLLLoss", ops.nllLossOptions, ops.nllLoss);
/**
 * Quadratic near 0, linear elsewhere. Input and target have one shape; the result is a scalar, or of that
 * shape with `reduction: "none"`.
 * @example new nn.SmoothL1Loss().forward(tensor([0.5, 3]), zeros([2])) // 1.313
 */
export const SmoothL1Loss = loss("SmoothL1Loss", regression.smoothL1LossOptions, regression.smoothL1Loss);
/**
 * Half the square near 0, linear with slope delta elsewhere. `delta` is 1 by default. Input and target have
 * one shape.
 * @example new nn.HuberLoss({ delta: 2 }).forward(tensor([1, 3]), zeros([2])) // 2.25
 */
export const HuberLoss = loss("HuberLoss", regression.huberLossOptions, regression.huberLoss);
/**
 * Kullback-Leibler divergence of log-probabilities from a target; `reduction: "batchmean"` gives its mean
 * over a batch. Shapes broadcast.
 * @example new nn.KLDivLoss({ reduction: "sum" }).forward(tensor([0.5, 0.5]).log(), tensor([0.25, 0.75]))
 *   // 0.1308
 */
export const KLDivLoss = loss("KLDivLoss", regression.klDivOptions, regression.klDiv);
/**
 * Negative log-likelihood of counts under a Poisson distribution. Shapes broadcast.
 * @example new nn.PoissonNLLLoss().forward(tensor([0, 1]), tensor([1, 2])) // 0.8591
 */
export const PoissonNLLLoss = loss(
  "PoissonNLLLoss",
  regression.poissonNllLossOptions,
  regression.poissonNllLoss,
);
/**
 * Negative log-likelihood of targets under normal distributions: `forward(input, target, variance)`. Input
 * and target have one shape; the variance has it too, or 1 in one dim, or is without the last.
 */
export const GaussianNLLLoss = lossOf<
  [input: Tensor, target: Tensor, variance: Tensor | number],
  regression.GaussianNLLLossOptions
>("GaussianNLLLoss", regression.gaussianNllLossOptions, regression.gaussianNllLoss);
/**
 * For distances of pairs: small if the target is 1, at least a margin if the target is -1. Shapes broadcast.
 * @example new nn.HingeEmbeddingLoss().forward(tensor([0.25, 0.5]), tensor([1, -1])) // 0.375
 */
export const HingeEmbeddingLoss = loss(
  "HingeEmbeddingLoss",
  margins.marginLossOptions,
  margins.hingeEmbeddingLoss,
);
/**
 * The hinge loss for several classes.
 * Shapes: input [N, C] and target [N], or [C] and [].
 * @example new nn.MultiMarginLoss().forward(tensor([[0.5, 1, 0]]), tensor([1], { dtype: "int32" }))
 *   // 0.1667
 */
export const MultiMarginLoss = loss(
  "MultiMarginLoss",
  margins.multiMarginLossOptions,
  margins.multiMarginLoss,
);
/**
 * The hinge loss for several classes, of which more than one may be correct.
 * Shapes: input and target [N, C] or [C].
 * @example new nn.MultiLabelMarginLoss().forward(tensor([[0.5, 1, 0]]), tensor([[1, -1, -1]], { dtype:
 *   "int32" })) // 0.1667
 */
export const MultiLabelMarginLoss = loss(
  "MultiLabelMarginLoss",
  ops.lossOptions,
  margins.multilabelMarginLoss,
);
/**
 * Binary cross-entropy of logits, the mean over the classes.
 * Shapes: input and target [..., C].
 * @example new nn.MultiLabelSoftMarginLoss().forward(tensor([[0, 2]]), tensor([[1, 1]])) // 0.41
 */
export const MultiLabelSoftMarginLoss = loss<ops.WeightedLossOptions>(
  "MultiLabelSoftMarginLoss",
  ops.weightedLossOptions,
  margins.multilabelSoftMarginLoss,
);
/**
 * The logistic loss, for targets 1 and -1. Input and target have one shape.
 * @example new nn.SoftMarginLoss().forward(tensor([0, 2]), tensor([1, -1])) // 1.41
 */
export const SoftMarginLoss = loss("SoftMarginLoss", ops.lossOptions, margins.softMarginLoss);
/**
 * Target 1 requires two vectors of the same direction, target -1 different directions:
 * `forward(input1, input2, target)`.
 */
export const CosineEmbeddingLoss = lossOf<
  [input1: Tensor, input2: Tensor, target: Tensor],
  margins.MarginLossOptions
>("CosineEmbeddingLoss", margins.marginLossOptions, margins.cosineEmbeddingLoss);
/**
 * Target 1 requires that the first input is larger than the second, target -1 that it is smaller:
 * `forward(input1, input2, target)`. Shapes broadcast.
 */
export const MarginRankingLoss = lossOf<
  [input1: Tensor, input2: Tensor, target: Tensor],
  margins.MarginLossOptions
>("MarginRankingLoss", margins.marginLossOptions, margins.marginRankingLoss);
/**
 * Requires that the anchor is closer to the positive than to the negative:
 * `forward(anchor, positive, negative)`.
 * Shapes: [N, D] each, or [D].
 */
export const TripletMarginLoss = lossOf<
  [anchor: Tensor, positive: Tensor, negative: Tensor],
  triplets.TripletMarginLossOptions
>("TripletMarginLoss", triplets.tripletMarginLossOptions, triplets.tripletMarginLoss);
/**
 * The triplet margin loss with any distance: `{ distanceFunction: (a, b) => … }`.
 * Shapes: [N, D] each, or [D].
 */
export const TripletMarginWithDistanceLoss = lossOf<
  [anchor: Tensor, positive: Tensor, negative: Tensor],
  triplets.TripletMarginWithDistanceLossOptions
>(
  "TripletMarginWithDistanceLoss",
  triplets.tripletMarginWithDistanceLossOptions,
  triplets.tripletMarginWithDistanceLoss,
);
/** The p-norm of differences along the last dim: `forward(x1, x2)`. */
export const PairwiseDistance = lossOf<[x1: Tensor, x2: Tensor], distances.PairwiseDistanceOptions>(
  "PairwiseDistance",
  distances.pairwiseDistanceOptions,
  distances.pairwiseDistance,
);
/** The cosine of the angle between vectors along `dim`: `forward(x1, x2)`. */
export const CosineSimilarity = lossOf<[x1: Tensor, x2: Tensor], distances.CosineSimilarityOptions>(
  "CosineSimilarity",
  distances.cosineSimilarityOptions,
  distances.cosineSimilarity,
);
