import { checkNumbers, checkOperands, checkTensors } from "../../arguments.js";
import { type BackwardRule, differentiable } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run, strided } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, broadcastStrides, isDense, sameShape } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { filler, fillRandom, type GeneratorOptions, generatorOptions, zerosLike } from "../create/create.js";
import { binary, type Operand } from "../elementwise/elementwise.js";
import { sumTo } from "../reduce/reduce.js";
import { clone, to } from "../shape/views.js";
import { follow, isNoted } from "./history.js";

/*
 * Operations that write to `x`. Each increments the version of the storage. For their effect on the graph,
 * see history.ts.
 */

/**
 * @internal Whether a change of `x` by `others` must be recorded in the graph. @throws if the change is not
 * allowed.
 */
export function writable(op: string, x: Tensor, ...others: Tensor[]): boolean {
  if (x.strides.some((stride, d) => stride === 0 && x.shape[d] > 1) && x.numel > 0)
    throw new ShapeError(
      `${op}: elements of an expanded view share memory, so they cannot be written: ${formatShape(x.shape)}; use clone()`,
      "SHARED_ELEMENTS",
    );
  return isNoted(op, x, others);
}

/**
 * @internal `y` for an operation on `x` whose backward reads `y`: a copy if changing `x` would change `y`.
 */
export const apart = (x: Tensor, y: Tensor): Tensor => (x.storage.overlaps(y.storage) ? clone(y) : y);

/**
 * @internal Writes `value`, which has the shape of `x`, after conversion, and gives `x` the history of
 * `value`.
 */
export function become(op: string, x: Tensor, value: Tensor): Tensor {
  const fitting = to(value, x.dtype);
  run.copy(x.shape, fitting, x);
  x.storage.changed();
  follow(op, x, fitting);
  return x;
}

/**
 * Copies `y`, broadcast and converted, into `x`, and returns `x`. PyTorch: `Tensor.copy_`.
 * @forms x.copy_()
 */
export function copy_(x: Tensor, y: Tensor): Tensor {
  checkTensors("copy_", x, y);
  const noted = writable("copy_", x, y);
  if (!sameShape(broadcastShapes("copy_", x.shape, y.shape), x.shape))
    throw new ShapeError(
      `copy_: shapes do not broadcast: ${formatShape(y.shape)} into ${formatShape(x.shape)}`,
    );
  let from = y;
  if (x.storage.overlaps(y.storage)) {
    // Source and target may overlap, so a copy of the source is used.
    from = empty(y.shape, y.dtype);
    run.copy(y.shape, y, from);
  }
  const fs = broadcastStrides(from.shape, from.strides, x.shape);
  if (x.dtype === "bool" && from.dtype !== "bool")
    throw new DTypeError(`copy_: only bool goes into bool: ${from.dtype}; use ne(0)`);
  run.copy(x.shape, strided(from, fs), x);
  x.storage.changed();
  if (noted) {
    const rule: BackwardRule = (g, inputs) => [
      inputs.needs(0) ? zerosLike(g) : null,
      inputs.needs(1) ? sumTo(to(g, y.dtype), y.shape) : null,
    ];
    follow("copy_", x, differentiable("copy_", [x, y], x.detach(), rule));
  }
  return x;
}

/**
 * Sets every element of `x` to `value`, converted as `to` converts, and returns `x`. PyTorch: `Tensor.fill_`.
 * @forms x.fill_()
 */
export function fill_(x: Tensor, value: number | boolean): Tensor {
  checkTensors("fill_", x);
  if (typeof value !== "boolean") checkNumbers("fill_", { value });
  const noted = writable("fill_", x);
  value = x.dtype === "bool" ? Number(Boolean(value)) : filler("fill_", Number(value), x.dtype);
  if (isDense(x.shape, x.strides)) run.fill(value, x.numel, x);
  else {
    const source = constant(value, x.dtype);
    const none = x.shape.map(() => 0);
    run.copy(x.shape, strided(source, none), x);
  }
  x.storage.changed();
  if (noted) follow("fill_", x, x.detach());
  return x;
}

/**
 * Sets every element of `x` to 0 and returns `x`. PyTorch: `Tensor.zero_`.
 * @forms x.zero_()
 */
export function zero_(x: Tensor): Tensor {
  checkTensors("zero_", x);
  return fill_(x, 0);
}

type BinaryInPlace = "add" | "sub" | "mul" | "div";

/** x = op(x, y). The result has the shape and dtype of `x`. */
export function binary_(op: BinaryInPlace, x: Tensor, y: Operand): Tensor {
  checkOperands(`${op}_`, y);
  const others = typeof y === "object" ? [y] : [];
  const noted = writable(`${op}_`, x, ...others);
  const sameKind = typeof y === "object" && y.dtype === x.dtype;
  if (!noted && sameKind && isDense(x.shape, x.strides) && op !== "div" && !overlaps(x, y)) {
    if (!sameShape(broadcastShapes(`${op}_`, x.shape, y.shape), x.shape)) throw grows(op, x, y);
    const ys = broadcastStrides(y.shape, y.strides, x.shape);
    run.binary(op, x.shape, x, strided(y, ys), x);
    x.storage.changed();
    return x;
  }
  const result = noted ? inGraph(op, x, y) : binary[op](x.detach(), typeof y === "object" ? y.detach() : y);
  if (!sameShape(result.shape, x.shape)) throw grows(op, x, result);
  if (
    result.dtype !== x.dtype &&
    (x.dtype === "bool" || !result.dtype.startsWith("float") || !x.dtype.startsWith("float"))
  )
    throw new DTypeError(`${op}_: the result does not fit the dtype of x: ${result.dtype} into ${x.dtype}`);
  return noted ? become(`${op}_`, x, result) : copy_(x, result);
}

/** The new value of `x` in the graph; the backward of products and quotients reads their operands. */
function inGraph(op: BinaryInPlace, x: Tensor, y: Operand): Tensor {
  if (op === "add" || op === "sub" || typeof y !== "object") return binary[op](x, y);
  return binary[op](y.requiresGrad ? clone(x) : x, apart(x, y));
}

function grows(op: string, x: Tensor, y: Tensor): ShapeError {
  return new ShapeError(
    `${op}_: the result does not fit into x: ${formatShape(y.shape)} into ${formatShape(x.shape)}`,
  );
}

/** Whether two tensors may share elements without being the same view. */
function overlaps(x: Tensor, y: Tensor): boolean {
  if (!x.storage.overlaps(y.storage)) return false;
  return !(
    x.offset === y.offset &&
    sameShape(x.shape, y.shape) &&
    x.strides.every((s, d) => s === y.strides[d])
  );
}

function random_(
  op: string,
  x: Tensor,
  kind: "uniform" | "normal",
  p: number,
  q: number,
  options?: GeneratorOptions,
): Tensor {
  checkOptions(op, options, generatorOptions);
  const noted = writable(op, x);
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: random numbers are floats: ${x.dtype}`);
  if (isDense(x.shape, x.strides)) fillRandom(x, kind, p, q, options?.generator);
  else {
    const values = empty(x.shape, x.dtype);
    fillRandom(values, kind, p, q, options?.generator);
    run.copy(x.shape, values, x);
  }
  x.storage.changed();
  if (noted) follow(op, x, x.detach());
  return x;
}

/**
 * Overwrites `x` with random numbers from the uniform distribution on [low, high). PyTorch:
 * `Tensor.uniform_`.
 * @forms x.uniform_()
 */
export function uniform_(x: Tensor, low = 0, high = 1, options?: GeneratorOptions): Tensor {
  checkTensors("uniform_", x);
  checkNumbers("uniform_", { low, high });
  if (!(low <= high))
    throw new ValueError(`uniform_: low <= high is needed: ${quoted(low)} and ${quoted(high)}`);
  return random_("uniform_", x, "uniform", low, high, options);
}

/**
 * Overwrites `x` with random numbers from the normal distribution with `mean` and `std`. PyTorch:
 * `Tensor.normal_`.
 * @forms x.normal_()
 */
export function normal_(x: Tensor, mean = 0, std = 1, options?: GeneratorOptions): Tensor {
  checkTensors("normal_", x);
  checkNumbers("normal_", { mean, std });
  if (!(std >= 0)) throw new ValueError(`normal_: the standard deviation is >= 0: ${quoted(std)}`);
  return random_("normal_", x, "normal", mean, std, options);
}
