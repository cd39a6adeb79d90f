/**
 * The boundary between the library and its heavy work: one flat table of functions on typed arrays, element
 * offsets, strides and numbers. The JavaScript core defines them; a backend replaces some; recording and
 * profiling wrap them. No kernel receives a Tensor or knows about gradients.
 *
 * Every kernel is described here once: its arguments in order, by name, and how it accesses each. These rows
 * determine the type of the table, what a call passes to C++, what it reads and writes, what it costs, what
 * `compile` may drop, move, fuse and compute in place, and what `explain` prints. No other code knows an
 * argument by its position.
 *
 * Outputs are allocated by the caller and passed last, dense and row-major unless the row gives them strides.
 * An output may be exactly the memory of an input that its row names (`over`), if both are dense and start at
 * the same element; any other overlap is forbidden. Every kernel returns a number: OK, or the position of the
 * first label or index out of range.
 *
 * To add a kernel: its row here or in a file of families/, its loop in js/, its body in native/.
 */
import { integerRows } from "./binary-math.js";
import { attentionRows } from "./families/attention.js";
import { normalizationRows } from "./families/normalize.js";
import { recurrentRows } from "./families/recurrent.js";
import { spatialRows } from "./families/spatial.js";
import { ruleNames, ruleOptions } from "./js/rules.js";
import {
  type ArgsOf,
  any,
  bfloat16,
  f32,
  f64,
  flags,
  floats,
  i32,
  kernel,
  labels,
  number,
  type Op,
  op,
  optional,
  pixels,
  type Row,
  read,
  scratch,
  shape,
  size,
  stride,
  u8,
  update,
  write,
} from "./parameters.js";
import { binaryRows, compareRows, unaryRows } from "./rows.js";

const namesOf = <T extends object>(rows: T) => Object.keys(rows) as (keyof T & string)[];
const unaryNames = namesOf(unaryRows);
const elements = (dims: readonly number[]) => dims.reduce((n, dim) => n * dim, 1);

/** The slices of a tensor along one dim: outer x length x inner. */
const slices = [size("outer"), size("length"), size("inner")] as const;
const slice = "outer length inner";
/** Elements along one dim, selected by `count` indices; the selection is outer x count x inner. */
const picking = [...slices, size("count")] as const;
const picked = "outer count inner";

/** A reduced loss is one number; unreduced losses are one number per row. */
const lossExtent = "reduction ? 1 : rows";
/** The log-sum-exp of each row, then the sum of the weights. */
const statsExtent = "rows + 1";
const loss = [
  flags("reduction", { most: 2 }),
  size("rows"),
  size("classes"),
  number("smoothing"),
  stride("ignoreIndex"),
  read("logits", any, "rows classes"),
  read("target", labels, "rows", "dense", { checked: "label" }),
  optional(read("weight", any, "classes")),
] as const;
const lossFlops = ({ rows, classes }: { rows: number; classes: number }) => 4 * rows * classes;

const product = [
  size("batch"),
  size("m"),
  size("n"),
  size("k"),
  read("a", any, "batch m k", 3),
  read("b", any, "batch k n", 3),
  optional(read("bias", any, "n")),
  flags("accumulate"),
  bfloat16,
] as const;
const productFlops = (v: { batch: number; m: number; n: number; k: number }) => 2 * v.batch * v.m * v.n * v.k;

/** The step number and the hyperparameters. They change from step to step, so they are read from memory. */
const schedule = (options: string) => [read("step", f64, "1"), read("hyper", f64, options)] as const;
const sgdState = (n: string) => [optional(update("buffer", any, n)), ...schedule("4")] as const;
const adamState = (n: string) =>
  [
    update("mean", any, n),
    update("square", any, n),
    optional(update("largest", any, n)),
    ...schedule("5"),
  ] as const;
const sgdFlops = (n: number, buffer: unknown) => n * (buffer === null ? 2 : 6);
/** Two running means (7), their corrections (3), root, sum, quotient and the step. */
const adamFlops = (n: number, largest: unknown) => n * (largest === null ? 14 : 15);

/** The nodes of this rank, and how they are folded with those of the others. */
const ofNodes = [size("n"), size("nodes"), size("listed"), flags("rule", { most: 2 })] as const;
const exchanged = [
  read("schedule", i32, "listed", "dense", { checked: "rank" }),
  update("x", floats, "nodes n"),
] as const;

/** Key and counter of Philox: see random.ts. */
const state = update("state", i32, "4");

export const schema = {
  fill: kernel([number("value"), size("n"), write("out", any, "n")]),
  copy: kernel([shape, read("x", any, "shape", "listed"), write("out", any, "shape", "listed")], () => 0, {
    links: [
      ["f32", "f32"],
      ["u8", "f32"],
    ],
  }),

  gemm: kernel([...product, write("c", any, "batch m n", 1, { adds: "accumulate" })], productFlops),
  // A gradient, c, and the update that uses it while it is in registers.
  gemmSgdStep: kernel(
    [
      ...product,
      scratch("c", any, "batch m n", 1),
      flags("flags", { most: 3 }),
      update("p", any, "m n"),
      ...sgdState("m n"),
    ],
    (v) => productFlops(v) + sgdFlops(v.m * v.n, v.buffer),
  ),
  gemmAdamStep: kernel(
    [
      ...product,
      scratch("c", any, "batch m n", 1),
      flags("flags", { most: 7 }),
      update("p", any, "m n"),
      ...adamState("m n"),
    ],
    (v) => productFlops(v) + adamFlops(v.m * v.n, v.largest),
  ),

  unary: kernel(
    [
      op("op", unaryNames),
      number("p"),
      number("q"),
      shape,
      read("x", any, "shape", "listed"),
      write("out", any, "shape", "dense", { over: ["x"] }),
    ],
    (v) => elements(v.shape),
    { links: [["f32", "f32"]] },
  ),
  // The derivative, and its product with g.
  unaryGrad: kernel(
    [
      op("op", unaryNames),
      number("p"),
      number("q"),
      size("n"),
      optional(read("x", any, "n")),
      optional(read("y", any, "n")),
      read("g", any, "n"),
      write("out", any, "n", "dense", { over: ["g", "x", "y"] }),
    ],
    (v) => 2 * v.n,
    { links: [["f32", "f32", "f32", "f32"]] },
  ),
  binary: kernel(
    [
      op("op", [...namesOf(binaryRows), ...namesOf(integerRows)]),
      shape,
      read("a", any, "shape", "listed"),
      read("b", any, "shape", "listed"),
      write("out", any, "shape", "dense", { over: ["a", "b"] }),
    ],
    (v) => elements(v.shape),
    { links: [["f32", "f32", "f32"]] },
  ),
  compare: kernel(
    [
      op("op", namesOf(compareRows)),
      shape,
      read("a", any, "shape", "listed"),
      read("b", any, "shape", "listed"),
      write("out", u8, "shape"),
    ],
    (v) => elements(v.shape),
    { links: [["f32", "f32", "u8"]] },
  ),
  where: kernel(
    [
      shape,
      read("condition", u8, "shape", "listed"),
      read("a", any, "shape", "listed"),
      read("b", any, "shape", "listed"),
      write("out", any, "shape"),
    ],
    () => 0,
    { links: [["u8", "f32", "f32", "f32"]] },
  ),

  reduce: kernel(
    [
      op("op", ["sum", "prod", "max", "min"]),
      ...slices,
      read("x", any, slice),
      write("out", any, "outer inner"),
    ],
    (v) => v.outer * v.length * v.inner,
    { links: [["f32", "f32"]] },
  ),
  argReduce: kernel(
    [op("op", ["argmax", "argmin"]), ...slices, read("x", any, slice), write("out", i32, "outer inner")],
    (v) => v.outer * v.length * v.inner,
  ),
  // Maximum, difference, exponential, sum, quotient.
  softmax: kernel(
    [op("op", ["softmax", "logSoftmax"]), ...slices, read("x", any, slice), write("out", any, slice)],
    (v) => 5 * v.outer * v.length * v.inner,
  ),
  // Product and sum, difference and product.
  softmaxGrad: kernel(
    [
      op("op", ["softmax", "logSoftmax"]),
      ...slices,
      read("y", any, slice),
      read("g", any, slice),
      write("out", any, slice),
    ],
    (v) => 4 * v.outer * v.length * v.inner,
  ),
  scan: kernel(
    [
      op("op", ["sum", "prod", "logsumexp"]),
      flags("reverse"),
      ...slices,
      read("x", any, slice),
      write("out", any, slice),
    ],
    (v) => v.outer * v.length * v.inner,
  ),
  argScan: kernel(
    [op("op", ["max", "min"]), ...slices, read("x", any, slice), write("out", i32, slice)],
    (v) => v.outer * v.length * v.inner,
  ),
  argSort: kernel(
    [flags("descending"), ...slices, read("x", any, slice), write("out", i32, slice)],
    (v) => v.outer * v.length * v.inner,
  ),
  searchSorted: kernel(
    [
      flags("right"),
      ...([size("rows"), size("length"), size("count")] as const),
      read("sorted", any, "rows length"),
      read("values", any, "rows count"),
      write("out", i32, "rows count"),
    ],
    (v) => v.rows * v.count * Math.ceil(Math.log2(v.length + 1)),
  ),

  crossEntropy: kernel(
    [...loss, write("loss", any, lossExtent), write("stats", any, statsExtent)],
    lossFlops,
  ),
  crossEntropyGrad: kernel(
    [...loss, read("stats", any, statsExtent), read("g", any, lossExtent), write("out", any, "rows classes")],
    lossFlops,
  ),
  tally: kernel(
    [
      ...([size("n"), size("classes")] as const),
      optional(read("logits", any, "n classes")),
      optional(read("targets", labels, "n")),
      read("loss", any, "1", "dense", { checked: "loss" }),
      update("sums", f64, "logits ? 3 : 2"),
    ],
    (v) => (v.logits === null ? 0 : v.n * v.classes),
  ),

  exchange: kernel([...ofNodes, ...exchanged], ({ n, nodes }) => n * nodes),
  // The same in two calls. In between, no other call may access x, and the memory of x must stay: both calls
  // have it as an operand that they write, so a plan keeps it from one to the other and moves nothing across.
  exchangeStart: kernel(
    [...ofNodes, flags("phases", { least: 1, most: 3 }), ...exchanged],
    ({ n, nodes, phases }) => (phases & 1) * n * nodes,
  ),
  exchangeWait: kernel([
    ...([size("n"), size("nodes")] as const),
    update("x", floats, "nodes n", "dense", { checked: "rank" }),
  ]),

  indexSelect: kernel([
    ...picking,
    read("x", any, slice, "dense", { moved: picked }),
    read("index", i32, "count", "dense", { checked: "index" }),
    write("out", any, picked),
  ]),
  indexAdd: kernel(
    [
      ...picking,
      read("index", i32, "count", "dense", { checked: "index" }),
      read("g", any, picked),
      update("out", any, slice, "dense", { moved: picked }),
    ],
    (v) => v.outer * v.count * v.inner,
  ),
  gather: kernel([
    ...picking,
    read("x", any, slice, "dense", { moved: picked }),
    read("index", i32, picked, "dense", { checked: "index" }),
    write("out", any, picked),
  ]),
  scatterAdd: kernel(
    [
      ...picking,
      read("index", i32, picked, "dense", { checked: "index" }),
      read("g", any, picked),
      update("out", any, slice, "dense", { moved: picked }),
    ],
    (v) => v.outer * v.count * v.inner,
  ),
  scatterReduce: kernel(
    [
      op("op", ["set", "prod", "max", "min"]),
      ...picking,
      read("index", i32, picked, "dense", { checked: "index" }),
      read("source", any, picked),
      update("out", any, slice, "dense", { moved: picked }),
    ],
    (v) => (v.op === "set" ? 0 : v.outer * v.count * v.inner),
  ),
  takeRows: kernel(
    [
      ...([size("count"), size("length"), size("width"), number("scale"), number("shift")] as const),
      read("x", pixels, "length width", "dense", { moved: "count width" }),
      read("index", i32, "count", "dense", { checked: "index" }),
      write("out", f32, "count width"),
    ],
    (v) => 2 * v.count * v.width,
  ),

  increment: kernel([size("n"), update("out", f64, "n")], (v) => v.n),
  sgdStep: kernel(
    [size("n"), flags("flags", { most: 3 }), update("p", any, "n"), read("g", any, "n"), ...sgdState("n")],
    (v) => sgdFlops(v.n, v.buffer),
  ),
  adamStep: kernel(
    [size("n"), flags("flags", { most: 7 }), update("p", any, "n"), read("g", any, "n"), ...adamState("n")],
    (v) => adamFlops(v.n, v.largest),
  ),
  // A mean of squares, its root, a quotient and the step; it varies with the rule.
  ruleStep: kernel(
    [
      op("rule", ruleNames),
      size("n"),
      update("p", any, "n"),
      read("g", any, "n"),
      update("first", any, "n"),
      optional(update("second", any, "n")),
      optional(update("third", any, "n")),
      ...schedule(`rule ? ${ruleNames.map((rule) => ruleOptions[rule]).join(" ")}`),
    ],
    (v) => 10 * v.n,
  ),

  random: kernel([
    op("kind", ["uniform", "normal", "dropout"]),
    ...([number("p"), number("q"), size("n")] as const),
    state,
    write("out", any, "n"),
  ]),
  permutation: kernel([size("n"), state, write("out", i32, "n")]),

  ...spatialRows,
  ...recurrentRows,
  ...attentionRows,
  ...normalizationRows,
} satisfies Record<string, Row<any>>;

export type KernelName = keyof typeof schema;

/** The table: a backend has all or part of it, and tables that record or time calls have it too. */
export type Kernels = {
  readonly [Name in KernelName]: (...args: ArgsOf<(typeof schema)[Name]["parameters"]>) => number;
};

export const kernelNames = Object.keys(schema) as KernelName[];

/** The row of a kernel whose name is known only at run time. */
export const rowOf = (name: KernelName): Row => schema[name] as unknown as Row;

const opsByName = new Map<KernelName, readonly string[]>(
  kernelNames.map((name) => [
    name,
    rowOf(name).parameters.flatMap((parameter) => ("ops" in parameter ? (parameter as Op).ops : [])),
  ]),
);

/** The ops of a kernel family; empty for any other kernel. */
export const opsOf = (name: KernelName): readonly string[] => opsByName.get(name)!;
