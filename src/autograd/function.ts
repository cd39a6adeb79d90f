import { checkTensors } from "../arguments.js";
import { AutogradError, formatShape, ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { sameShape } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { withGradMode } from "./grad-mode.js";
import { differentiable, needsGrad } from "./graph.js";

/** What `forward` leaves for `backward` (PyTorch's `ctx`). Other values may be kept as fields: `ctx.alpha = alpha`. */
export class FunctionContext {
  [field: string]: any;
  #saved: readonly Tensor[] = [];
  /** Of each argument of `apply`: whether it is a tensor that needs a gradient. */
  readonly needsInputGrad: readonly boolean[];

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps inputs or the output of `forward` for `backward`, which throws when one of them was changed in place meanwhile. */
  saveForBackward(...tensors: Tensor[]): void {
    checkTensors("saveForBackward", ...tensors);
    this.#saved = tensors;
  }

  /** What `saveForBackward` was given, in its order. */
  get savedTensors(): readonly Tensor[] {
    return this.#saved;
  }
}

/** The arguments of `forward` after its context. */
type ArgumentsOf<F> = F extends { forward(ctx: any, ...args: infer Args): Tensor } ? Args : never;

/**
 * An operation with a gradient of its own (PyTorch's `torch.autograd.Function`): a subclass has a static `forward`, which computes the
 * output without gradients, and a static `backward`, which takes the gradient of the output to those of the inputs: one for each
 * argument of `forward`, null where there is none. It is used by `apply`. Where `backward` is made of differentiable operations,
 * gradients of gradients work.
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
    // Named as it is exported: inside this file `Function` would hide JavaScript's.
    Object.defineProperty(AutogradFunction, "name", { value: "Function" });
  }

  /**
   * Calls `forward` and notes `backward` in the graph.
   * @throws ValueError `INVALID_FUNCTION` without a static forward and backward that return what they have to, AutogradError
   * `WRONG_GRADIENTS` for another number of gradients than of arguments, ShapeError for a gradient of another shape than its input.
   */
  static apply<F extends typeof AutogradFunction>(this: F, ...args: ArgumentsOf<F>): Tensor {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that it is called on
    const subclass = this as unknown as UserFunction;
    const { name, forward, backward } = subclass;
    for (const [method, fn] of Object.entries({ forward, backward }))
      if (typeof fn !== "function")
        throw new ValueError(`${name}: ${method} is a static method: ${quoted(fn)}`, "INVALID_FUNCTION");
    const all: readonly unknown[] = args;
    const inputs = all.filter((arg) => arg instanceof Tensor);
    const ctx = new FunctionContext(all.map((arg) => arg instanceof Tensor && needsGrad([arg])));
    const versions = inputs.map((x) => x.storage.version);
    const made: unknown = withGradMode(false, () => forward.call(subclass, ctx, ...all));
    if (!(made instanceof Tensor))
      throw new ValueError(`${name}: forward returns a tensor: ${quoted(made)}`, "INVALID_FUNCTION");
    const changed = inputs.findIndex((x, i) => x.storage.version !== versions[i]);
    if (changed >= 0)
      throw new AutogradError(
        `${name}: forward does not change its inputs in place: tensor ${changed} ${formatShape(inputs[changed].shape)}; use clone()`,
        "INPUT_CHANGED",
      );
    // An output that is an input, or a view of one, gets a tensor of its own, as in PyTorch.
    const out = made.detach();
    // Read through the node, the output that was saved belongs to the graph: gradients of gradients go through it.
    const saved = ctx.savedTensors.map((x) => (x === made ? out : x));
    ctx.saveForBackward(...saved);
    const places = all.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []));
    return differentiable(
      name,
      inputs,
      out,
      (g) => {
        const given: unknown = backward.call(subclass, ctx, g);
        const grads: unknown[] = Array.isArray(given) ? given : [given];
        if (grads.length !== all.length)
          throw new AutogradError(
            `${name}: backward returns a gradient, or null, for each argument of forward: ${grads.length} for ${all.length}`,
            "WRONG_GRADIENTS",
          );
        return places.map((place, i) => {
          const grad = grads[place] ?? null;
          if (grad === null) return null;
          if (!(grad instanceof Tensor))
            throw new ValueError(
              `${name}: backward returns tensors and null: gradient ${place} is ${quoted(grad)}`,
              "INVALID_FUNCTION",
            );
          const x = inputs[i];
          if (!sameShape(grad.shape, x.shape) || grad.dtype !== x.dtype)
            throw new ShapeError(
              `${name}: a gradient has the shape and dtype of its input: gradient ${place} is ${formatShape(grad.shape)} ${grad.dtype} for ${formatShape(x.shape)} ${x.dtype}`,
            );
          return grad;
        });
      },
      { saves: saved },
    );
  }
}

/** What a subclass brings. */
interface UserFunction {
  readonly name: string;
  forward(ctx: FunctionContext, ...args: unknown[]): unknown;
  backward(ctx: FunctionContext, g: Tensor): unknown;
}
