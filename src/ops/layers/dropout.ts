import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import type { Generator } from "../../random.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { fillRandom } from "../create/create.js";
import { mul } from "../elementwise/elementwise.js";

/** Each element with probability `p` set to 0, the others divided by 1 - p (Srivastava et al., 2014). */
export function dropout(x: Tensor, p: number, generator?: Generator): Tensor {
  checkTensors("dropout", x);
  const mask = empty(x.shape, x.dtype);
  fillRandom(mask, "dropout", p, 0, generator);
  return differentiable("dropout", [x], mul(x.detach(), mask), (g) => [mul(g, mask)], { saves: [mask] });
}
