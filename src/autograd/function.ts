import { checkBooleans, checkTensors } from "../arguments.js";
import { type DType, isFloating } from "../dtype.js";
import { AutogradError, formatShape, ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { type Shape, sameShape } from "../shape.js";
import { exposing } from "../tensor/reuse.js";
import { Tensor } from "../tensor/tensor.js";
import { withGradMode } from "./grad-mode.js";
import { differentiable, differentiableJointly, needsGrad } from "./graph.js";

/** The settings that `forward` made on its context. */
interface Settings {
  saved: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  materializeGrads: boolean;
}

let settingsOf: (ctx: Context) => Settings;

class Context {
  readonly #settings: Settings = { saved: [], nonDifferentiable: [], materializeGrads: true };
  /** For each argument of `apply`: whether it is a tensor that needs a gradient. */
  readonly needsInputGrad: readonly boolean[];

  static {
    settingsOf = (ctx) => ctx.#settings;
    // The class has the name under which it is exported.
    Object.defineProperty(Context, "name", { value: "FunctionContext" });
  }

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /**
   * Keeps inputs or outputs of `forward` for `backward`. Backward throws an error if one of them was changed
   * in place since.
   */
  saveForBackward(...tensors: Tensor[]): void {
    checkTensors("saveForBackward", ...tensors);
    this.#settings.saved = tensors;
  }

  /** The tensors given to `saveForBackward`, in the same order. */
  get savedTensors(): readonly Tensor[] {
    return this.#settings.saved;
  }

  /**
   * Marks outputs that have no gradient, such as indices. Outputs of an integer dtype or of bool never have
   * one.
   */
  markNonDifferentiable(...outputs: Tensor[]): void {
    checkTensors("markNonDifferentiable", ...outputs);
    this.#settings.nonDifferentiable = outputs;
  }

  /**
   * Whether `backward` gets zeros as the gradient of an output that the loss does not depend on. With `false`
   * it gets null. Default true.
   */
  setMaterializeGrads(value: boolean): void {
    checkBooleans("setMaterializeGrads", { value });
    this.#settings.materializeGrads = value;
  }
}

/**
 * Connects `forward` and `backward` of an `autograd.Function` (PyTorch's `ctx`). Values that are not tensors
 * are kept as fields: `ctx.alpha = alpha`. `Fields` types these fields:
 * `ctx: autograd.FunctionContext<{ alpha: number }>`. Default: any field of any type.
 */
export type FunctionContext<Fields extends object = Record<string, any>> = Context & Fields;
export const FunctionContext = Context;

/** The arguments of `forward` after its context. */
type ArgumentsOf<F> = F extends { forward(ctx: any, ...args: infer Args): unknown } ? Args : never;

/** A tensor, or tensors in an array or a tuple, as `forward` returns them. */
type ResultOf<F> = F extends { forward(ctx: any, ...args: any[]): infer Result }
  ? Result extends Tensor | readonly Tensor[]
    ? Result
    : never
  : never;

/**
 * An operation with its own gradient (PyTorch's `torch.autograd.Function`). A subclass has a static
 * `forward`, which computes one output or an array of outputs without recording gradients, and a static
 * `backward`, which gets a gradient for each output and returns a gradient for each argument of `forward`, or
 * null where there is none. Call the operation with `apply`. If `backward` consists of differentiable
 * operations, gradients of gradients work.
 *
 *     class Exp extends autograd.Function {
 *       static forward(ctx: autograd.FunctionContext, x: Tensor) {
 *         const y = x.exp();
 *         ctx.saveForBackward(y);
 *         return y;
 *       }
 *       static backward(ctx: autograd.FunctionContext, g: Tensor) {
 *         const [y] = ctx.savedTensors;
 *         return g.mul(y);
 *       }
 *     }
 *     const y = Exp.apply(x);
 */
// biome-ignore lint/complexity/noStaticOnlyClass: PyTorch's form, which subclasses complete
export abstract class AutogradFunction {
  static {
    // The class has the name under which it is exported: inside this file `Function` would hide JavaScript's.
    Object.defineProperty(AutogradFunction, "name", { value: "Function" });
  }

  /**
   * Calls `forward` and records `backward` in the graph. Returns a tensor or an array of tensors, as
   * `forward` does.
   * @throws ValueError `INVALID_FUNCTION` if the class has no static `forward` or `backward`, or if one of
   * them returns something other than tensors; also if `markNonDifferentiable` was called with a tensor that
   * `forward` does not return.
   * @throws AutogradError `WRONG_GRADIENTS` if the number of gradients is not the number of arguments,
   * `INPUT_CHANGED` if `forward` changes an input in place.
   * @throws ShapeError if a gradient has a shape or dtype other than that of its input.
   */
  static apply<F extends typeof AutogradFunction>(this: F, ...args: ArgumentsOf<F>): ResultOf<F> {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that it is called on
    const subclass = this as unknown as UserFunction;
    const { name, forward, backward } = subclass;
    for (const [method, fn] of Object.entries({ forward, backward }))
      if (typeof fn !== "function")
        throw new ValueError(`${name}: ${method} is a static method: ${quoted(fn)}`, "INVALID_FUNCTION");
    const all: readonly unknown[] = args;
    const inputs = all.filter((arg) => arg instanceof Tensor);
    const ctx: FunctionContext = new Context(all.map((arg) => arg instanceof Tensor && needsGrad([arg])));
    const versions = inputs.map((x) => x.storage.version);
    const result: unknown = withGradMode(false, () => forward.call(subclass, ctx, ...all));
    const made = outputsOf(name, result);
    const changed = inputs.findIndex((x, i) => x.storage.version !== versions[i]);
    if (changed >= 0)
      throw new AutogradError(
        `${name}: forward does not change its inputs in place: tensor ${changed} ${formatShape(inputs[changed].shape)}; use clone()`,
        "INPUT_CHANGED",
      );
    const { saved, nonDifferentiable, materializeGrads } = settingsOf(ctx);
    const stray = nonDifferentiable.find((x) => !made.includes(x));
    if (stray !== undefined)
      throw new ValueError(
        `${name}: markNonDifferentiable takes outputs of forward: a tensor ${formatShape(stray.shape)} is not an output`,
        "INVALID_FUNCTION",
      );
    // An output that is an input, or a view of an input, becomes a new tensor, as in PyTorch.
    const outs = made.map((x) => x.detach());
    const without = new Set(
      outs.flatMap((x, i) => (isFloating(x.dtype) && !nonDifferentiable.includes(made[i]) ? [] : [i])),
    );
    // `backward` reads a saved output as a part of the graph, so that gradients of gradients pass through it.
    const kept = saved.map((x) => outs[made.indexOf(x)] ?? x);
    ctx.saveForBackward(...kept);
    // Only shapes: what `backward` does not save may be freed.
    const [given, forms] = [all, outs].map((values) => values.map(formOf));
    const rule = (reached: readonly (Tensor | null)[]) => {
      const some = reached.find((g) => g !== null)!;
      const gs = materializeGrads
        ? reached.map((g, i) => g ?? some.newZeros(forms[i]!.shape, { dtype: forms[i]!.dtype }))
        : reached;
      const grads = exposing(reached, () => backward.call(subclass, ctx, ...gs));
      return gradientsOf(name, given, grads);
    };
    if (outs.length === 1 && without.size === 0)
      differentiable(name, inputs, outs[0], (g) => rule([g]), { saves: kept });
    else if (without.size < outs.length) differentiableJointly(name, inputs, outs, without, rule, kept);
    return (Array.isArray(result) ? outs : outs[0]) as ResultOf<F>;
  }
}

/** The outputs in what `forward` returned. */
function outputsOf(name: string, result: unknown): readonly Tensor[] {
  const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
  const wrong = outputs.length === 0 ? [result] : outputs.filter((x) => !(x instanceof Tensor));
  if (wrong.length > 0)
    throw new ValueError(
      `${name}: forward returns a tensor or an array of tensors: ${quoted(wrong[0])}`,
      "INVALID_FUNCTION",
    );
  return outputs as readonly Tensor[];
}

/** Shape and dtype of a tensor; null for an argument that is not a tensor. */
type Form = { readonly shape: Shape; readonly dtype: DType } | null;

const formOf = (x: unknown): Form => (x instanceof Tensor ? { shape: x.shape, dtype: x.dtype } : null);

/** Checks what `backward` returned and gives the gradients of those arguments that are tensors. */
function gradientsOf(name: string, given: readonly Form[], result: unknown): (Tensor | null)[] {
  const grads: readonly unknown[] = Array.isArray(result) ? result : [result];
  // As in PyTorch, extra nulls at the end are allowed.
  if (grads.length < given.length || grads.slice(given.length).some((grad) => (grad ?? null) !== null))
    throw new AutogradError(
      `${name}: backward returns a gradient, or null, for each argument of forward: ${grads.length} for ${given.length}`,
      "WRONG_GRADIENTS",
    );
  return given.flatMap((x, i) => {
    const grad = grads[i] ?? null;
    if (grad !== null && !(grad instanceof Tensor))
      throw new ValueError(
        `${name}: backward returns tensors and null: gradient ${i} is ${quoted(grad)}`,
        "INVALID_FUNCTION",
      );
    if (x === null) {
      if (grad === null) return [];
      throw new AutogradError(
        `${name}: backward returns null for an argument that is not a tensor: gradient ${i} is a tensor ${formatShape(grad.shape)}`,
        "WRONG_GRADIENTS",
      );
    }
    if (grad !== null && (!sameShape(grad.shape, x.shape) || grad.dtype !== x.dtype))
      throw new ShapeError(
        `${name}: a gradient has the shape and dtype of its input: gradient ${i} is ${formatShape(grad.shape)} ${grad.dtype} for ${formatShape(x.shape)} ${x.dtype}`,
      );
    return [grad];
  });
}

/** The static methods of a subclass. */
interface UserFunction {
  readonly name: string;
  forward(ctx: FunctionContext, ...args: unknown[]): unknown;
  backward(ctx: FunctionContext, ...gs: (Tensor | null)[]): unknown;
}
