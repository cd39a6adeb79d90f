/**
 * Writes by index, into a copy: `out[index[i][j]][j] = src[i][j]` for dim 0, and so on. An index may be
 * smaller than `x` outside `dim`, and smaller than `src` in every dim. Elements of `x` beyond the index stay
 * unchanged; elements of `src` beyond the index are not read.
 */
import { checkOperands, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { resolveDim, sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { onesLike, zerosLike } from "../create/create.js";
import { add, binary, div, eq, mul, where } from "../elementwise/elementwise.js";
import { dense, denseCopy, expand, reshape, slice, to } from "../shape/views.js";
import { around, checkStatus, gather, indexTensor } from "./indexing.js";

type Combine = "add" | "set" | "prod" | "max" | "min";

/** The source: a tensor, or one number (for bool, true or false) for all positions. */
type Source = Tensor | number | boolean;

/** `x` combined with the elements of `src`, which has the shape of `index`; outside the graph. */
function scattered(op: string, given: Combine, x: Tensor, d: number, index: Tensor, src: Tensor): Tensor {
  // A sum of booleans is true if any of them is true.
  const combine = given === "add" && x.dtype === "bool" ? "max" : given;
  const out = denseCopy(x);
  if (index.numel === 0) return out;
  const sizes = x.shape.map((size, i) => (i === d ? size : index.shape[i]));
  const whole = sameShape(sizes, x.shape);
  // The part of `x` that a smaller index covers is processed separately and written back.
  const region = out.viewOf(out.offset, sizes, out.strides);
  const into = whole ? out : denseCopy(region);
  const [outer, length, inner] = around(sizes, d);
  const [at, from] = [indexTensor(op, index), dense(src)];
  const count = index.shape[d];
  const status =
    combine === "add"
      ? run.scatterAdd(outer, length, inner, count, at, from, into)
      : run.scatterReduce(combine, outer, length, inner, count, at, from, into);
  checkStatus(op, status, at, length);
  if (!whole) run.copy(sizes, into, out);
  return out;
}

/**
 * The common start of every function here: a dim, an index that fits, and a source of the shape of the index.
 */
function prepared(
  op: string,
  x: Tensor,
  dim: number,
  index: Tensor,
  src: Source,
): { d: number; src: Tensor } {
  checkOperands(op, src);
  const d = resolveDim(op, dim, x.ndim);
  const source = src instanceof Tensor ? src : expand(constant(Number(src), x.dtype), index.shape);
  if (source.dtype !== x.dtype)
    throw new DTypeError(
      `${op}: src has the dtype of x: ${source.dtype} for ${x.dtype}; use to("${x.dtype}")`,
    );
  if (index.numel === 0) return { d, src: source };
  if (index.ndim !== x.ndim || index.shape.some((size, i) => i !== d && size > x.shape[i]))
    throw new ShapeError(
      `${op}: the index is larger outside dim ${d}: ${formatShape(x.shape)} and index ${formatShape(index.shape)}`,
    );
  if (source.ndim !== index.ndim || index.shape.some((size, i) => size > source.shape[i]))
    throw new ShapeError(
      `${op}: the index is larger than src: ${formatShape(source.shape)} and index ${formatShape(index.shape)}`,
    );
  const cut = sameShape(source.shape, index.shape)
    ? source
    : slice(source, ...index.shape.map((size) => [0, size] as const));
  return { d, src: cut };
}

/** A scalar is treated as a vector of size 1. */
function withDims(x: Tensor, run: (x: Tensor, one: (t: Tensor) => Tensor) => Tensor): Tensor {
  if (x.ndim > 0) return run(x, (t) => t);
  return reshape(
    run(reshape(x, [1]), (t) => (t.ndim === 0 ? reshape(t, [1]) : t)),
    [],
  );
}

const one = (src: Source, as: (t: Tensor) => Tensor) => (src instanceof Tensor ? as(src) : src);

/** Options of `scatter`. */
export interface ScatterOptions {
  /** How to combine the existing element with the source. Default: replace it. */
  reduce?: "add" | "multiply";
}

/**
 * `x` with `src` (a tensor or a number) written to the positions in `index` along `dim`. Where several are
 * written to one element the last one stays. PyTorch: `torch.scatter`.
 * @example scatter(zeros([3]), 0, tensor([2, 0], { dtype: "int32" }), tensor([5, 6])) // [6, 0, 5]
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @forms scatter(), x.scatter(), x.scatter_()
 */
export function scatter(
  x: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor | number | boolean,
  options?: ScatterOptions,
): Tensor {
  checkTensors("scatter", x, index);
  checkOptions("scatter", options, ["reduce"]);
  const reduce = options?.reduce;
  if (reduce !== undefined && reduce !== "add" && reduce !== "multiply")
    throw new ValueError(`scatter: reduce is "add" or "multiply": ${String(reduce)}`, "INVALID_OPTION");
  return withDims(x, (x, as) => {
    const at = as(index);
    const { d, src: source } = prepared("scatter", x, dim, at, one(src, as));
    if (reduce === "add") return addedBy("scatter", x, d, at, source);
    if (reduce === "multiply") return scatterReduce(x, d, at, source, "prod");
    return differentiable(
      "scatter",
      [x, source],
      scattered("scatter", "set", x, d, at, source),
      (g, inputs) => [
        inputs.needs(0) ? scatter(g, d, at, 0) : null,
        inputs.needs(1) ? gatherOf(g, d, at) : null,
      ],
    );
  });
}

/** An index without elements may have any number of dims. */
function gatherOf(g: Tensor, d: number, index: Tensor): Tensor {
  return index.numel === 0 ? zerosLike(index, { dtype: g.dtype }) : gather(g, d, index);
}

/**
 * `x` with `src` added at the positions in `index` along `dim`, in order. PyTorch: `torch.scatter_add`.
 * @example scatterAdd(zeros([3]), 0, tensor([0, 0, 2], { dtype: "int32" }), tensor([1, 2, 3])) // [3, 0, 3]
 * @forms scatterAdd(), x.scatterAdd(), x.scatterAdd_()
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, src: Source): Tensor {
  checkTensors("scatterAdd", x, index);
  return addedBy("scatterAdd", x, dim, index, src);
}

/** @internal `scatterAdd` whose errors name another operation. */
export function addedBy(op: string, x: Tensor, dim: number, index: Tensor, src: Source): Tensor {
  return withDims(x, (x, as) => {
    const at = as(index);
    const { d, src: source } = prepared(op, x, dim, at, one(src, as));
    const out = scattered(op, "add", x, d, at, source);
    return differentiable("scatterAdd", [x, source], out, (g, inputs) => [
      g,
      inputs.needs(1) ? gatherOf(g, d, at) : null,
    ]);
  });
}

/** How `scatterReduce` combines elements. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

/** Options of `indexReduce` and `scatterReduce`. */
export interface ScatterReduceOptions {
  /** Whether the elements of `x` at the written positions take part. Default true. */
  includeSelf?: boolean;
}

const integerLimits: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-2147483648, 2147483647],
  uint8: [0, 255],
  bool: [0, 1],
};

function neutral(reduce: ScatterReduction, dtype: DType): number {
  if (reduce === "sum" || reduce === "mean") return 0;
  if (reduce === "prod") return 1;
  const [low, high] = integerLimits[dtype] ?? [-Infinity, Infinity];
  return reduce === "amax" ? low : high;
}

/**
 * `x` with `src` combined with the elements at the positions in `index` along `dim`. The gradient of amax and
 * amin is shared evenly by ties. PyTorch: `torch.scatter_reduce`.
 * @example scatterReduce(ones([2]), 0, tensor([0, 0], { dtype: "int32" }), tensor([2, 3]), "prod") // [6, 1]
 * @throws DTypeError for a `src` of another dtype; ShapeError for an index that is larger than `src`, or than
 * `x` outside `dim`.
 * @forms scatterReduce(), x.scatterReduce(), x.scatterReduce_()
 */
export function scatterReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor,
  reduce: ScatterReduction,
  options?: ScatterReduceOptions,
): Tensor {
  checkTensors("scatterReduce", x, index, src);
  checkOptions("scatterReduce", options, ["includeSelf"]);
  if (!["sum", "prod", "mean", "amax", "amin"].includes(reduce))
    throw new ValueError(
      `scatterReduce: reduce is "sum", "prod", "mean", "amax" or "amin": ${String(reduce)}`,
      "INVALID_OPTION",
    );
  const includeSelf = options?.includeSelf ?? true;
  return withDims(x, (x, as) => {
    const at = as(index);
    const { d, src: source } = prepared("scatterReduce", x, dim, at, as(src));
    if (at.numel === 0) return scatterAdd(x, d, at, source);
    // Elements that are written and do not take part start as the neutral element, and have no gradient.
    const from = includeSelf ? x : scatter(x, d, at, neutral(reduce, x.dtype));
    switch (reduce) {
      case "sum":
        return addedBy("scatterReduce", from, d, at, source);
      case "mean":
        return meanOf(from, d, at, source, includeSelf);
      case "prod":
        return productOf(from, d, at, source);
      default:
        return extremeOf(reduce === "amax" ? "max" : "min", from, d, at, source, x);
    }
  });
}

function meanOf(x: Tensor, d: number, index: Tensor, src: Tensor, includeSelf: boolean): Tensor {
  const hits = scatterAdd(zerosLike(x), d, index, onesLike(src));
  const count = includeSelf ? add(hits, 1) : where(eq(hits, 0), 1, hits);
  const total = scatterAdd(x, d, index, src);
  return isFloating(x.dtype) ? div(total, count) : to(binary.floorDivide(total, count), x.dtype);
}

/** Each element is multiplied by the product of the others, also if one of these is 0. */
function productOf(x: Tensor, d: number, index: Tensor, src: Tensor): Tensor {
  const out: Tensor = differentiable(
    "scatterReduce",
    [x, src],
    scattered("scatterReduce", "prod", x, d, index, src),
    (g, inputs) => {
      const spared = where(eq(x, 0), 1, x);
      const zeros = eq(src, 0);
      const some = scatterAdd(zerosLike(x), d, index, to(zeros, x.dtype));
      const alone = where(zeros, eq(gather(some, d, index), 1), constant(0, "bool"));
      const rest = gather(mul(g, productOf(x, d, index, where(alone, 1, src))), d, index);
      const quotient = div(gather(mul(g, out), d, index), where(zeros, 1, src));
      return [
        inputs.needs(0) ? div(mul(g, productOf(spared, d, index, src)), spared) : null,
        inputs.needs(1) ? where(alone, rest, quotient) : null,
      ];
    },
    { saves: [x, src], savesOutput: true },
  );
  return out;
}

/** The original value of `x` counts among the ties even if it does not take part, as in PyTorch. */
function extremeOf(
  combine: "max" | "min",
  from: Tensor,
  d: number,
  index: Tensor,
  src: Tensor,
  x: Tensor,
): Tensor {
  const out: Tensor = differentiable(
    "scatterReduce",
    [from, src],
    scattered("scatterReduce", combine, from, d, index, src),
    (g) => {
      const own = to(eq(x, out), x.dtype);
      const others = to(eq(src, gather(out, d, index)), x.dtype);
      const each = div(g, scatterAdd(own, d, index, others));
      return [mul(each, own), mul(gather(each, d, index), others)];
    },
    { saves: [x, src], savesOutput: true },
  );
  return out;
}
