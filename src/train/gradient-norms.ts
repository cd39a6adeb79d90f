/** A diagnosis of vanishing gradients: the norm of the gradient that reaches each layer, and dead units. */

import { noGrad } from "../autograd/grad-mode.js";
import { ValueError } from "../errors.js";
import { type Module, ReLU } from "../nn/index.js";
import { Tensor } from "../tensor/tensor.js";
import { checkModel } from "./given.js";

/** The gradients of one parameter, as `gradientNorms` gives them. */
export interface LayerGradient {
  /** Path in the model: `0`, `blocks.3.fc`. */
  readonly name: string;
  /** Name of the layer's class. */
  readonly kind: string;
  /**
   * Euclidean norm of the gradient of the loss with respect to the output, in the last backward; NaN before
   * one.
   */
  readonly norm: number;
  /** Number of units that were 0 for every sample of the last forward; null for layers other than ReLU. */
  readonly dead: number | null;
  /** Number of units: of all elements along the dims of the output except the first. */
  readonly units: number;
}

/** The values recorded for a layer. */
interface Noted {
  readonly name: string;
  readonly module: Module;
  norm: number;
  dead: number | null;
  units: number;
}

/**
 * Records the norm of the gradient at the output of every layer without sublayers, and the dead units of
 * every ReLU. Run forward and backward as usual, then call `read()`, and `remove()` at the end. It reads
 * values, so it does not work inside `compile`.
 *
 *     const probe = train.gradientNorms(model)
 *     lossFn.forward(model.forward(x), y).backward()
 *     for (const { name, norm, dead } of probe.read()) console.log(name, norm, dead)
 *     probe.remove()
 *
 * @throws ValueError `NOT_A_MODEL`, and for a model without a layer.
 */
export function gradientNorms(model: Module): { read(): LayerGradient[]; remove(): void } {
  checkModel("gradientNorms", model);
  const layers = [...model.namedModules()].filter(([, module]) => module.children().length === 0);
  if (layers.length === 0) throw new ValueError("gradientNorms: the model has a layer: it has none");
  const noted = layers.map(([name, module]): Noted => {
    return { name, module, norm: Number.NaN, dead: null, units: 0 };
  });
  const removers = noted.map((layer) =>
    layer.module.registerForwardHook((_module, _args, result) => {
      if (!(result instanceof Tensor)) return undefined;
      const samples = result.ndim > 1 ? result.shape[0] : 1;
      layer.units = samples === 0 ? 0 : result.numel / samples;
      layer.norm = Number.NaN;
      if (layer.module instanceof ReLU) layer.dead = deadUnits(result);
      if (!result.requiresGrad) return undefined;
      result.registerHook((g) => {
        layer.norm = noGrad(() => Math.sqrt(g.double().square().sum().item()));
        return undefined;
      });
      return undefined;
    }),
  );
  return {
    read: () =>
      noted.map(({ name, module, norm, dead, units }) => {
        return { name, kind: module.constructor.name, norm, dead, units };
      }),
    remove() {
      for (const remove of removers) remove();
    },
  };
}

/**
 * Number of units that are 0 for all samples. Units are the dims after the first; a scalar has one unit and
 * one sample.
 */
function deadUnits(output: Tensor): number {
  return noGrad(() => {
    const zero = output.detach().eq(0);
    return (output.ndim > 1 ? zero.all(0) : zero).sum().item();
  });
}
