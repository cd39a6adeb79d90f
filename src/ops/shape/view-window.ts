/**
 * The elements that a view shows of its base, expressed as operations on tensors of the shape of the base:
 * for gradients of bases that are changed in place.
 */
import { differentiable } from "../../autograd/graph.js";
import { run, strided } from "../../kernels/run.js";
import { isDense, type Shape, type Strides } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { zeros } from "../create/create.js";
import { indexAdd } from "../index/indexing.js";
import { sumTo } from "../reduce/reduce.js";
import { positions } from "./strided.js";
import { dense, denseCopy, reshape } from "./views.js";

/** The positions of the elements of a view in a block of memory that contains those of its base. */
export interface Window {
  readonly base: Shape;
  /** Null if the elements of the base, in order, are all of this memory. */
  readonly baseStrides: Strides | null;
  readonly baseStart: number;
  readonly shape: Shape;
  readonly strides: Strides;
  readonly start: number;
  /** Number of elements from the first to the last element of base or view. */
  readonly length: number;
}

/** Number of elements of memory from the first to the last element of a tensor. */
const reach = (shape: Shape, strides: Strides) =>
  shape.includes(0) ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * strides[d], 1);

export function windowOf(view: Tensor, base: Tensor): Window {
  const { shape, strides } = view;
  const start = shape.includes(0) ? 0 : view.offset - base.offset;
  const first = Math.min(0, start);
  const length = Math.max(reach(base.shape, base.strides), start + reach(shape, strides)) - first;
  const plain = length === base.numel && isDense(base.shape, base.strides);
  return {
    ...{ base: base.shape, baseStrides: plain ? null : base.strides, baseStart: -first },
    ...{ shape, strides, start: start - first, length },
  };
}

/** Whether each element of memory belongs to at most one element of the tensor. */
export function isApart(shape: Shape, strides: Strides): boolean {
  const dims = shape.flatMap((size, d) => (size === 1 ? [] : [{ size, stride: strides[d] }]));
  if (dims.some(({ size }) => size === 0)) return true;
  let last = 0;
  for (const { size, stride } of dims.sort((a, b) => a.stride - b.stride)) {
    if (stride <= last) return false;
    last += (size - 1) * stride;
  }
  return true;
}

/** The elements that the view shows of a base with the values of `g`. */
export function shown(g: Tensor, window: Window): Tensor {
  const { shape, strides, start } = window;
  const memory = memoryOf(g, window);
  const out = denseCopy(memory.viewOf(memory.offset + start, shape, strides));
  return differentiable("view", [g], out, (gg) => [spread(gg, window)]);
}

/**
 * The adjoint of `shown`: zeros of the shape of the base, with `g` added at the elements that the view shows.
 */
export function spread(g: Tensor, window: Window): Tensor {
  const { shape, strides, start, length } = window;
  // Elements that are repeated along a stride of 0 are summed first.
  const once = shape.map((size, d) => (strides[d] === 0 ? Math.min(1, size) : size));
  let memory: Tensor;
  if (isApart(once, strides)) {
    memory = zeros([length], { dtype: g.dtype });
    put(sumTo(g.detach(), once), memory, window);
  } else memory = indexAdd(reshape(g.detach(), [g.numel]), [length], 0, positions(shape, strides, start));
  return differentiable("view", [g], fromMemory(memory, window), (gg) => [shown(gg, window)]);
}

/** `g` with zeros at the elements that the view shows. */
export function hidden(g: Tensor, window: Window): Tensor {
  const memory = window.baseStrides === null ? denseCopy(g) : memoryOf(g, window);
  const nothing = constant(0, g.dtype);
  const { shape } = window;
  put(
    nothing.viewOf(
      nothing.offset,
      shape,
      shape.map(() => 0),
    ),
    memory,
    window,
  );
  return differentiable("view", [g], fromMemory(memory, window), (gg) => [hidden(gg, window)]);
}

function put(x: Tensor, memory: Tensor, window: Window): void {
  if (x.shape.includes(0)) return;
  run.copy(x.shape, x, strided(memory, window.strides, memory.offset + window.start));
}

/** The values of `g`, in the memory layout of the base. */
function memoryOf(g: Tensor, { baseStrides, baseStart, length }: Window): Tensor {
  if (baseStrides === null) return dense(g);
  const memory = zeros([length], { dtype: g.dtype });
  run.copy(g.shape, g, strided(memory, baseStrides, memory.offset + baseStart));
  return memory;
}

/** The reverse of `memoryOf`. */
function fromMemory(memory: Tensor, { base, baseStrides, baseStart }: Window): Tensor {
  if (baseStrides === null) return reshape(memory, base);
  return denseCopy(memory.viewOf(memory.offset + baseStart, base, baseStrides));
}
