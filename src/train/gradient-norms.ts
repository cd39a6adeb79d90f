/** A probe of what reaches each layer on the way back, and of units that answer nothing: for vanishing gradients. */

import { noGrad } from "../autograd/grad-mode.js";
import { ValueError } from "../errors.js";
import { type Module, ReLU } from "../nn/index.js";
import { Tensor } from "../tensor/tensor.js";
import { checkModel } from "./given.js";

export interface LayerGradient {
  /** Path in the model: `0`, `blocks.3.fc`. */
  readonly name: string;
  /** Name of its class. */
  readonly kind: string;
  /** Euclidean norm of the gradient of the loss with respect to the output (the delta) in the last backward; NaN before it. */
  readonly norm: number;
  /** Units (all dims of the output but the first) that were 0 for every sample of the last forward; of ReLU only, else null. */
  readonly dead: number | null;
  /** How many units there are. */
  readonly units: number;
}

/** What was noted of a layer. */
interface Noted {
  readonly name: string;
  readonly module: Module;
  norm: number;
  dead: number | null;
  units: number;
}

/**
 * Notes, at every layer that has none below it, the norm of the gradient at its output, and of every ReLU the units that are dead.
 * Run forward and backward as always, then `read()`; `remove()` when done. It reads values, so not inside `compile`.
 *
 *     const probe = train.gradientNorms(model)
 *     lossFn.forward(model.forward(x), y).backward()
 *     for (const { name, norm, dead } of probe.read()) console.log(name, norm, dead)
 *     probe.remove()
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

/** Units that are 0 for all samples: dims after the first; without a first one, each for the only sample. */
function deadUnits(output: Tensor): number {
  return noGrad(() => {
    const zero = output.detach().eq(0);
    return (output.ndim > 1 ? zero.all(0) : zero).sum().item();
  });
}
