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
  scatterReduce: (op, outer, _length, inner, count, index, _io, src, _so, out) => ({
    flops: op === "set" ? 0 : outer * count * inner,
    bytes: outer * count * inner * (sizeOf(index) + sizeOf(src) + (op === "set" ? 1 : 2) * sizeOf(out)),
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
  scan: (_op, _reverse, outer, length, inner, x, _xo, out) => along(outer, length, inner, x, out),
  argScan: (_op, outer, length, inner, x, _xo, out) => along(outer, length, inner, x, out),
  argSort: (_descending, outer, length, inner, x, _xo, out) => along(outer, length, inner, x, out),
  searchSorted: (_right, rows, length, count, sorted, _so, values, _vo, out) => ({
    flops: rows * count * Math.ceil(Math.log2(length + 1)),
    bytes: rows * (length * sizeOf(sorted) + count * (sizeOf(values) + sizeOf(out))),
  }),
  unfold2d: (planes, h, w, kh, kw, oh, ow, _sh, _sw, _ph, _pw, _dh, _dw, x, _xo, out) => ({
    flops: 0,
    bytes: planes * (h * w * sizeOf(x) + kh * kw * oh * ow * sizeOf(out)),
  }),
  fold2d: (planes, h, w, kh, kw, oh, ow, _sh, _sw, _ph, _pw, _dh, _dw, columns, _co, out) => ({
    flops: planes * kh * kw * oh * ow,
    bytes: planes * (h * w * sizeOf(out) + kh * kw * oh * ow * sizeOf(columns)),
  }),
  conv2d: (...args) => convolution(args, args[16], args[18], args[20], args[22]),
  conv2dGradInput: (...args) => convolution(args, args[20], args[18], null, args[16]),
  conv2dGradWeight: (...args) => convolution(args, args[16], args[21], null, args[18]),
  maxPool2d: (planes, h, w, oh, ow, _dh, _dw, _windows, _wo, x, _xo, out, _oo, index) => ({
    flops: planes * h * w,
    bytes: planes * (h * w * sizeOf(x) + oh * ow * (sizeOf(out) + sizeOf(index))),
  }),
  maxPool2dGrad: (planes, size, places, index, _io, g, _go, out) => ({
    flops: planes * places,
    bytes: planes * (size * sizeOf(out) + places * (sizeOf(index) + sizeOf(g))),
  }),
  avgPool2d: (planes, h, w, oh, ow, _windows, _wo, _divisors, _do, x, _xo, out) =>
    averaging(planes, h, w, oh, ow, x, out),
  avgPool2dGrad: (planes, h, w, oh, ow, _windows, _wo, _divisors, _do, g, _go, out) =>
    averaging(planes, h, w, oh, ow, out, g),
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

/** Every product of a weight and an element, also where patches reach beyond the image. */
function convolution(
  [samples, groups, channels, outputs, h, w, kh, kw, oh, ow]: readonly [...Ten, ...unknown[]],
  x: Elements,
  weight: Elements,
  bias: Elements | null,
  y: Elements,
): Cost {
  const weights = groups * outputs * channels * kh * kw;
  return {
    flops: 2 * samples * weights * oh * ow,
    bytes:
      samples * groups * (channels * h * w * sizeOf(x) + outputs * oh * ow * sizeOf(y)) +
      weights * sizeOf(weight) +
      groups * outputs * sizeOf(bias),
  };
}

type Ten = [number, number, number, number, number, number, number, number, number, number];

const averaging = (
  planes: number,
  h: number,
  w: number,
  oh: number,
  ow: number,
  x: Elements,
  y: Elements,
) => ({
  flops: planes * (h * w + oh * ow),
  bytes: planes * (h * w * sizeOf(x) + oh * ow * sizeOf(y)),
});

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
function together<Step extends unknown[]>(args: readonly unknown[], update: (...args: Step) => Cost): Cost {
  const gemm = args.slice(0, 20) as Described<Parameters<Kernels["gemm"]>>;
  const [, m, n] = gemm;
  const [c, co] = gemm.slice(17);
  const [flags, p, po, ...state] = args.slice(20);
  const made = product(...gemm);
  const taken = update(...([m * n, flags, p, po, c, co, ...state] as Step));
  const gradient = m * n * sizeOf(c as Elements);
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

/** One operation and one output for each element. */
function along(outer: number, length: number, inner: number, x: Elements, out: Elements): Cost {
  const n = outer * length * inner;
  return { flops: n, bytes: n * (sizeOf(x) + sizeOf(out)) };
}
