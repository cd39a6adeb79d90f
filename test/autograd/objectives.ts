/** Cases of losses beyond the first ones, and of distances. */
import { nn, tensor } from "../../src/index.js";
import type { Case } from "./cases.js";

const F = nn.functional;
const int = (values: number[], shape: number[]) => tensor(values, { dtype: "int32", shape });
const signs = tensor(new Float64Array([1, -1, -1]));
const pair = (shape = [3, 2]) => [shape, shape];
const triple = () => [
  [3, 2],
  [3, 2],
  [3, 2],
];

export const objectiveCases: Record<string, Case[]> = {
  smoothL1Loss: [{ fn: (x, t) => F.smoothL1Loss(x, t, { beta: 0.75 }), shapes: pair() }],
  huberLoss: [{ fn: (x, t) => F.huberLoss(x, t, { delta: 0.75, reduction: "sum" }), shapes: pair() }],
  klDiv: [
    { fn: (x, t) => F.klDiv(x, t, { reduction: "batchmean" }), shapes: pair(), values: [0.1, 2] },
    { fn: (x, t) => F.klDiv(x, t, { logTarget: true, reduction: "none" }), shapes: pair() },
  ],
  poissonNllLoss: [
    { fn: (x, t) => F.poissonNllLoss(x, t), shapes: pair() },
    {
      fn: (x, t) => F.poissonNllLoss(x, t, { logInput: false, full: true }),
      shapes: pair(),
      values: [1.1, 3],
    },
  ],
  gaussianNllLoss: [
    { fn: (x, t, v) => F.gaussianNllLoss(x, t, v, { full: true }), shapes: triple(), values: [0.2, 2] },
    { fn: (x, t, v) => F.gaussianNllLoss(x, t, v), shapes: [...pair(), [3]], values: [0.2, 2] },
  ],
  hingeEmbeddingLoss: [{ fn: (x) => F.hingeEmbeddingLoss(x, signs), shapes: [[2, 3]] }],
  marginRankingLoss: [
    { fn: (a, b) => F.marginRankingLoss(a, b, signs, { margin: 0.5 }), shapes: [[3], [3]] },
  ],
  cosineEmbeddingLoss: [
    { fn: (a, b) => F.cosineEmbeddingLoss(a, b, signs, { margin: -0.9 }), shapes: pair() },
  ],
  softMarginLoss: [{ fn: (x) => F.softMarginLoss(x, signs), shapes: [[3]] }],
  multiMarginLoss: [
    { fn: (x) => F.multiMarginLoss(x, int([0, 2], [2])), shapes: [[2, 3]] },
    { fn: (x) => F.multiMarginLoss(x, int([1], []), { p: 2, margin: 2 }), shapes: [[3]] },
  ],
  multilabelMarginLoss: [
    { fn: (x) => F.multilabelMarginLoss(x, int([0, 2, -1, 1, -1, 0], [2, 3])), shapes: [[2, 3]] },
  ],
  multilabelSoftMarginLoss: [{ fn: (x, t) => F.multilabelSoftMarginLoss(x, t), shapes: pair() }],
  tripletMarginLoss: [
    { fn: (a, p, n) => F.tripletMarginLoss(a, p, n, { swap: true, margin: 9 }), shapes: triple() },
    { fn: (a, p, n) => F.tripletMarginLoss(a, p, n, { p: 3, reduction: "none" }), shapes: triple() },
  ],
  tripletMarginWithDistanceLoss: [
    {
      fn: (a, p, n) =>
        F.tripletMarginWithDistanceLoss(a, p, n, {
          margin: 9,
          distanceFunction: (x, y) => x.sub(y).square().sum(1),
        }),
      shapes: triple(),
    },
  ],
  pairwiseDistance: [
    { fn: (a, b) => F.pairwiseDistance(a, b), shapes: pair() },
    { fn: (a, b) => F.pairwiseDistance(a, b, { p: 3, keepdim: true }), shapes: [[3, 2], [2]] },
  ],
  cosineSimilarity: [
    {
      fn: (a, b) => F.cosineSimilarity(a, b),
      shapes: [
        [3, 2],
        [1, 2],
      ],
    },
  ],
};
