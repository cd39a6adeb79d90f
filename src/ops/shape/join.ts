import { checkTensorList } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { promote } from "../../dtype.js";
import { formatShape, ShapeError } from "../../errors.js";
import { run, strided } from "../../kernels/run.js";
import { dimOf, type OrNamed } from "../../options.js";
import { resolveDim } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { narrow, to, unsqueeze } from "./views.js";

/**
 * The tensors joined one after another along `dim`; their other dims must agree. A vector without elements
 * goes with any shape, as it does in PyTorch. The dim is 0 by default. PyTorch: `torch.cat`, `torch.concat`,
 * `torch.concatenate`.
 * @example cat([tensor([1, 2]), tensor([3])]) // [1, 2, 3]
 * @throws ShapeError without a tensor, and for shapes that differ outside `dim`.
 * @forms cat(), concat(), concatenate()
 */
export function cat(tensors: readonly Tensor[], dim: OrNamed<number> = 0): Tensor {
  checkTensorList("cat", tensors);
  return joined("cat", tensors, dimOf("cat", dim));
}

const isNothing = (x: Tensor) => x.ndim === 1 && x.shape[0] === 0;

/** @internal `cat` under another name. */
export function joined(op: string, tensors: readonly Tensor[], dim: number): Tensor {
  const first = tensors.find((x) => !isNothing(x)) ?? tensors[0];
  if (first === undefined) throw new ShapeError(`${op}: at least one tensor is needed: got none`);
  const d = isNothing(first) ? 0 : resolveDim(op, dim, first.ndim);
  for (const x of tensors)
    if (
      !isNothing(x) &&
      (x.ndim !== first.ndim || x.shape.some((size, i) => i !== d && size !== first.shape[i]))
    )
      throw new ShapeError(
        `${op}: shapes differ outside dim ${d}: ${formatShape(first.shape)} and ${formatShape(x.shape)}`,
      );
  const dtype = tensors.map((x) => x.dtype).reduce(promote);
  const parts = tensors.map((x) => to(x, dtype));
  const lengths = parts.map((x) => (isNothing(x) ? 0 : x.shape[d]));
  const total = lengths.reduce((n, length) => n + length, 0);
  const out = empty(
    first.shape.map((size, i) => (i === d ? total : size)),
    dtype,
  );
  let start = 0;
  const starts = parts.map((x, i) => {
    const at = start;
    const offset = out.offset + at * out.strides[d];
    // After the last element there may be no memory, not even for an empty view.
    if (x.numel > 0) run.copy(x.shape, x, strided(out, out.strides, offset));
    start += lengths[i];
    return at;
  });
  const back = (g: Tensor, i: number) =>
    isNothing(parts[i]) ? zeros([0], { dtype }) : narrow(g, d, starts[i], lengths[i]);
  return differentiable(op, parts, out, (g, inputs) =>
    parts.map((_, i) => (inputs.needs(i) ? back(g, i) : null)),
  );
}

/**
 * The tensors, which have one shape, joined along a new dim. The dim is 0 by default. PyTorch: `torch.stack`.
 * @example stack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 * @throws ShapeError without a tensor, and for different shapes.
 * @forms stack()
 */
export function stack(tensors: readonly Tensor[], dim: OrNamed<number> = 0): Tensor {
  checkTensorList("stack", tensors);
  const at = dimOf("stack", dim);
  if (tensors.length === 0) throw new ShapeError("stack: at least one tensor is needed: got none");
  for (const x of tensors)
    if (x.ndim !== tensors[0].ndim || x.shape.some((size, i) => size !== tensors[0].shape[i]))
      throw new ShapeError(
        `stack: shapes differ: ${formatShape(tensors[0].shape)} and ${formatShape(x.shape)}`,
      );
  return cat(
    tensors.map((x) => unsqueeze(x, at)),
    dim,
  );
}
