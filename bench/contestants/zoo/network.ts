/**
 * What a network of the zoo is. Each is one file here and one of the same name in Python, with the same
 * layers under the same names; its sizes are in networks.ts alone.
 */
import type { nn, optim, Tensor } from "simdgrad";

export type Sizes = Readonly<Record<string, number>>;

/** A training step: gradients to zero, forward, loss, backward, update. */
export type Step = (...batch: Tensor[]) => Tensor;

export interface Network<S extends Sizes = any> {
  model(sizes: S): nn.Module;
  /** Random inputs and targets. */
  batch(sizes: S): Tensor[];
  /** Makes the optimizer, and returns the step. */
  train(model: any): Step;
}

type Loss<Model> = (model: Model, ...batch: Tensor[]) => Tensor;
type MakeOptimizer = (parameters: nn.Parameter[]) => optim.Optimizer<any>;

/** The training of a model with one loss and one optimizer. */
export function supervised<Model extends nn.Module>(loss: Loss<Model>, makeOptimizer: MakeOptimizer) {
  return (model: Model): Step => {
    const optimizer = makeOptimizer(model.parameters());
    return (...batch) => {
      optimizer.zeroGrad();
      const value = loss(model, ...batch);
      value.backward();
      optimizer.step();
      return value;
    };
  };
}
