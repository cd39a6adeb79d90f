/** How training fares in each layer: the norm of the gradient that reaches it, and its dead units. */
import { autograd, type Tensor } from "simdgrad";
import type { Experiment } from "./experiment.js";
import { layersOf } from "./maps.js";

export interface LayerFacts {
  /** Norm of the gradient of the training loss with respect to the weights of the layer. */
  readonly gradient: number;
  /**
   * Share of units with the same output for every training point: a ReLU that is always 0, a saturated
   * sigmoid. NaN for the output layer.
   */
  readonly dead: number;
}

/** Outputs that differ by less than this are the same: float32 of size 1 has steps of 6e-8. */
const alike = 1e-5;

function deadShare(layer: Tensor): number {
  const spread = layer.amax(0).sub(layer.amin(0));
  return spread.lt(alike).sum().item() / layer.shape[1]!;
}

export function diagnose(experiment: Experiment): LayerFacts[] {
  const { model, points } = experiment;
  model.eval();
  const weights = model.parameters().filter((parameter) => parameter.ndim === 2);
  const gradients = autograd.grad(experiment.trainingLoss(), weights) as Tensor[];
  const layers = layersOf(model, points.trainX);
  return gradients.map((gradient, i) => ({
    gradient: Math.sqrt(gradient.square().sum().item()),
    dead: i === layers.length - 1 ? Number.NaN : deadShare(layers[i]!),
  }));
}
