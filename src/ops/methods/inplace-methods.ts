/** The in-place form of an operation: its result, copied into its first operand. */
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import * as blend from "../elementwise/blend.js";
import { binary, compare, unary } from "../elementwise/elementwise.js";
import * as pointwise from "../elementwise/pointwise.js";
import { indexReduce } from "../index/index-reduce.js";
import {
  indexAdd,
  indexCopy,
  indexFill,
  indexPut,
  maskedFill,
  maskedScatter,
  put,
} from "../index/index-writing.js";
import { scatter, scatterAdd, scatterReduce } from "../index/scatter.js";
import { addbmm, addmm, addmv, addr, baddbmm } from "../linalg/products.js";
import { renorm } from "../reduce/norms.js";
import { cumprod, cumsum } from "../reduce/scan.js";
import { tril, triu } from "../shape/triangle.js";
import { clone } from "../shape/views.js";
import { apart, become, copy_, writable } from "../write/in-place.js";
import { arithmeticForms } from "./arithmetic-forms.js";

const { add: _add, sub: _sub, mul: _mul, div: _div, ...otherPairs } = binary;
const { lerp, addcmul, addcdiv, heaviside } = blend;
const { round, logit, nanToNum, floatPower, ldexp } = pointwise.pointwiseMethods;
const { logicalAnd, logicalOr, logicalXor, logicalNot, bitwiseNot, sgn } = pointwise.pointwiseMethods;
const { bitwiseAnd, bitwiseOr, bitwiseXor, bitwiseLeftShift, bitwiseRightShift } = pointwise.pointwiseMethods;

const forms = {
  ...unary,
  ...otherPairs,
  ...compare,
  ...arithmeticForms,
  clamp: pointwise.clampAs("clamp_"),
  clip: pointwise.clampAs("clip_"),
  ...{ round, logit, nanToNum, lerp, addcmul, addcdiv, floatPower, heaviside, ldexp, sgn },
  ...{ logicalAnd, logicalOr, logicalXor, logicalNot },
  ...{ bitwiseNot, bitwiseAnd, bitwiseOr, bitwiseXor, bitwiseLeftShift, bitwiseRightShift },
  ...{ indexReduce, cumsum, cumprod, tril, triu },
  ...{ scatter, scatterAdd, scatterReduce },
  ...{ addmm, addmv, addr, addbmm, baddbmm, renorm },
  ...{ indexAdd, indexCopy, indexFill, indexPut, maskedFill, maskedScatter, put },
};

type MethodOf<F> = F extends (x: Tensor, ...rest: infer Rest) => Tensor ? (...rest: Rest) => Tensor : never;
export type InPlaceMethods = { [Name in keyof typeof forms as `${Name}_`]: MethodOf<(typeof forms)[Name]> };

const each = (args: readonly unknown[], of: (t: Tensor) => Tensor): unknown[] =>
  args.map((arg) => (arg instanceof Tensor ? of(arg) : Array.isArray(arg) ? each(arg, of) : arg));

function inPlace(op: string, form: (...args: any[]) => Tensor): (x: Tensor, ...rest: unknown[]) => Tensor {
  return (x, ...rest) => {
    const noted = writable(op, x, ...rest.filter((arg) => arg instanceof Tensor));
    // Backward may read the operands: it gets them as they are before the change.
    const result = noted
      ? form(clone(x), ...each(rest, (arg) => apart(x, arg)))
      : form(x.detach(), ...each(rest, (arg) => arg.detach()));
    if (!sameShape(result.shape, x.shape))
      throw new ShapeError(
        `${op}: the result does not fit into x: ${formatShape(result.shape)} into ${formatShape(x.shape)}`,
      );
    if (isFloating(result.dtype) && !isFloating(x.dtype))
      throw new DTypeError(`${op}: the result does not fit the dtype of x: ${result.dtype} into ${x.dtype}`);
    return noted ? become(op, x, result) : copy_(x, result);
  };
}

/** `x.exp_()`, `x.maskedFill_(mask, 0)` and so on: PyTorch's names with an underscore. They return x. */
export const inPlaceForms = Object.fromEntries(
  Object.entries(forms).map(([name, form]) => [`${name}_`, inPlace(`${name}_`, form)]),
);
