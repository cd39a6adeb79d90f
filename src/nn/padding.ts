import { checkNumbers } from "../arguments.js";
import { ValueError } from "../errors.js";
import { type PadMode, pad } from "../ops/spatial/pad.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** One number for all sides, or two numbers per dim: [left, right], [left, right, top, bottom], … */
export type Padding = number | readonly number[];

type PaddingClass = new (
  padding: Padding,
) => Module & { readonly padding: readonly number[]; forward(x: Tensor): Tensor };
type ConstantPaddingClass = new (
  padding: Padding,
  value: number,
) => Module & { readonly padding: readonly number[]; readonly value: number; forward(x: Tensor): Tensor };

function padding(className: string, dims: number, mode: PadMode, needsValue = false): unknown {
  const layer = class extends Module {
    readonly padding: readonly number[];
    constructor(
      given: Padding,
      readonly value = 0,
    ) {
      super();
      checkNumbers(className, { value });
      this.padding = typeof given === "number" ? new Array<number>(2 * dims).fill(given) : given;
      if (
        !Array.isArray(this.padding) ||
        this.padding.length !== 2 * dims ||
        !this.padding.every(Number.isSafeInteger)
      )
        throw new ValueError(
          `${className}: padding is an integer or ${2 * dims} of them: ${quoted(given)}`,
          "INVALID_PADDING",
        );
    }
    forward(x: Tensor): Tensor {
      return pad(x, this.padding, mode, this.value);
    }
    override extraRepr(): string {
      return `padding=[${this.padding.join(", ")}]${needsValue ? `, value=${this.value}` : ""}`;
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

const plain = (className: string, dims: number, mode: PadMode) =>
  padding(className, dims, mode) as PaddingClass;
const withValue = (className: string, dims: number) =>
  padding(className, dims, "constant", true) as ConstantPaddingClass;

/** Pads the last dim with `value`: `new ConstantPad1d([1, 2], 0.5)`. See `functional.pad`. */
export const ConstantPad1d = withValue("ConstantPad1d", 1);
/**
 * Pads the last two dims with `value`: see `ConstantPad1d`.
 * @example new nn.ConstantPad2d(1, 0.5).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export const ConstantPad2d = withValue("ConstantPad2d", 2);
/**
 * Pads the last three dims with `value`: see `ConstantPad1d`.
 * @example new nn.ConstantPad3d(1, 0.5).forward(ones([1, 1, 2, 2, 2])).shape // [1, 1, 4, 4, 4]
 */
export const ConstantPad3d = withValue("ConstantPad3d", 3);
/**
 * Pads the last dims with zeros.
 * @example new nn.ZeroPad1d(1).forward(tensor([[1, 2, 3]])) // [[0, 1, 2, 3, 0]]
 */
export const ZeroPad1d = plain("ZeroPad1d", 1, "constant");
/**
 * Pads the last two dims with zeros: see `ZeroPad1d`.
 * @example new nn.ZeroPad2d(1).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export const ZeroPad2d = plain("ZeroPad2d", 2, "constant");
/**
 * Pads the last three dims with zeros: see `ZeroPad1d`.
 * @example new nn.ZeroPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape // [1, 1, 4, 4, 4]
 */
export const ZeroPad3d = plain("ZeroPad3d", 3, "constant");
/**
 * Pads the last dims with their mirror image about the outermost elements.
 * @example new nn.ReflectionPad1d(1).forward(tensor([[1, 2, 3]])) // [[2, 1, 2, 3, 2]]
 */
export const ReflectionPad1d = plain("ReflectionPad1d", 1, "reflect");
/**
 * Pads the last two dims with their mirror image: see `ReflectionPad1d`.
 * @example new nn.ReflectionPad2d(1).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export const ReflectionPad2d = plain("ReflectionPad2d", 2, "reflect");
/**
 * Pads the last three dims with their mirror image: see `ReflectionPad1d`.
 * @example new nn.ReflectionPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape // [1, 1, 4, 4, 4]
 */
export const ReflectionPad3d = plain("ReflectionPad3d", 3, "reflect");
/**
 * Pads the last dims with their outermost elements, repeated.
 * @example new nn.ReplicationPad1d(1).forward(tensor([[1, 2, 3]])) // [[1, 1, 2, 3, 3]]
 */
export const ReplicationPad1d = plain("ReplicationPad1d", 1, "replicate");
/**
 * Pads the last two dims with their outermost elements: see `ReplicationPad1d`.
 * @example new nn.ReplicationPad2d(1).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export const ReplicationPad2d = plain("ReplicationPad2d", 2, "replicate");
/**
 * Pads the last three dims with their outermost elements: see `ReplicationPad1d`.
 * @example new nn.ReplicationPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape // [1, 1, 4, 4, 4]
 */
export const ReplicationPad3d = plain("ReplicationPad3d", 3, "replicate");
/**
 * Pads the last dims with elements from the opposite end.
 * @example new nn.CircularPad1d(1).forward(tensor([[1, 2, 3]])) // [[3, 1, 2, 3, 1]]
 */
export const CircularPad1d = plain("CircularPad1d", 1, "circular");
/**
 * Pads the last two dims with elements from the opposite end: see `CircularPad1d`.
 * @example new nn.CircularPad2d(1).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export const CircularPad2d = plain("CircularPad2d", 2, "circular");
/**
 * Pads the last three dims with elements from the opposite end: see `CircularPad1d`.
 * @example new nn.CircularPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape // [1, 1, 4, 4, 4]
 */
export const CircularPad3d = plain("CircularPad3d", 3, "circular");
