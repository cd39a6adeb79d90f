import type { Tensor } from "../tensor/tensor.js";

/** The advice of the error for a loss that is not finite. */
export function whatToTry(x: Tensor, y: Tensor, output: Tensor): string {
  const finite = (t: Tensor) => t.detach().contiguous().data.every(Number.isFinite);
  if (!finite(x)) return "the inputs of this batch hold NaN or infinite values";
  if (!finite(y)) return "the targets of this batch hold NaN or infinite values";
  if (!finite(output))
    return "the output of the model is not finite: try a lower learning rate, and inputs scaled to around 1";
  return "inputs and output are finite: look at the loss function, or try a lower learning rate";
}
