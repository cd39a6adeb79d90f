import { type DifferentiableOptions, differentiable, type GradTargets } from "../../autograd/graph.js";
import { run } from "../../kernels/run.js";
import { isDense } from "../../shape.js";
import { inside } from "../../tensor/reuse.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { dense } from "../shape/views.js";

/*
 * Normalisations as one kernel forward and one backward, without argument checks. Their arguments are floats
 * of one dtype. `composed` computes the same from differentiable operations.
 */

export interface Affine {
  weight: Tensor | null;
  bias: Tensor | null;
}

/** @internal No weight and no bias. */
export const unaffine: Affine = { weight: null, bias: null };

/** Running statistics, where there are any, and how the batch moves them. */
export interface Running {
  mean: Tensor | null;
  variance: Tensor | null;
  /** The number of batches so far. It is incremented. */
  count: Tensor | null;
  /** Null: 1 / count. */
  momentum: number | null;
}

/** Whether kernels may take all of these together: floats of the dtype of `x`. */
export const ofOneDtype = (x: Tensor, ...others: readonly (Tensor | null)[]): boolean =>
  others.every((given) => given === null || given.dtype === x.dtype);

/** Whether a kernel may move these running statistics of `x` in place. */
export const movable = (x: Tensor, running: Tensor | null): boolean =>
  running === null ||
  (running.dtype === x.dtype &&
    !running.requiresGrad &&
    isDense(running.shape, running.strides) &&
    !running.storage.overlaps(x.storage));

/** Where the gradient of a weight or bias goes; nothing if it needs none. */
function destination(given: Tensor | null, index: number, to: GradTargets) {
  if (given === null || !to.needs(index)) return { out: null, add: 0, leaf: false };
  const into = to.into(index);
  return {
    out: into?.out ?? empty(given.shape, given.dtype),
    add: into?.accumulate ? 1 : 0,
    leaf: into !== null,
  };
}

/** Calls the kernel of a gradient: `backward` gets the memory of each gradient. */
type Backward = (
  g: Tensor,
  addWeight: number,
  addBias: number,
  gx: Tensor | null,
  gWeight: Tensor | null,
  gBias: Tensor | null,
) => void;

/** Records `out` as the result of a normalisation of `x`. */
function recorded(
  op: string,
  x: Tensor,
  { weight, bias }: Affine,
  out: Tensor,
  options: DifferentiableOptions,
  backward: Backward,
): Tensor {
  const inputs = [x, weight, bias].filter((given) => given !== null);
  const rule = (given: Tensor, to: GradTargets) => {
    const gx = to.needs(0) ? empty(x.shape, x.dtype) : null;
    const gWeight = destination(weight, 1, to);
    const gBias = destination(bias, inputs.length - 1, to);
    backward(dense(given), gWeight.add, gBias.add, gx, gWeight.out, gBias.out);
    for (const { out, leaf } of [gWeight, gBias]) if (leaf) out!.storage.changed();
    return [gx, ...(weight === null ? [] : [gWeight.out]), ...(bias === null ? [] : [gBias.out])];
  };
  return differentiable(op, inputs, out, rule, options);
}

const denseOrNull = (x: Tensor | null) => (x === null ? null : dense(x));
const given = (...tensors: readonly (Tensor | null)[]) => tensors.filter((x) => x !== null);

/**
 * Normalizes each group of each sample of `x`, whose sizes are those of the kernel `normalize`. Returns the
 * statistics too, one for each group of each sample; without `centered` there is no mean, and the variance is
 * the mean of squares.
 */
export function normalizedGroups(
  op: string,
  x: Tensor,
  sizes: readonly [samples: number, groups: number, channels: number, inner: number],
  affine: Affine,
  { eps, centered = true }: { eps: number; centered?: boolean },
  composed: () => Tensor,
): { y: Tensor; mean: Tensor | null; variance: Tensor } {
  const from = inside(() => dense(x));
  const [weight, bias] = [denseOrNull(affine.weight), denseOrNull(affine.bias)];
  const rows = [sizes[0] * sizes[1]];
  const mean = centered ? empty(rows, x.dtype) : null;
  const variance = empty(rows, x.dtype);
  const out = empty(x.shape, x.dtype);
  run.normalize(...sizes, eps, from, weight, bias, out, mean, variance);
  const options = { saves: given(from, weight), composed };
  const y = recorded(op, x, affine, out, options, (g, addWeight, addBias, ...gradients) => {
    run.normalizeGrad(...sizes, eps, from, weight, mean, variance, g, addWeight, addBias, ...gradients);
  });
  return { y, mean, variance };
}

/** The sizes of `x` [N, C, …] for the kernels of batch normalisation. */
const batchSizes = (x: Tensor) => {
  const [samples, channels] = x.shape;
  return [samples, channels, x.numel / (samples * channels)] as const;
};

/**
 * Normalizes each channel of `x`, which has elements, by the statistics of the batch. Returns them too.
 */
export function normalizedBatch(
  x: Tensor,
  affine: Affine,
  eps: number,
  running: Running,
  composed: () => Tensor,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const sizes = batchSizes(x);
  const from = inside(() => dense(x));
  const [weight, bias] = [denseOrNull(affine.weight), denseOrNull(affine.bias)];
  const [mean, variance] = [empty([sizes[1]], x.dtype), empty([sizes[1]], x.dtype)];
  const out = empty(x.shape, x.dtype);
  run.batchNorm(
    ...([...sizes, eps, from, weight, bias] as const),
    ...([running.momentum ?? 0, running.momentum === null ? 1 : 0] as const),
    ...([running.mean, running.variance, running.count, out, mean, variance] as const),
  );
  for (const moved of given(running.mean, running.variance, running.count)) moved.storage.changed();
  const options = { saves: given(from, weight), composed };
  const y = recorded("batchNorm", x, affine, out, options, (g, addWeight, addBias, ...gradients) => {
    const head = [...sizes, eps, from, weight, 1, mean, variance] as const;
    run.batchNormGrad(...head, g, addWeight, addBias, ...gradients);
  });
  return { y, mean, variance };
}

/** Normalizes each channel of `x`, which has elements, by given statistics that need no gradient. */
export function normalizedBy(
  x: Tensor,
  affine: Affine,
  eps: number,
  statistics: { mean: Tensor; variance: Tensor },
  composed: () => Tensor,
): Tensor {
  const sizes = batchSizes(x);
  const from = inside(() => dense(x));
  const [weight, bias] = [denseOrNull(affine.weight), denseOrNull(affine.bias)];
  const [mean, variance] = [dense(statistics.mean), dense(statistics.variance)];
  const out = empty(x.shape, x.dtype);
  run.batchNormEval(...sizes, eps, from, weight, bias, mean, variance, out);
  const options = { saves: given(from, weight, mean, variance), composed };
  return recorded("batchNorm", x, affine, out, options, (g, addWeight, addBias, ...gradients) => {
    const head = [...sizes, eps, from, weight, 0, mean, variance] as const;
    run.batchNormGrad(...head, g, addWeight, addBias, ...gradients);
  });
}
