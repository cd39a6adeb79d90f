/** A multilayer perceptron of simdgrad, and the training step that all sections measure. */
import { nn, type optim, type Tensor } from "simdgrad";

/** ReLU between layers. */
export function perceptron(sizes: readonly number[]): nn.Sequential {
  const layers: nn.Module[] = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    if (i > 0) layers.push(new nn.ReLU());
    layers.push(new nn.Linear(sizes[i], sizes[i + 1]));
  }
  return new nn.Sequential(...layers);
}

export function trainingStep(
  model: nn.Module,
  optimizer: optim.Optimizer<any>,
): (x: Tensor, y: Tensor) => Tensor {
  const lossFn = new nn.CrossEntropyLoss();
  return (x, y) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
}
