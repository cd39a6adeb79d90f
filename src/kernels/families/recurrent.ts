/**
 * A whole sequence of a recurrent layer, and its gradient: rows of schema.ts.
 *
 * The rows are the steps of all sequences, step by step: step t has counts[t] rows, one for each of the
 * sequences 0 … counts[t]-1. Without `counts` each step has `batch` rows. Counts never rise: the longest
 * sequence comes first.
 */
import { any, flags, i32, kernel, op, optional, read, size, update, write } from "../parameters.js";

/** `columns`: number of gates times `hidden`. `width`: that of h, which is `hidden` without a projection. */
const sequence = [
  op("cell", ["lstm", "gru", "tanh", "relu"]),
  flags("reverse"),
  ...([size("steps"), size("batch"), size("rows")] as const),
  ...([size("hidden"), size("width"), size("columns")] as const),
  optional(read("counts", i32, "steps")),
  read("weight", any, "columns width"),
  optional(read("projection", any, "width hidden")),
  read("h0", any, "batch width"),
  optional(read("c0", any, "batch hidden")),
] as const;

/** Rows beyond the counts stay as they were, and so do results that a cell does not have. */
const partly = { partly: true } as const;

interface Sizes {
  rows: number;
  hidden: number;
  width: number;
  columns: number;
  projection: unknown;
}

/** The products of one direction, and about ten operations for each gate. */
const flops = (v: Sizes) =>
  2 * v.rows * v.width * (v.columns + (v.projection === null ? 0 : v.hidden)) + 10 * v.rows * v.columns;

export const recurrentRows = {
  // `gates`: before, the products of the inputs, W x + b; afterwards the gates, for the gradient.
  recurrent: kernel(
    [
      ...sequence,
      optional(read("bias", any, "columns")),
      update("gates", any, "rows columns"),
      optional(write("inner", any, "rows hidden", "dense", partly)),
      optional(write("whole", any, "rows hidden", "dense", partly)),
      write("out", any, "rows width", "dense", partly),
      write("hn", any, "batch width", "dense", partly),
      optional(write("cn", any, "batch hidden", "dense", partly)),
    ],
    flops,
  ),
  recurrentGrad: kernel(
    [
      ...sequence,
      read("gates", any, "rows columns"),
      optional(read("inner", any, "rows hidden")),
      read("out", any, "rows width"),
      optional(read("g", any, "rows width")),
      optional(read("gh", any, "batch width")),
      optional(read("gc", any, "batch hidden")),
      write("gx", any, "rows columns", "dense", partly),
      optional(write("gu", any, "rows columns", "dense", partly)),
      optional(write("gp", any, "rows width", "dense", partly)),
      optional(write("previous", any, "rows width", "dense", partly)),
      write("gh0", any, "batch width", "dense", partly),
      optional(write("gc0", any, "batch hidden", "dense", partly)),
    ],
    flops,
  ),
};
