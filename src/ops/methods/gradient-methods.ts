import { checkBooleans } from "../../arguments.js";
import { type BackwardOptions, backward } from "../../autograd/engine.js";
import type { Node } from "../../autograd/graph.js";
import { AutogradError } from "../../errors.js";
import { type GradHook, Tensor } from "../../tensor/tensor.js";
import { method } from "./install.js";

/*
 * Methods of Tensor that are not operations: they control gradients.
 */

declare module "../../tensor/tensor.js" {
  interface Tensor {
    /**
     * Adds the gradients of this tensor to the `grad` of every leaf. A tensor that is not a scalar needs its
     * cotangent; options may be given instead: `loss.backward({ retainGraph: true })`.
     */
    backward(cotangent?: Tensor | BackwardOptions | null, options?: BackwardOptions): void;
    /**
     * Calls `hook` with the gradient of this tensor in every backward; the return value of the hook replaces
     * the gradient. Returns a function that removes the hook.
     */
    registerHook(hook: GradHook): () => void;
    /** Keeps the `grad` of a tensor that is not a leaf. */
    retainGrad(): this;
    /** Switches gradients on or off for a leaf and returns it. */
    requiresGrad_(value?: boolean): this;
  }
}

method("backward", function (this: Tensor, given?: Tensor | BackwardOptions | null, rest?: BackwardOptions) {
  const [cotangent, options] = given instanceof Tensor ? [given, rest] : [undefined, given ?? rest];
  backward([this], [cotangent], options);
});

method("registerHook", function (this: Tensor, hook: GradHook) {
  const owner: { hooks: GradHook[] | null } = this.gradFn === null ? this : (this.gradFn as Node);
  if (!this.requiresGrad)
    throw new AutogradError(
      "registerHook: the tensor does not require a gradient: it will never be called",
      "NO_GRAD",
    );
  owner.hooks = [...(owner.hooks ?? []), hook];
  return () => {
    const rest = (owner.hooks ?? []).filter((h) => h !== hook);
    owner.hooks = rest.length > 0 ? rest : null;
  };
});

method("retainGrad", function (this: Tensor) {
  if (!this.requiresGrad)
    throw new AutogradError("retainGrad: the tensor does not require a gradient", "NO_GRAD");
  if (this.gradFn !== null) (this.gradFn as Node).retained = this;
  return this;
});

method("requiresGrad_", function (this: Tensor, value = true) {
  checkBooleans("requiresGrad_", { value });
  this.requiresGrad = value;
  return this;
});
