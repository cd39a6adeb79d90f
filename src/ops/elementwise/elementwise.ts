import { checkOperands, checkTensors } from "../../arguments.js";
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { type BackwardRule, differentiable } from "../../autograd/graph.js";
import { type DType, isFloating, promote } from "../../dtype.js";
import { AutogradError, DTypeError } from "../../errors.js";
import { type IntegerName, type IntegerRow, integerRows } from "../../kernels/binary-math.js";
import { binarySaves, unarySaves } from "../../kernels/derivatives.js";
import type { BinaryRow, UnaryRow } from "../../kernels/row-types.js";
import {
  type BinaryName,
  binaryRows,
  type CompareName,
  compareRows,
  type UnaryName,
  type UnaryOptions,
  unaryRows,
} from "../../kernels/rows.js";
import { run, strided } from "../../kernels/run.js";
import { checkOptions } from "../../options.js";
import { isTensor } from "../../recognize.js";
import { broadcastShapes, broadcastStrides, sameShape } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { zerosLike } from "../create/create.js";
import { sumTo } from "../reduce/reduce.js";
import { dense, to } from "../shape/views.js";

/*
 * Functions made from the rows of `kernels/rows.ts`: nothing in this file names an operation.
 */

/** Rows of floats applied to integers give float32, as in PyTorch; rows marked `integers` keep them. */
function unaryInput(name: string, row: UnaryRow, x: Tensor): Tensor {
  checkTensors(name, x);
  if (isFloating(x.dtype)) return x;
  if (!row.integers) return to(x, "float32");
  if (x.dtype !== "bool") return x;
  if (row.bools === undefined) throw new DTypeError(`${name}: not defined for bool; use to("float32")`);
  return to(x, row.bools);
}

/** Some functions have no gradient, as in PyTorch: returning 0 would be wrong. */
function notDifferentiable(name: string, which = ""): AutogradError {
  return new AutogradError(`${name}: there is no gradient${which}; detach() what needs none`, "NO_GRADIENT");
}

type UnaryFunction<Name extends UnaryName> = keyof UnaryOptions<Name> extends never
  ? (x: Tensor) => Tensor
  : (x: Tensor, options?: UnaryOptions<Name>) => Tensor;

function makeUnary(name: UnaryName): (x: Tensor, options?: Record<string, number>) => Tensor {
  const row: UnaryRow = unaryRows[name];
  const params = Object.entries(row.params ?? {});
  const known = params.map(([param]) => param);
  // Computed at the first use: computing it for all rows when the library is loaded would take milliseconds.
  let reads: ReturnType<typeof unarySaves> | undefined;
  return (given, options) => {
    // `tensors.map(exp)` passes an index as the second argument: a number is a mistake only if the function
    // has options.
    if (options !== undefined && (params.length > 0 || typeof options === "object"))
      checkOptions(name, options, known);
    const x = unaryInput(name, row, given);
    const p = params.length > 0 ? (options?.[params[0][0]] ?? params[0][1]) : 0;
    const q = params.length > 1 ? (options?.[params[1][0]] ?? params[1][1]) : 0;
    reads ??= unarySaves(name);
    const y = empty(x.shape, x.dtype);
    run.unary(name, p, q, x.shape, x, y);
    const rule: BackwardRule = (g) => [
      isGradEnabled() ? composedGradient(name, row, x, y, p, q, g) : fusedGradient(name, x, y, p, q, g),
    ];
    return differentiable(name, [x], y, rule, { saves: reads.x ? [x] : [], savesOutput: reads.y });
  };
}

/** g · f'(x) in one kernel, for a backward without createGraph. */
function fusedGradient(name: UnaryName, x: Tensor, y: Tensor, p: number, q: number, g: Tensor): Tensor {
  if ((unaryRows[name] as UnaryRow).derivative === null) throw notDifferentiable(name);
  const reads = unarySaves(name);
  const out = empty(x.shape, x.dtype);
  const from = reads.x ? dense(x) : null;
  const gd = dense(g);
  run.unaryGrad(name, p, q, out.numel, from, reads.y ? y : null, gd, out);
  return out;
}

/** The same in Tensor operations, so that it can be differentiated again. */
function composedGradient(
  name: string,
  row: UnaryRow,
  x: Tensor,
  y: Tensor,
  p: number,
  q: number,
  g: Tensor,
): Tensor {
  if (row.derivative === null) throw notDifferentiable(name);
  const slope = row.derivative<Tensor>({ x, y, p, q, where: whereLike(x.dtype) });
  return typeof slope === "number" && slope === 0 ? zerosLike(g) : g.mul(slope);
}

/** `where` for derivatives: numbers get the dtype of the op. */
function whereLike(dtype: DType): (c: Tensor, a: Tensor | number, b: Tensor | number) => Tensor {
  const operand = (v: Tensor | number) => (typeof v === "number" ? constant(v, dtype) : v);
  return (c, a, b) => where(c, operand(a), operand(b));
}

/** A function for each row, of its name: the bundler cannot name what a function makes. */
const functionsOf = <Name extends string>(rows: Record<Name, unknown>, make: (name: Name) => unknown) =>
  Object.fromEntries(
    (Object.keys(rows) as Name[]).map((name) => [
      name,
      Object.defineProperty(make(name) as object, "name", { value: name }),
    ]),
  );

/** Every unary row as a function of a tensor: `unary.exp(x)`, `unary.elu(x, { alpha: 0.5 })`. */
export const unary = functionsOf(unaryRows, makeUnary) as unknown as {
  readonly [Name in UnaryName]: UnaryFunction<Name>;
};

/** Operands of elementwise operations: tensors, and numbers or booleans as Python's scalars. */
export type Operand = Tensor | number | boolean;

const kind = (dtype: DType) => (dtype === "bool" ? 0 : isFloating(dtype) ? 2 : 1);

/** Priority in dtype promotion: a tensor with dims before a tensor without dims, and both before a number. */
const weight = (v: Operand) => (typeof v !== "object" ? 0 : v.ndim === 0 ? 1 : 2);

/**
 * The dtype to which two operands are promoted (PyTorch's rule). Beside a tensor with dims, a number or a
 * tensor without dims has an effect only if its kind (bool, integer, float) is higher.
 */
export function commonDType(a: Operand, b: Operand): DType {
  const da = ownDType(a);
  const db = ownDType(b);
  if (da === db) return da;
  const wa = weight(a);
  const wb = weight(b);
  if (wa === wb) return promote(da, db);
  const [strong, other] = wa > wb ? [da, db] : [db, da];
  return kind(other) > kind(strong) ? other : strong;
}

function ownDType(v: Operand): DType {
  if (typeof v === "object") return v.dtype;
  if (typeof v === "boolean") return "bool";
  return Number.isInteger(v) ? "int32" : "float32";
}

/** Both operands as tensors of the same dtype. */
function operands(name: string, a: Operand, b: Operand, floats: boolean): [Tensor, Tensor] {
  checkOperands(name, a, b);
  const common = commonDType(a, b);
  const dtype = floats && !isFloating(common) ? "float32" : common;
  return [asTensor(a, dtype), asTensor(b, dtype)];
}

const asTensor = (v: Operand, dtype: DType): Tensor =>
  typeof v === "object" ? to(v, dtype) : constant(Number(v), dtype);

function commonShape(name: string, a: Tensor, b: Tensor): readonly number[] {
  return sameShape(a.shape, b.shape) ? a.shape : broadcastShapes(name, a.shape, b.shape);
}

function makeBinary(name: BinaryName): (a: Operand, b: Operand) => Tensor {
  const row: BinaryRow = binaryRows[name];
  let reads: ReturnType<typeof binarySaves> | undefined;
  return (left, right) => {
    // Division of integers gives floats, as in PyTorch.
    const [a, b] = operands(name, left, right, row.floats ?? false);
    if (a.dtype === "bool") return binaryOfBools(name, a, b);
    const shape = commonShape(name, a, b);
    const y = empty(shape, a.dtype);
    const as = broadcastStrides(a.shape, a.strides, shape);
    const bs = broadcastStrides(b.shape, b.strides, shape);
    run.binary(name, shape, strided(a, as), strided(b, bs), y);
    const rule: BackwardRule = (g, inputs) => {
      const given = { a, b, y, g, where: whereLike(a.dtype) };
      const of = (i: 0 | 1, gradient: BinaryRow["gradA"], x: Tensor) => {
        if (!inputs.needs(i)) return null;
        if (gradient === null) throw notDifferentiable(name, ` of the ${["first", "second"][i]} operand`);
        return sumTo(gradient<Tensor>(given), x.shape);
      };
      return [of(0, row.gradA, a), of(1, row.gradB, b)];
    };
    reads ??= binarySaves(name);
    const { gradA, gradB } = reads;
    const used = (variable: "a" | "b" | "y") =>
      isGradEnabled() && ((a.requiresGrad && gradA[variable]) || (b.requiresGrad && gradB[variable]));
    // Numbers are constants: they are never changed, and freeing them saves nothing.
    const saves: Tensor[] = [];
    if (isTensor(left) && used("a")) saves.push(a);
    if (isTensor(right) && used("b")) saves.push(b);
    return differentiable(name, [a, b], y, rule, { saves, savesOutput: used("y") });
  };
}

/**
 * For bools a sum is "or" and a product is "and": they are computed as integers, and a result that is not 0
 * is true.
 */
function binaryOfBools(name: BinaryName, a: Tensor, b: Tensor): Tensor {
  if (!(binaryRows[name] as BinaryRow).bools)
    throw new DTypeError(`${name}: not defined for bool; use ${name === "sub" ? "ne() or " : ""}to("int32")`);
  return to(binary[name](to(a, "int32"), to(b, "int32")), "bool");
}

/** Every binary row as a function: `binary.add(x, 2)`. Operands broadcast. */
export const binary = functionsOf(binaryRows, makeBinary) as unknown as {
  readonly [Name in BinaryName]: (a: Operand, b: Operand) => Tensor;
};

function makeCompare(name: CompareName): (a: Operand, b: Operand) => Tensor {
  return (left, right) => {
    const [a, b] = operands(name, left, right, false);
    const shape = commonShape(name, a, b);
    const out = empty(shape, "bool");
    const as = broadcastStrides(a.shape, a.strides, shape);
    const bs = broadcastStrides(b.shape, b.strides, shape);
    run.compare(name, shape, strided(a, as), strided(b, bs), out);
    return out;
  };
}

/** Every comparison as a function; results are `bool`. Operands broadcast. */
export const compare = functionsOf(compareRows, makeCompare) as unknown as {
  readonly [Name in CompareName]: (a: Operand, b: Operand) => Tensor;
};

function makeInteger(name: IntegerName): (a: Operand, b: Operand) => Tensor {
  return (left, right) => {
    const [a, b] = operands(name, left, right, false);
    const { counts }: IntegerRow = integerRows[name];
    if (isFloating(a.dtype) || (counts && a.dtype === "bool"))
      throw new DTypeError(`${name}: integers${counts ? "" : " or booleans"} are needed: ${a.dtype}`);
    const shape = commonShape(name, a, b);
    const out = empty(shape, a.dtype);
    const as = broadcastStrides(a.shape, a.strides, shape);
    const bs = broadcastStrides(b.shape, b.strides, shape);
    run.binary(name, shape, strided(a, as), strided(b, bs), out);
    return out;
  };
}

/** Every bitwise operation as a function of integers or booleans. Operands broadcast. */
export const integer = functionsOf(integerRows, makeInteger) as unknown as {
  readonly [Name in IntegerName]: (a: Operand, b: Operand) => Tensor;
};

/** `condition ? a : b`, elementwise; all three broadcast. The condition is `bool` (or compared with 0). */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensors("where", condition);
  const c = to(condition, "bool");
  const [x, y] = operands("where", a, b, false);
  const shape = broadcastShapes("where", commonShape("where", x, y), c.shape);
  const out = empty(shape, x.dtype);
  const [cs, xs, ys] = [c, x, y].map((t) => broadcastStrides(t.shape, t.strides, shape));
  run.where(shape, strided(c, cs), strided(x, xs), strided(y, ys), out);
  const rule: BackwardRule = (g, inputs) => [
    inputs.needs(0) ? sumTo(where(c, g, 0), x.shape) : null,
    inputs.needs(1) ? sumTo(where(c, 0, g), y.shape) : null,
  ];
  return differentiable("where", [x, y], out, rule, { saves: [c] });
}

/** `x` with `value` where `mask` is true. */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  return where(mask, constant(value, x.dtype), x);
}

/** The rows that other ops in this folder use. */
export const { abs, exp, log, neg, sqrt } = unary;
export const { add, sub, mul, div, pow } = binary;
export const { eq } = compare;
