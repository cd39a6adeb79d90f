import { checkTensors } from "../../arguments.js";
import { arrayTypes, type Data, type DType, dtypeOf, isFloating } from "../../dtype.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { type Dense, run, strided } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { defaultGenerator, drawnState, type Generator } from "../../random.js";
import { isOptions, isTensor } from "../../recognize.js";
import { checkShape, numel, type Shape } from "../../shape.js";
import { checkRoom, roomFor } from "../../tensor/room.js";
import { empty, fromData, type NestedArray, type Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { constant } from "./constant.js";

/** Options of functions that make tensors. */
export interface TensorOptions {
  /** Default: `float32`, or the dtype of the data (a Float64Array is `float64`, booleans are `bool`). */
  dtype?: DType;
  /** Whether gradients accumulate in its `grad`. Default false. */
  requiresGrad?: boolean;
}

/** The option of functions that draw random numbers. */
export interface GeneratorOptions {
  /** The source of the random numbers. Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
}

/** Options of functions that make tensors of random numbers. */
export interface RandomOptions extends TensorOptions, GeneratorOptions {}

const tensorOptions = ["dtype", "requiresGrad"];
const dataOptions = [...tensorOptions, "shape"];
const randomOptions = [...tensorOptions, "generator"];
/** @internal */
export const generatorOptions = ["generator"];

function finish(op: string, x: Tensor, options: TensorOptions | undefined, known = tensorOptions): Tensor {
  checkOptions(op, options, known);
  if (options?.requiresGrad) x.requiresGrad = true;
  return x;
}

/**
 * A tensor from nested arrays (copied) or from a typed array, which it shares unless the dtype differs.
 *
 * `tensor([[1, 2], [3, 4]])`, `tensor(3)`, `tensor(new Float32Array(6), { shape: [2, 3] })` PyTorch:
 * `torch.tensor`.
 * @throws ShapeError when nested arrays are ragged or the shape does not hold the data; ValueError
 * `VALUE_OUT_OF_RANGE` for values that an integer dtype does not hold: NaN, fractions, 300 for `uint8`.
 * @forms tensor()
 */
export function tensor(values: NestedArray | Data, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  checkOptions("tensor", options, dataOptions);
  if (ArrayBuffer.isView(values)) {
    const data = values as Data;
    if (
      !(["Float32Array", "Float64Array", "Int32Array", "Uint8Array"] as string[]).includes(
        data.constructor.name,
      )
    )
      throw new ValueError(
        `tensor: typed arrays are Float32Array, Float64Array, Int32Array or Uint8Array: ${data.constructor.name}`,
      );
    const shape = options.shape ?? [data.length];
    checkShape("tensor", shape);
    const from = dtypeOf(data);
    const dtype = options.dtype ?? from;
    const out = fromData(dtype === from ? data : converted(data, dtype), shape, dtype);
    if (dtype !== from) checkIntegers("tensor", out, data);
    return finish("tensor", out, options, dataOptions);
  }
  const shape: number[] = [];
  for (let level: NestedArray = values as NestedArray; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  // Room for all elements, if the arrays are not ragged. A JavaScript array must not grow with the data.
  const flat = roomFor("tensor", "float64", numel(shape));
  let given = 0;
  let booleans = true;
  const walk = (value: NestedArray, depth: number): void => {
    if (Array.isArray(value)) {
      if (depth >= shape.length || value.length !== shape[depth])
        throw new ShapeError(
          `tensor: nested arrays are ragged: ${value.length} items at depth ${depth}, expected ${depth < shape.length ? shape[depth] : "a number"}`,
        );
      for (const item of value) walk(item, depth + 1);
    } else {
      if (depth !== shape.length)
        throw new ShapeError(
          `tensor: nested arrays are ragged: ${quoted(value)} at depth ${depth}, expected an array`,
        );
      if (typeof value !== "number" && typeof value !== "boolean")
        throw new ValueError(`tensor: elements are numbers or booleans: ${quoted(value)}`);
      if (typeof value === "number") booleans = false;
      flat[given++] = Number(value);
    }
  };
  walk(values as NestedArray, 0);
  const to = options.shape ?? shape;
  checkShape("tensor", to);
  const dtype = options.dtype ?? (booleans && flat.length > 0 ? "bool" : "float32");
  if (numel(to) !== flat.length)
    throw new ShapeError(`tensor: ${flat.length} values do not fill [${to.join(", ")}]`);
  return finish("tensor", holding("tensor", to, dtype, flat), options, dataOptions);
}

/**
 * A tensor of these values; `bool` is `v != 0`. In a trace the values are constants, and each replay gets a
 * copy.
 */
function holding(op: string, shape: Shape, dtype: DType | undefined, values: ArrayLike<number>): Tensor {
  // It has its own array, not part of a slab, because traces are compared by comparing arrays.
  const own = () => fromData(new arrayTypes[dtype ?? "float32"](numel(shape)), shape, dtype ?? "float32");
  const out = tracing === null ? empty([...shape], dtype) : own();
  const { array } = out.storage;
  for (let i = 0; i < values.length; i++)
    array[out.offset + i] = out.dtype === "bool" ? Number(values[i] !== 0) : values[i];
  checkIntegers(op, out, values);
  if (tracing === null) return out;
  const copy = empty(out.shape, out.dtype);
  run.copy(out.shape, out, copy);
  return copy;
}

const integerRanges: Partial<Record<DType, string>> = {
  int32: "int32 holds integers from -2147483648 to 2147483647",
  uint8: "uint8 holds integers from 0 to 255",
};

/**
 * A label of 1.5, 3e9 or NaN must not silently become another label: throws unless `x` holds the `given`
 * values.
 */
function checkIntegers(op: string, x: Tensor, given: ArrayLike<number>): void {
  const range = integerRanges[x.dtype];
  if (range === undefined) return;
  const { array } = x.storage;
  for (let i = 0; i < given.length; i++)
    if (array[x.offset + i] !== given[i])
      throw new ValueError(
        `${op}: ${range}: ${given[i]} at position ${i}; to("${x.dtype}") drops fractions`,
        "VALUE_OUT_OF_RANGE",
      );
}

/**
 * @internal A number that is written to elements of `dtype`. Fractions are dropped, as in PyTorch.
 * @throws ValueError `VALUE_OUT_OF_RANGE` for a number that does not fit.
 */
export function filler(op: string, value: number, dtype: DType): number {
  const range = integerRanges[dtype];
  if (range === undefined) return value;
  const whole = Math.trunc(value) + 0; // no -0
  if (arrayTypes[dtype].of(whole)[0] !== whole)
    throw new ValueError(`${op}: ${range}: ${value}`, "VALUE_OUT_OF_RANGE");
  return whole;
}

/** The values in an array of another dtype; `bool` is `v != 0`. */
function converted(data: Data, dtype: DType): Data {
  if (dtype !== "bool") return new arrayTypes[dtype](data);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = Number(data[i] !== 0);
  return out;
}

/**
 * A tensor of `shape` whose elements are all `value`. Default dtype: `float32`; `bool` for a boolean.
 * PyTorch: `torch.full`.
 * @example full([2, 2], 7) // [[7, 7], [7, 7]]
 * @throws ValueError for a value that is neither a number nor a boolean.
 * @forms full()
 */
export function full(shape: Shape, value: number | boolean, options?: TensorOptions): Tensor {
  checkOptions("full", options, tensorOptions);
  return filled("full", shape, value, typeof value === "boolean" ? { dtype: "bool", ...options } : options);
}

/**
 * @internal Options of a tensor made like `x`: they are checked before they are spread. @throws DTypeError
 * `NOT_A_TENSOR`
 */
export function optionsLike(op: string, x: Tensor, options: TensorOptions | undefined): TensorOptions {
  checkTensors(op, x);
  checkOptions(op, options, tensorOptions);
  return { ...options, dtype: options?.dtype ?? x.dtype };
}

/** @internal `full`, called `op` in errors. */
export function filled(op: string, shape: Shape, given: number | boolean, options?: TensorOptions): Tensor {
  checkOptions(op, options, tensorOptions);
  checkShape(op, shape);
  if (typeof given !== "number" && typeof given !== "boolean")
    throw new ValueError(`${op}: the value is a number or a boolean: ${quoted(given)}`);
  const out = empty([...shape], options?.dtype);
  const value = out.dtype === "bool" ? Number(Boolean(given)) : Number(given);
  run.fill(value, out.numel, out);
  const held = arrayTypes[out.dtype].of(value);
  if (out.numel > 0) checkIntegers(op, fromData(held, [1], out.dtype), [value]);
  return finish(op, out, options);
}

/**
 * A tensor of zeros: `zeros([2, 3])`. Any shape. PyTorch: `torch.zeros`.
 * @throws ShapeError `INVALID_SHAPE` for sizes that are not integers of 0 or more.
 * @forms zeros()
 */
export function zeros(shape: Shape, options?: TensorOptions): Tensor {
  return filled("zeros", shape, 0, options);
}

/**
 * A tensor of ones: `ones([2, 3])`. Any shape. PyTorch: `torch.ones`.
 * @throws ShapeError `INVALID_SHAPE` for sizes that are not integers of 0 or more.
 * @forms ones()
 */
export function ones(shape: Shape, options?: TensorOptions): Tensor {
  return filled("ones", shape, 1, options);
}

/**
 * A tensor of zeros with the shape and dtype of `x`. PyTorch: `torch.zeros_like`.
 * @example zerosLike(tensor([3, 4])) // [0, 0]
 * @throws DTypeError `NOT_A_TENSOR` if `x` is not a tensor.
 * @forms zerosLike()
 */
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor {
  const like = optionsLike("zerosLike", x, options);
  return filled("zerosLike", x.shape, 0, like);
}

/**
 * A tensor of ones with the shape and dtype of `x`. PyTorch: `torch.ones_like`.
 * @example onesLike(tensor([3, 4])) // [1, 1]
 * @throws DTypeError `NOT_A_TENSOR` if `x` is not a tensor.
 * @forms onesLike()
 */
export function onesLike(x: Tensor, options?: TensorOptions): Tensor {
  const like = optionsLike("onesLike", x, options);
  return filled("onesLike", x.shape, 1, like);
}

/**
 * A matrix with ones on its diagonal: `eye(n)` is [n, n], `eye(n, m)` is [n, m]. Without `m` it is n.
 * PyTorch: `torch.eye`.
 * @throws ShapeError `INVALID_SHAPE` for sizes that are not integers of 0 or more.
 * @forms eye()
 */
export function eye(n: number, m?: number | TensorOptions, given?: TensorOptions): Tensor {
  const [columns, options] = typeof m === "number" ? [m, given] : [n, m ?? given];
  checkShape("eye", [n, columns]);
  const out = zeros([n, columns], { dtype: options?.dtype });
  const one = constant(1, out.dtype);
  const length = Math.min(n, columns);
  run.copy([length], strided(one, [0]), strided(out, [columns + 1]));
  return finish("eye", out, options);
}

/**
 * A number, or a tensor with one element. The value of the tensor is read, so inside `compile` a tensor is an
 * error.
 */
export type Bound = number | Tensor;

/** Bounds as numbers; for integer dtypes, fractions are dropped before any computation. */
function bounds(op: string, dtype: DType | undefined, given: readonly Bound[]): number[] {
  return given.map((bound) => {
    const value = isTensor(bound) ? bound.item() : bound;
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new ValueError(`${op}: start and end are finite numbers: ${quoted(value)}`);
    return dtype === undefined || isFloating(dtype) ? value : Math.trunc(value);
  });
}

/**
 * `steps` values from start to end, each computed from the nearer end; for integer dtypes, fractions are
 * dropped.
 */
function spaced(
  op: string,
  ends: readonly Bound[],
  steps: number,
  options: TensorOptions | undefined,
  f: (v: number) => number,
) {
  checkShape(op, [steps]);
  const dtype = options?.dtype;
  const [start, end] = bounds(op, dtype, ends);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  checkRoom(op, dtype ?? "float32", steps);
  const values = roomFor(op, "float64", steps);
  for (let i = 0; i < steps; i++)
    values[i] = f(i < steps / 2 ? start + step * i : end - step * (steps - 1 - i));
  const whole = dtype !== undefined && !isFloating(dtype) && dtype !== "bool";
  return finish(op, holding(op, [steps], dtype, whole ? values.map(Math.trunc) : values), options);
}

/**
 * A vector of start, start + step, … below `end`: `arange(end)`, `arange(start, end)` or
 * `arange(start, end, step)`. Default dtype `float32`, because JavaScript's numbers do not say whether they
 * are integers; say `{ dtype: "int32" }` for indices. Of integer dtypes the numbers lose their fractions
 * first. `start` is 0 and `step` 1 by default. PyTorch: `torch.arange`.
 * @throws ValueError for a step of 0, and a step that does not lead from `start` to `end`.
 * @forms arange()
 */
export function arange(...args: [...(number | boolean)[], TensorOptions] | (number | boolean)[]): Tensor {
  // As everywhere in JavaScript, a trailing undefined counts as a missing argument.
  const given = args.slice(0, args.findLastIndex((v) => v !== undefined) + 1);
  const options = isOptions(given.at(-1)) ? (given.pop() as TensorOptions) : undefined;
  checkOptions("arange", options, tensorOptions);
  for (const v of given)
    if (typeof v !== "number" && typeof v !== "boolean")
      throw new ValueError(`arange: start, end and step are numbers, and options come last: ${quoted(v)}`);
  const whole = options?.dtype === "int32" || options?.dtype === "uint8";
  const numbers = given.map((v) => (whole ? Math.trunc(Number(v)) : Number(v)));
  const [start, end, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  if (![start, end, step].every(Number.isFinite) || step === 0)
    throw new ValueError(`arange: start, end and a step other than 0: ${numbers.join(", ")}`);
  if ((end - start) / step < 0)
    throw new ValueError(
      `arange: a step leads from start to end: ${quoted(start)}, ${quoted(end)}, ${quoted(step)}`,
    );
  const n = Math.max(0, Math.ceil((end - start) / step)); // 0 over -1 is -0
  checkRoom("arange", options?.dtype ?? "float32", n);
  const values = roomFor("arange", "float64", n);
  for (let i = 0; i < n; i++) values[i] = start + i * step;
  return finish("arange", holding("arange", [n], options?.dtype, values), options);
}

/**
 * A vector of `steps` evenly spaced values from `start` to `end`, both included. PyTorch: `torch.linspace`.
 * @example linspace(0, 1, 5) // [0, 0.25, 0.5, 0.75, 1]
 * @forms linspace()
 */
export function linspace(start: Bound, end: Bound, steps: number, options?: TensorOptions): Tensor {
  return spaced("linspace", [start, end], steps, options, (v) => v);
}

/** Options of `logspace`. */
export interface LogspaceOptions extends TensorOptions {
  /** Default 10. */
  base?: number;
}

/**
 * A vector of powers of `base` whose `steps` exponents are evenly spaced from `start` to `end`:
 * `logspace(0, 3, 4)`. `base` is 10 by default. PyTorch: `torch.logspace`.
 * @forms logspace()
 */
export function logspace(
  start: Bound,
  end: Bound,
  steps: number,
  base?: number | LogspaceOptions,
  given?: LogspaceOptions,
): Tensor {
  const { base: b = 10, ...options } = byPositionOrName("logspace", [base, given], ["base"], tensorOptions);
  return spaced("logspace", [start, end], steps, options, (v) => (b as number) ** v);
}

function random(
  kind: "uniform" | "normal",
  p: number,
  q: number,
  shape: Shape,
  options?: RandomOptions,
): Tensor {
  const op = kind === "uniform" ? "rand" : "randn";
  checkOptions(op, options, randomOptions);
  checkShape(op, shape);
  if (options?.dtype !== undefined && !isFloating(options.dtype))
    throw new DTypeError(`${op}: random numbers are floats: ${options.dtype}`);
  const out = empty([...shape], options?.dtype);
  fillRandom(out, kind, p, q, options?.generator);
  return finish(op, out, options, randomOptions);
}

/** @internal The state of a generator as an operand of a kernel. */
export const stateOf = (generator: Generator): Dense => ({ array: drawnState(generator), offset: 0 });

/** @internal Overwrites a dense tensor with random numbers. */
export function fillRandom(
  out: Tensor,
  kind: "uniform" | "normal" | "dropout",
  p: number,
  q: number,
  generator: Generator = defaultGenerator,
): void {
  run.random(kind, p, q, out.numel, stateOf(generator), out);
}

/**
 * A tensor of `shape` with random numbers from the uniform distribution on [0, 1). PyTorch: `torch.rand`.
 * @example rand([2, 3]).shape // [2, 3]
 * @throws DTypeError for a dtype that is not a float.
 * @forms rand()
 */
export function rand(shape: Shape, options?: RandomOptions): Tensor {
  return random("uniform", 0, 1, shape, options);
}

/**
 * A tensor of `shape` with random numbers from the normal distribution with mean 0 and variance 1. PyTorch:
 * `torch.randn`.
 * @example randn([2, 3]).shape // [2, 3]
 * @throws DTypeError for a dtype that is not a float.
 * @forms randn()
 */
export function randn(shape: Shape, options?: RandomOptions): Tensor {
  return random("normal", 0, 1, shape, options);
}

/**
 * A random permutation of 0 … n-1. Default dtype `int32`. A vector of n. PyTorch: `torch.randperm`.
 * @example randperm(5).sum() // 10
 * @throws ValueError `VALUE_OUT_OF_RANGE` if the dtype does not hold n numbers.
 * @forms randperm()
 */
export function randperm(n: number, options?: RandomOptions): Tensor {
  checkOptions("randperm", options, randomOptions);
  checkShape("randperm", [n]);
  const { dtype = "int32" } = options ?? {};
  const limit = dtype === "uint8" ? 256 : dtype === "bool" ? 2 : Infinity;
  if (n > limit)
    throw new ValueError(`randperm: ${dtype} does not hold ${quoted(n)} numbers`, "VALUE_OUT_OF_RANGE");
  const out = empty([n], "int32");
  run.permutation(n, stateOf(options?.generator ?? defaultGenerator), out);
  if (dtype === "int32") return finish("randperm", out, options, randomOptions);
  const converted = empty([n], dtype);
  run.copy([n], out, converted);
  return finish("randperm", converted, options, randomOptions);
}
