import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Generator } from "../../random.js";
import { inside } from "../../tensor/reuse.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { fillRandom } from "../create/create.js";
import { mul } from "../elementwise/elementwise.js";

export interface DropoutOptions {
  /** Probability of a zero. Default 0.5. */
  p?: number;
  /** Whether to drop. Default true. */
  training?: boolean;
  generator?: Generator;
}

/**
 * `x` with each element set to 0 with probability `p` and the others scaled by 1/(1-p) (Srivastava et al.,
 * 2014). Shape of `x`. PyTorch: `F.dropout`.
 * @throws ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.dropout()
 */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkTensors("dropout", x);
  checkOptions("dropout", options, ["p", "training", "generator"]);
  const { p = 0.5, training = true, generator } = options;
  if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout: p is between 0 and 1: ${quoted(p)}`);
  return training && p > 0 ? dropped(x, p, generator) : x;
}

/** @internal `dropout` without argument checks. */
export function dropped(x: Tensor, p: number, generator?: Generator): Tensor {
  checkTensors("dropout", x);
  const mask = inside(() => empty(x.shape, x.dtype));
  fillRandom(mask, "dropout", p, 0, generator);
  return differentiable("dropout", [x], mul(x.detach(), mask), (g) => [mul(g, mask)], { saves: [mask] });
}
