import { checkNumbers, checkTensors } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { byPositionOrName } from "../ops/arguments/arguments.js";
import type { GeneratorOptions } from "../ops/create/create.js";
import * as inplace from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

/*
 * Initialisers, with PyTorch's names and formulas (`torch.nn.init`). Each overwrites its tensor and returns
 * it.
 */

/** What follows a layer, for the gain of its initialisation. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/** Options of `kaimingUniform` and `kaimingNormal`. */
export interface KaimingOptions extends GeneratorOptions {
  /** Negative slope of the leaky ReLU after the layer. Default 0. */
  a?: number;
  /** `fanIn` (default) keeps the variance in the forward pass, `fanOut` in the backward pass. */
  mode?: "fanIn" | "fanOut";
  /** What follows the layer: its gain is taken. Default "leakyRelu". */
  nonlinearity?: Nonlinearity;
}

/** Options of `xavierUniform` and `xavierNormal`. */
export interface XavierOptions extends GeneratorOptions {
  /** Default 1; see `calculateGain`. */
  gain?: number;
}

const xavierOptions: readonly (keyof XavierOptions)[] = ["gain", "generator"];
const kaimingOptions: readonly (keyof KaimingOptions)[] = ["a", "mode", "nonlinearity", "generator"];

/**
 * The factor that keeps the variance of a layer's output after each nonlinearity. `param`: slope of
 * leakyRelu. Default 0.01.
 * @example nn.init.calculateGain("tanh") // 1.667
 * @throws ValueError for a nonlinearity that is none of these.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  checkNumbers("calculateGain", { param });
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + param * param));
    case "selu":
      return 3 / 4;
    default:
      throw new ValueError(`calculateGain: unknown nonlinearity: ${String(nonlinearity)}`);
  }
}

/**
 * Number of inputs and outputs of one unit, for a weight [out, in, kernel…].
 * @example nn.init.fans(ones([8, 3, 5, 5])) // { fanIn: 75, fanOut: 200 }
 * @throws ShapeError for less than 2 dims.
 */
export function fans(x: Tensor): { fanIn: number; fanOut: number } {
  return fansOf("fans", x);
}

function fansOf(op: string, x: Tensor): { fanIn: number; fanOut: number } {
  checkTensors(op, x);
  if (x.ndim < 2)
    throw new ShapeError(`${op}: fan in and fan out need at least 2 dims: ${formatShape(x.shape)}`);
  const receptive = x.shape.slice(2).reduce((n, size) => n * size, 1);
  return { fanIn: x.shape[1] * receptive, fanOut: x.shape[0] * receptive };
}

/** Options of `uniform`. */
export interface UniformOptions extends GeneratorOptions {
  /** Default 0. */
  low?: number;
  /** Default 1. */
  high?: number;
}

/**
 * Uniform on [low, high): `uniform_(x, -1, 1)` or `uniform_(x, { low: -1 })`. Defaults 0 and 1. Any shape.
 */
export function uniform<T extends Tensor>(
  x: T,
  low?: number | UniformOptions,
  high?: number | UniformOptions,
  options?: GeneratorOptions,
): T {
  const given = byPositionOrName("uniform_", [low, high, options], ["low", "high"], ["generator"]);
  const { low: from = 0, high: to = 1, generator } = given as UniformOptions;
  return noGrad(() => inplace.uniform_(x, from, to, { generator })) as T;
}

/** Options of `normal`. */
export interface NormalOptions extends GeneratorOptions {
  /** Default 0. */
  mean?: number;
  /** Default 1. */
  std?: number;
}

/**
 * Normal numbers: `normal_(x, 0, 0.02)` or `normal_(x, { std: 0.02 })`. Defaults: mean 0, deviation 1. Any
 * shape.
 */
export function normal<T extends Tensor>(
  x: T,
  mean?: number | NormalOptions,
  std?: number | NormalOptions,
  options?: GeneratorOptions,
): T {
  const given = byPositionOrName("normal_", [mean, std, options], ["mean", "std"], ["generator"]);
  const { mean: at = 0, std: width = 1, generator } = given as NormalOptions;
  return noGrad(() => inplace.normal_(x, at, width, { generator })) as T;
}

/** One value for all elements: `constant_(x, 0.5)` or `constant_(x, { value: 0.5 })`. Any shape. */
export function constant<T extends Tensor>(x: T, value: number | { value: number }): T {
  checkTensors("constant_", x);
  const given = byPositionOrName("constant_", [value], ["value"]);
  checkNumbers("constant_", given);
  return noGrad(() => inplace.fill_(x, given["value"] as number)) as T;
}

/**
 * Fills with zeros, in place. Any shape.
 * @example nn.init.zeros_(empty([2])) // [0, 0]
 */
export function zeros<T extends Tensor>(x: T): T {
  return constant(x, 0);
}

/**
 * Fills with ones, in place. Any shape.
 * @example nn.init.ones_(empty([2])) // [1, 1]
 */
export function ones<T extends Tensor>(x: T): T {
  return constant(x, 1);
}

/**
 * Uniform on ±gain·√(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). For a weight [out, in, kernel…].
 * @throws ShapeError for less than 2 dims.
 */
export function xavierUniform<T extends Tensor>(x: T, options: XavierOptions = {}): T {
  checkTensors("xavierUniform", x);
  checkOptions("xavierUniform", options, xavierOptions);
  const { fanIn, fanOut } = fansOf("xavierUniform", x);
  const bound = (options.gain ?? 1) * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(x, -bound, bound, { generator: options.generator });
}

/**
 * Normal with std gain·√(2 / (fanIn + fanOut)) (Glorot and Bengio, 2010). For a weight [out, in, kernel…].
 * @throws ShapeError for less than 2 dims.
 */
export function xavierNormal<T extends Tensor>(x: T, options: XavierOptions = {}): T {
  checkTensors("xavierNormal", x);
  checkOptions("xavierNormal", options, xavierOptions);
  const { fanIn, fanOut } = fansOf("xavierNormal", x);
  const std = (options.gain ?? 1) * Math.sqrt(2 / (fanIn + fanOut));
  return normal(x, 0, std, { generator: options.generator });
}

function kaimingStd(op: string, x: Tensor, options: KaimingOptions): number {
  checkOptions(op, options, kaimingOptions);
  if (options.mode !== undefined && options.mode !== "fanIn" && options.mode !== "fanOut")
    throw new ValueError(`${op}: mode is fanIn or fanOut: ${String(options.mode)}`);
  const { fanIn, fanOut } = fansOf(op, x);
  const fan = options.mode === "fanOut" ? fanOut : fanIn;
  return calculateGain(options.nonlinearity ?? "leakyRelu", options.a ?? 0) / Math.sqrt(fan);
}

/**
 * Uniform on ±gain·√(3 / fan) (He et al., 2015). For a weight [out, in, kernel…].
 * @throws ShapeError for less than 2 dims; ValueError for a `mode` or `nonlinearity` that is none of those.
 */
export function kaimingUniform<T extends Tensor>(x: T, options: KaimingOptions = {}): T {
  checkTensors("kaimingUniform", x);
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", x, options);
  return uniform(x, -bound, bound, { generator: options.generator });
}

/**
 * Normal with std gain / √fan (He et al., 2015). For a weight [out, in, kernel…].
 * @throws ShapeError for less than 2 dims; ValueError for a `mode` or `nonlinearity` that is none of those.
 */
export function kaimingNormal<T extends Tensor>(x: T, options: KaimingOptions = {}): T {
  checkTensors("kaimingNormal", x);
  return normal(x, 0, kaimingStd("kaimingNormal", x, options), { generator: options.generator });
}

export * from "./init-patterns.js";
/**
 * The initialisers under PyTorch's names, whose underscore marks that they overwrite the tensor:
 * `kaimingNormal_(layer.weight)`.
 */
export {
  constant as constant_,
  kaimingNormal as kaimingNormal_,
  kaimingUniform as kaimingUniform_,
  normal as normal_,
  ones as ones_,
  uniform as uniform_,
  xavierNormal as xavierNormal_,
  xavierUniform as xavierUniform_,
  zeros as zeros_,
};
