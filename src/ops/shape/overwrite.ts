/** A copy in which another tensor replaces one part: PyTorch calls it a scatter of a view. */
import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { zeros } from "../create/create.js";
import { diagonal, type WhichDiagonal } from "./diagonal.js";
import { contiguous, denseCopy, select, sliceDim, to } from "./views.js";

/**
 * @internal `x` with `src` in the place of the view `part`. `part` makes a view of any dense tensor of the
 * shape of `x`.
 */
export function overwritten(op: string, x: Tensor, src: Tensor, part: (x: Tensor) => Tensor): Tensor {
  const out = denseCopy(x);
  const into = part(out);
  const source = to(src, x.dtype);
  if (!sameShape(source.shape, into.shape))
    throw new ShapeError(
      `${op}: src has the shape of the part: ${formatShape(src.shape)}, expected ${formatShape(into.shape)}`,
    );
  if (into.numel > 0) run.copy(into.shape, source, into);
  const { shape, dtype } = source;
  return differentiable(op, [x, source], out, (g, inputs) => [
    inputs.needs(0) ? overwritten(op, g, zeros(shape, { dtype }), part) : null,
    inputs.needs(1) ? part(contiguous(g)) : null,
  ]);
}

/**
 * A copy of `x` with `src` written to what `select(dim, index)` shows. Shape of `x`. PyTorch:
 * `torch.select_scatter`.
 * @throws ShapeError unless `src` has the shape of the part.
 * @forms selectScatter(), x.selectScatter()
 */
export function selectScatter(x: Tensor, src: Tensor, dim: number, index: number): Tensor {
  checkTensors("selectScatter", x, src);
  return overwritten("selectScatter", x, src, (t) => select(t, dim, index));
}

/**
 * A copy of `x` with `src` written to the positions from `start` to `end`, `step` apart, along `dim`.
 * Positions may be negative and are cut to the dim. Shape of `x`. Defaults: `dim` 0, `start` null for the
 * first, `end` null for the end, `step` 1. PyTorch: `torch.slice_scatter`.
 * @example sliceScatter(zeros([3]), tensor([5, 6]), 0, 1) // [0, 5, 6]
 * @throws ShapeError unless `src` has the shape of the part.
 * @forms sliceScatter(), x.sliceScatter()
 */
export function sliceScatter(
  x: Tensor,
  src: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  checkTensors("sliceScatter", x, src);
  const d = lineDim("sliceScatter", dim, x);
  return overwritten("sliceScatter", x, src, (t) => sliceDim(t, d, start, end, step));
}

/**
 * A copy of `x` with `src` written to what `diagonal` shows. Shape of `x`. PyTorch: `torch.diagonal_scatter`.
 * @example diagonalScatter(zeros([2, 2]), tensor([5, 6])) // [[5, 0], [0, 6]]
 * @throws ShapeError unless `src` has the shape of the diagonal.
 * @forms diagonalScatter(), x.diagonalScatter()
 */
export function diagonalScatter(x: Tensor, src: Tensor, ...args: WhichDiagonal): Tensor {
  checkTensors("diagonalScatter", x, src);
  return overwritten("diagonalScatter", x, src, (t) => diagonal(t, ...args));
}
