/** Normalisations with their affine maps, and their gradients: rows of schema.ts. */
import { any, flags, i32, kernel, number, optional, read, size, update, write } from "../parameters.js";

/** Statistics over the channels and elements of a group of a sample. */
const grouped = [
  ...([size("samples"), size("groups"), size("channels"), size("inner"), number("eps")] as const),
  read("x", any, "samples groups channels inner"),
  optional(read("weight", any, "groups channels")),
] as const;

/** Statistics over the samples and elements of a channel. */
const batched = [
  ...([size("samples"), size("channels"), size("inner"), number("eps")] as const),
  read("x", any, "samples channels inner"),
  optional(read("weight", any, "channels")),
] as const;

/**
 * Mean, difference, square and sum, product, FMA of the affine map (of which the mean of squares needs less).
 */
const forwardFlops = 7;
/** Difference, product with the weight, two sums of which one is of products; three FMAs and a product. */
const backwardFlops = 12;

type Grouped = { samples: number; groups: number; channels: number; inner: number };
const elements = (v: Grouped) => v.samples * v.groups * v.channels * v.inner;
const batchElements = (v: Omit<Grouped, "groups">) => v.samples * v.channels * v.inner;

export const normalizationRows = {
  // Without `mean`: divides by the root of the mean of squares.
  normalize: kernel(
    [
      ...grouped,
      optional(read("bias", any, "groups channels")),
      write("out", any, "samples groups channels inner", "dense", { over: ["x"] }),
      optional(write("mean", any, "samples groups")),
      write("variance", any, "samples groups"),
    ],
    (v) => forwardFlops * elements(v),
  ),
  normalizeGrad: kernel(
    [
      ...grouped,
      optional(read("mean", any, "samples groups")),
      read("variance", any, "samples groups"),
      read("g", any, "samples groups channels inner"),
      ...([flags("addWeight"), flags("addBias")] as const),
      optional(write("gx", any, "samples groups channels inner", "dense", { over: ["g", "x"] })),
      optional(write("gWeight", any, "groups channels", "dense", { adds: "addWeight" })),
      optional(write("gBias", any, "groups channels", "dense", { adds: "addBias" })),
    ],
    (v) => backwardFlops * elements(v),
  ),
  // With `count`: counts the batch first; if `cumulative`, it then has the weight 1 / count, not `momentum`.
  batchNorm: kernel(
    [
      ...batched,
      optional(read("bias", any, "channels")),
      ...([number("momentum"), flags("cumulative")] as const),
      optional(update("runningMean", any, "channels")),
      optional(update("runningVar", any, "channels")),
      optional(update("count", i32, "1")),
      write("out", any, "samples channels inner", "dense", { over: ["x"] }),
      write("mean", any, "channels"),
      write("variance", any, "channels"),
    ],
    (v) => forwardFlops * batchElements(v),
  ),
  // With given statistics.
  batchNormEval: kernel(
    [
      ...batched,
      optional(read("bias", any, "channels")),
      read("mean", any, "channels"),
      read("variance", any, "channels"),
      write("out", any, "samples channels inner", "dense", { over: ["x"] }),
    ],
    (v) => 3 * batchElements(v),
  ),
  // `training`: the statistics are those of x, and the gradient goes through them.
  batchNormGrad: kernel(
    [
      ...batched,
      flags("training"),
      read("mean", any, "channels"),
      read("variance", any, "channels"),
      read("g", any, "samples channels inner"),
      ...([flags("addWeight"), flags("addBias")] as const),
      optional(write("gx", any, "samples channels inner", "dense", { over: ["g", "x"] })),
      optional(write("gWeight", any, "channels", "dense", { adds: "addWeight" })),
      optional(write("gBias", any, "channels", "dense", { adds: "addBias" })),
    ],
    (v) => backwardFlops * batchElements(v),
  ),
};
