import { checkTensors } from "../arguments.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../errors.js";
import { tensor } from "../ops/create/create.js";
import { dense } from "../ops/shape/views.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A weight for each class, so that all classes have the same influence on a loss (scikit-learn's "balanced"):
 * samples / (classes · samples of the class), float32 [classes]. For `new nn.CrossEntropyLoss({ weight })`.
 * @param labels int32 or uint8 [samples].
 * @param classes Default: the largest label + 1.
 * @throws ValueError `EMPTY_CLASS` for a class without samples, whose weight would be infinite;
 * `INDEX_OUT_OF_RANGE`.
 * @throws DTypeError for labels that are not integers; ShapeError for labels that are not [samples] or are
 * none.
 */
export function classWeights(labels: Tensor, classes?: number): Tensor {
  checkTensors("classWeights", labels);
  if (labels.dtype !== "int32" && labels.dtype !== "uint8")
    throw new DTypeError(`classWeights: labels are integers: ${labels.dtype}`);
  if (labels.ndim !== 1 || labels.numel === 0)
    throw new ShapeError(`classWeights: labels are [samples], one or more: ${formatShape(labels.shape)}`);
  const { data } = dense(labels);
  const count = classes ?? Array.from(data).reduce((a, b) => Math.max(a, b), 0) + 1;
  if (!Number.isInteger(count) || count < 1)
    throw new ValueError(`classWeights: classes is an integer >= 1: ${quoted(count)}`, "INVALID_CLASSES");
  const samples = new Float64Array(count);
  for (const [i, label] of data.entries()) {
    if (label < 0 || label >= count)
      throw new ValueError(
        `classWeights: a label outside the ${quoted(count)} classes: ${label} at position ${i}`,
        "INDEX_OUT_OF_RANGE",
      );
    samples[label]++;
  }
  const none = samples.indexOf(0);
  if (none >= 0)
    throw new ValueError(
      `classWeights: a class has no samples: class ${none} of ${quoted(count)} among ${data.length} labels`,
      "EMPTY_CLASS",
    );
  return tensor(Float32Array.from(samples, (n) => data.length / (count * n)));
}
