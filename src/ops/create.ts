import { arrayTypes, type Data, type DType, dtypeOf, isFloating } from "../dtype.js";
import { DTypeError, ShapeError, ValueError } from "../errors.js";
import { k } from "../kernels/backend.js";
import { checkOptions } from "../options.js";
import { defaultGenerator, type Generator } from "../random.js";
import { checkShape, numel, type Shape } from "../shape.js";
import { empty, fromData, type NestedArray, type Tensor } from "../tensor/tensor.js";
import { tracing, withTracing } from "../tracing.js";

export interface TensorOptions {
  /** Default: `float32`, or what the data says (a Float64Array is `float64`, booleans are `bool`). */
  dtype?: DType;
  /** Whether gradients accumulate in its `grad`. Default false. */
  requiresGrad?: boolean;
}

export interface GeneratorOptions {
  /** Where the numbers come from. Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
}

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
 * `tensor([[1, 2], [3, 4]])`, `tensor(3)`, `tensor(new Float32Array(6), { shape: [2, 3] })`
 * @throws ShapeError when nested arrays are ragged or the shape does not hold the data; ValueError `VALUE_OUT_OF_RANGE`
 * for values that an integer dtype does not hold: NaN, fractions, 300 for `uint8`.
 */
export function tensor(values: NestedArray | Data, options: TensorOptions & { shape?: Shape } = {}): Tensor {
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
  const flat: number[] = [];
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
          `tensor: nested arrays are ragged: ${String(value)} at depth ${depth}, expected an array`,
        );
      if (typeof value !== "number" && typeof value !== "boolean")
        throw new ValueError(`tensor: elements are numbers or booleans: ${String(value)}`);
      if (typeof value === "number") booleans = false;
      flat.push(Number(value));
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

/** A tensor of these values; `bool` is `v != 0`. In a trace they are constants, and each replay gets a copy. */
function holding(op: string, shape: Shape, dtype: DType | undefined, values: ArrayLike<number>): Tensor {
  // Of its own array, not of a slab: whether two traces agree is seen by comparing arrays.
  const own = () => fromData(new arrayTypes[dtype ?? "float32"](numel(shape)), shape, dtype ?? "float32");
  const out = tracing === null ? empty([...shape], dtype) : own();
  const { array } = out.storage;
  for (let i = 0; i < values.length; i++)
    array[out.offset + i] = out.dtype === "bool" ? Number(values[i] !== 0) : values[i];
  checkIntegers(op, out, values);
  if (tracing === null) return out;
  const copy = empty(out.shape, out.dtype);
  const { strides } = out;
  k.copy(out.shape, array, out.offset, strides, copy.storage.array, copy.offset, strides);
  return copy;
}

const integerRanges: Partial<Record<DType, string>> = {
  int32: "int32 holds integers from -2147483648 to 2147483647",
  uint8: "uint8 holds integers from 0 to 255",
};

/** A label of 1.5, 3e9 or NaN must not become another label in silence: `x` holds what was `given`, or it is an error. */
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

/** The values in an array of another dtype; `bool` is `v != 0`. */
function converted(data: Data, dtype: DType): Data {
  if (dtype !== "bool") return new arrayTypes[dtype](data);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = Number(data[i] !== 0);
  return out;
}

/** A tensor of `shape` whose elements are all `value`. */
export function full(shape: Shape, value: number, options?: TensorOptions): Tensor {
  return filled("full", shape, value, options);
}

function filled(op: string, shape: Shape, value: number, options?: TensorOptions): Tensor {
  checkShape(op, shape);
  const out = empty([...shape], options?.dtype);
  if (out.dtype === "bool") value = Number(value !== 0);
  k.fill(value, out.numel, out.storage.array, out.offset);
  const held = arrayTypes[out.dtype].of(value);
  if (out.numel > 0) checkIntegers(op, fromData(held, [1], out.dtype), [value]);
  return finish(op, out, options);
}

/** Zeros of `shape`: `zeros([2, 3])`. */
export function zeros(shape: Shape, options?: TensorOptions): Tensor {
  return filled("zeros", shape, 0, options);
}

/** Ones of `shape`. */
export function ones(shape: Shape, options?: TensorOptions): Tensor {
  return filled("ones", shape, 1, options);
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor {
  return filled("zerosLike", x.shape, 0, { dtype: x.dtype, ...options });
}

/** Ones of the shape and dtype of `x`. */
export function onesLike(x: Tensor, options?: TensorOptions): Tensor {
  return filled("onesLike", x.shape, 1, { dtype: x.dtype, ...options });
}

/** A matrix with ones on its diagonal. */
export function eye(n: number, options?: TensorOptions): Tensor {
  checkShape("eye", [n]);
  const out = zeros([n, n], { dtype: options?.dtype });
  const one = constant(1, out.dtype);
  k.copy([n], one.storage.array, one.offset, [0], out.storage.array, out.offset, [n + 1]);
  return finish("eye", out, options);
}

/**
 * `arange(end)`, `arange(start, end)` or `arange(start, end, step)`: start, start + step, … below `end`. Default dtype
 * `float32`; say `{ dtype: "int32" }` for indices.
 */
export function arange(...args: [...number[], TensorOptions] | number[]): Tensor {
  const options = typeof args.at(-1) === "object" ? (args.pop() as TensorOptions) : undefined;
  const [start, end, step = 1] = args.length === 1 ? [0, args[0] as number] : (args as number[]);
  if (![start, end, step].every(Number.isFinite) || step === 0)
    throw new ValueError(`arange: start, end and a step other than 0: ${args.join(", ")}`);
  const n = Math.max(0, Math.ceil((end - start) / step));
  const values = Float64Array.from({ length: n }, (_, i) => start + i * step);
  return finish("arange", holding("arange", [n], options?.dtype, values), options);
}

/** `steps` evenly spaced values from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options?: TensorOptions): Tensor {
  checkShape("linspace", [steps]);
  const valueAt = (i: number) => (steps === 1 ? start : start + ((end - start) * i) / (steps - 1));
  const values = Float64Array.from({ length: steps }, (_, i) => valueAt(i));
  return finish("linspace", holding("linspace", [steps], options?.dtype, values), options);
}

function random(
  kind: "uniform" | "normal",
  p: number,
  q: number,
  shape: Shape,
  options?: RandomOptions,
): Tensor {
  const op = kind === "uniform" ? "rand" : "randn";
  checkShape(op, shape);
  if (options?.dtype !== undefined && !isFloating(options.dtype))
    throw new DTypeError(`${op}: random numbers are floats: ${options.dtype}`);
  const out = empty([...shape], options?.dtype);
  fillRandom(out, kind, p, q, options?.generator);
  return finish(op, out, options, randomOptions);
}

/** @internal Overwrites a dense tensor with random numbers. */
export function fillRandom(
  out: Tensor,
  kind: "uniform" | "normal" | "dropout",
  p: number,
  q: number,
  generator: Generator = defaultGenerator,
): void {
  k.random(kind, p, q, out.numel, generator.state, 0, out.storage.array as Float32Array, out.offset);
}

/** Uniform on [0, 1). */
export function rand(shape: Shape, options?: RandomOptions): Tensor {
  return random("uniform", 0, 1, shape, options);
}

/** Normal with mean 0 and variance 1. */
export function randn(shape: Shape, options?: RandomOptions): Tensor {
  return random("normal", 0, 1, shape, options);
}

/** A random permutation of 0 … n-1, as `int32`. */
export function randperm(n: number, options?: GeneratorOptions): Tensor {
  checkOptions("randperm", options, generatorOptions);
  checkShape("randperm", [n]);
  const out = empty([n], "int32");
  k.permutation(
    n,
    (options?.generator ?? defaultGenerator).state,
    0,
    out.storage.array as Int32Array,
    out.offset,
  );
  return out;
}

/**
 * Scalars met in arithmetic (`x.mul(0.5)`): made once, then found again. Their memory is never written.
 */
const constants = new Map<string, Tensor>();

/** @internal The constant `value` as a tensor without dims. Must not be changed. */
export function constant(value: number, dtype: DType): Tensor {
  const key = dtype + (Object.is(value, -0) ? "-0" : value);
  let x = constants.get(key);
  if (x === undefined) {
    // Not between two traces of one function, which must find the same ones.
    if (constants.size >= 512 && tracing === null) constants.clear();
    x = withTracing(null, () => empty([], dtype));
    x.storage.array[x.offset] = dtype === "bool" ? Number(value !== 0) : value;
    constants.set(key, x);
  }
  return x;
}
