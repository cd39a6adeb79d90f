import { called } from "../autograd/caller.js";
import * as functions from "../ops/generated/functional.js";

/**
 * Layers and losses as functions (PyTorch's `torch.nn.functional`), and all elementwise functions of one
 * tensor.
 * @example nn.functional.relu(tensor([-1, 2])) // [0, 2]
 */
export const functional = called(functions);
