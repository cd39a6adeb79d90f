import { ValueError } from "../errors.js";
import { type Path, pathOf } from "../io/read.js";
import { quoted } from "../quote.js";

/**
 * The folder of a run for TensorBoard, as `tensorboard` returns it.
 *
 *     train.tensorboard("runs/mlp").directory // "runs/mlp"
 */
export class TensorBoard {
  /** @internal */
  constructor(readonly directory: string) {}
}

/**
 * A folder into which `fit` writes event files that TensorBoard reads:
 *
 *     await fit(model, set, { optimizer, report: train.tensorboard("runs/mlp") })
 *
 * Scalars: `loss/train`, `loss/validation`, `accuracy/train`, `accuracy/validation`, `lr`, `throughput`
 * (samples per second), `gradient_norm/total` and `gradient_norm/<parameter>`. Histograms:
 * `weights/<parameter>`. Each run makes its own file, and the folder if it is missing.
 * @throws ValueError `INVALID_PATH` if it is not a path.
 */
export function tensorboard(directory: Path): TensorBoard {
  if (!(typeof directory === "string" || directory instanceof URL) || directory === "")
    throw new ValueError(`tensorboard: a folder is needed: ${quoted(directory)}`, "INVALID_PATH");
  return new TensorBoard(pathOf(directory));
}
