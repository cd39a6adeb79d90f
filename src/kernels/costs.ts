/**
 * What a kernel call costs, from its arguments alone: floating-point operations and bytes of memory. By these a profile says how
 * near to the machine a kernel came, so both are what the job needs, not what some implementation spends:
 * an FMA is two operations, an elementwise function one, however long its polynomial is; every element that is read or written
 * counts once, in its own type, even where caches keep it or a loop goes over it twice.
 */
import type { Data } from "../dtype.js";
import { numel, type Shape, type Strides } from "../shape.js";
import type { KernelName, Kernels } from "./table.js";

export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

/** All that has to be known of an array: a typed array will do, and so will a plan's word for one. */
export interface Elements {
  readonly BYTES_PER_ELEMENT: number;
}

type Described<Args extends unknown[]> = {
  [I in keyof Args]: Extract<Args[I], Data> extends never
    ? Args[I]
    : Elements | (null extends Args[I] ? null : never);
};

type CostOf<Name extends KernelName> = (...args: Described<Parameters<Kernels[Name]>>) => Cost;

const sizeOf = (x: Elements | null): number => x?.BYTES_PER_ELEMENT ?? 0;

/** Elements that a view with these strides has in memory: a dim that is repeated is read once. */
const distinct = (shape: Shape, strides: Strides): number =>
  shape.reduce((n, size, d) => (strides[d] === 0 && size > 0 ? n : n * size), 1);

export const costs: { readonly [Name in KernelName]: CostOf<Name> } = {
  fill: (_value, n, out) => ({ flops: 0, bytes: n * sizeOf(out) }),
  copy: (shape, x, _xo, xs, out) => ({
    flops: 0,
    bytes: distinct(shape, xs) * sizeOf(x) + numel(shape) * sizeOf(out),
  }),
  gemm: product,
  gemmSgdStep: (...args) => together(args, sgd),
  gemmAdamStep: (...args) => together(args, adam),
  unary: (_op, _p, _q, shape, x, _xo, xs, out) => ({
    flops: numel(shape),
    bytes: distinct(shape, xs) * sizeOf(x) + numel(shape) * sizeOf(out),
  }),
  // The derivative, and its product with g.
  unaryGrad: (_op, _p, _q, n, x, _xo, y, _yo, g, _go, out) => ({
    flops: 2 * n,
    bytes: n * (sizeOf(x) + sizeOf(y) + sizeOf(g) + sizeOf(out)),
  }),
  binary: (_op, shape, a, _ao, as, b, _bo, bs, out) => pairwise(shape, a, as, b, bs, out),
  compare: (_op, shape, a, _ao, as, b, _bo, bs, out) => pairwise(shape, a, as, b, bs, out),
  where: (shape, c, _co, cs, a, _ao, as, b, _bo, bs, out) => ({
    flops: 0,
    bytes: distinct(shape, cs) * sizeOf(c) + pairwise(shape, a, as, b, bs, out).bytes,
  }),
  reduce: (_op, outer, length, inner, x, _xo, out) => reduction(outer, length, inner, x, out),
  argReduce: (_op, outer, length, inner, x, _xo, out) => reduction(outer, length, inner, x, out),
  // Largest, difference, exponential, sum, quotient.
  softmax: (_op, outer, length, inner, x, _xo, out) => ({
    flops: 5 * outer * length * inner,
    bytes: outer * length * inner * (sizeOf(x) + sizeOf(out)),
  }),
  // Product and sum, difference and product.
  softmaxGrad: (_op, outer, length, inner, y, _yo, g, _go, out) => ({
    flops: 4 * outer * length * inner,
    bytes: outer * length * inner * (sizeOf(y) + sizeOf(g) + sizeOf(out)),
  }),
  crossEntropy: (
    reduced,
    rows,
    classes,
    _smoothing,
    _ignore,
    x,
    _xo,
    target,
    _to,
    weight,
    _wo,
    loss,
    _lo,
    stats,
  ) => ({
    flops: 4 * rows * classes,
    bytes:
      rows * (classes * sizeOf(x) + sizeOf(target) + sizeOf(stats)) +
      classes * sizeOf(weight) +
      (reduced === 0 ? rows : 1) * sizeOf(loss),
  }),
  crossEntropyGrad: (
    reduced,
    rows,
    classes,
    _sm,
    _ignore,
    x,
    _xo,
    target,
    _to,
    weight,
    _wo,
    stats,
    _so,
    g,
    _go,
    out,
  ) => ({
    flops: 4 * rows * classes,
    bytes:
      rows * (classes * (sizeOf(x) + sizeOf(out)) + sizeOf(target) + sizeOf(stats)) +
      classes * sizeOf(weight) +
      (reduced === 0 ? rows : 1) * sizeOf(g),
  }),
  indexSelect: (outer, _length, inner, count, x, _xo, index, _io, out) => ({
    flops: 0,
    bytes: outer * count * inner * (sizeOf(x) + sizeOf(out)) + count * sizeOf(index),
  }),
  indexAdd: (outer, _length, inner, count, index, _io, g, _go, out) => ({
    flops: outer * count * inner,
    bytes: outer * count * inner * (sizeOf(g) + 2 * sizeOf(out)) + count * sizeOf(index),
  }),
  gather: (outer, _length, inner, count, x, _xo, index, _io, out) => ({
    flops: 0,
    bytes: outer * count * inner * (sizeOf(x) + sizeOf(index) + sizeOf(out)),
  }),
  scatterAdd: (outer, _length, inner, count, index, _io, g, _go, out) => ({
    flops: outer * count * inner,
    bytes: outer * count * inner * (sizeOf(index) + sizeOf(g) + 2 * sizeOf(out)),
  }),
  takeRows: (count, _length, width, _scale, _shift, x, _xo, index, _io, out) => ({
    flops: 2 * count * width,
    bytes: count * (width * (sizeOf(x) + sizeOf(out)) + sizeOf(index)),
  }),
  sgdStep: sgd,
  adamStep: adam,
  // A mean of squares, its root, a quotient and the step; more or less of it by rule.
  ruleStep: (_rule, n, p, _po, g, _go, a, _ao, b, _bo, c) => ({
    flops: 10 * n,
    bytes: n * (2 * sizeOf(p) + sizeOf(g) + 2 * sizeOf(a) + 2 * sizeOf(b) + 2 * sizeOf(c)),
  }),
  increment: (n, out) => ({ flops: n, bytes: 2 * n * sizeOf(out) }),
  tally: (n, classes, logits, _lo, targets) => ({
    flops: logits === null ? 0 : n * classes,
    bytes: n * (classes * sizeOf(logits) + sizeOf(targets)),
  }),
  random: (_kind, _p, _q, n, _state, _so, out) => ({ flops: 0, bytes: n * sizeOf(out) }),
  permutation: (n, _state, _so, out) => ({ flops: 0, bytes: 2 * n * sizeOf(out) }),
};

function product(...args: Described<Parameters<Kernels["gemm"]>>): Cost {
  const [batch, m, n, k, a, , aBatch, , , b, , bBatch, , , bias, , accumulate, c] = args;
  return {
    flops: 2 * batch * m * n * k,
    bytes:
      (aBatch === 0 ? 1 : batch) * m * k * sizeOf(a) +
      (bBatch === 0 ? 1 : batch) * k * n * sizeOf(b) +
      n * sizeOf(bias) +
      batch * m * n * sizeOf(c) * (accumulate ? 2 : 1),
  };
}

function sgd(...args: Described<Parameters<Kernels["sgdStep"]>>): Cost {
  const [n, , p, , g, , buffer] = args;
  return {
    flops: n * (buffer === null ? 2 : 6),
    bytes: n * (2 * sizeOf(p) + sizeOf(g) + 2 * sizeOf(buffer)),
  };
}

/** Two running means (7), their corrections (3), root, sum, quotient and the step. */
function adam(...args: Described<Parameters<Kernels["adamStep"]>>): Cost {
  const [n, , p, , g, , m, , v, , largest] = args;
  return {
    flops: n * (largest === null ? 14 : 15),
    bytes: n * (2 * sizeOf(p) + sizeOf(g) + 2 * sizeOf(m) + 2 * sizeOf(v) + 2 * sizeOf(largest)),
  };
}

/** A product and an update by it: the gradient between them is neither written nor read. */
function together<Args extends unknown[]>(
  args: [...Described<Parameters<Kernels["gemm"]>>, ...Args],
  update: (...args: Args) => Cost,
): Cost {
  const gemm = args.slice(0, 20) as Described<Parameters<Kernels["gemm"]>>;
  const [made, taken] = [product(...gemm), update(...(args.slice(20) as Args))];
  const gradient = gemm[1] * gemm[2] * sizeOf(gemm[17]);
  return { flops: made.flops + taken.flops, bytes: made.bytes + taken.bytes - 2 * gradient };
}

function pairwise(shape: Shape, a: Elements, as: Strides, b: Elements, bs: Strides, out: Elements): Cost {
  const n = numel(shape);
  return {
    flops: n,
    bytes: distinct(shape, as) * sizeOf(a) + distinct(shape, bs) * sizeOf(b) + n * sizeOf(out),
  };
}

function reduction(outer: number, length: number, inner: number, x: Elements, out: Elements): Cost {
  return { flops: outer * length * inner, bytes: outer * inner * (length * sizeOf(x) + sizeOf(out)) };
}
