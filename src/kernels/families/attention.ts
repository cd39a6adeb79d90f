/** Attention: rows of schema.ts. */
import {
  any,
  flags,
  i32,
  kernel,
  number,
  optional,
  read,
  size,
  update,
  type Values,
  write,
} from "../parameters.js";

/** Heads of queries share `groups` heads of keys and values: head h uses head h / (heads / groups). */
const attentionSizes = [
  ...([size("batch"), size("heads"), size("groups"), size("queries"), size("keys")] as const),
  ...([size("width"), size("valueWidth")] as const),
  ...([number("scale"), flags("causal"), number("dropout")] as const),
] as const;
const queries = "batch heads queries width";
const keys = "batch groups keys width";
const values = "batch groups keys valueWidth";
const outputs = "batch heads queries valueWidth";
const inputs = [
  read("q", any, queries, 3),
  read("k", any, keys, 3),
  read("v", any, values, 3),
  // Bytes: whether a query may attend to a key. Floats: added to the scores.
  optional(read("mask", any, "batch heads queries keys", 4)),
] as const;

/** Pairs of a query and a key that it may attend to. */
const pairsOf = ({ batch, heads, queries: l, keys: s, causal }: Values): number => {
  const both = Math.min(l, s);
  return batch * heads * (causal === 0 ? l * s : (both * (both + 1)) / 2 + (l - both) * s);
};

export const attentionRows = {
  // For each pair two products; maximum, difference, exponential, sum.
  attention: kernel(
    [
      ...attentionSizes,
      ...inputs,
      // With dropout: the generator, and its state before the call, which the gradient reads. Without dropout
      // both stay as they were.
      optional(update("state", i32, "4")),
      optional(write("drawn", i32, "4", "dense", { partly: true })),
      write("out", any, outputs, 3),
      // The logarithm of the sum of the exponentials of the scores.
      write("stats", any, "batch heads queries"),
    ],
    (v) => pairsOf(v) * (2 * (v.width + v.valueWidth) + 4),
  ),
  // For each pair five products; difference, exponential, difference, product.
  attentionGrad: kernel(
    [
      ...attentionSizes,
      ...inputs,
      optional(read("drawn", i32, "4")),
      read("out", any, outputs, 3),
      read("stats", any, "batch heads queries"),
      read("g", any, outputs, 3),
      optional(write("gq", any, queries, 3)),
      optional(write("gk", any, keys, 3)),
      optional(write("gv", any, values, 3)),
    ],
    (v) => pairsOf(v) * (6 * v.width + 4 * v.valueWidth + 4),
  ),
};
