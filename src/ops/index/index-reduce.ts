import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { expand, reshape } from "../shape/views.js";
import { indexTensor } from "./indexing.js";
import { type ScatterReduceOptions, scatterReduce } from "./scatter.js";

/** How `indexReduce` combines rows. */
export type IndexReduction = "prod" | "mean" | "amax" | "amin";

/**
 * `x` with the rows of `source` combined with the rows at the positions in `index` along `dim`. PyTorch:
 * `torch.index_reduce`.
 * @example indexReduce(ones([3]), 0, tensor([0, 0], { dtype: "int32" }), tensor([2, 3]), "prod") // [6, 1,
 *   1]
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 * @throws ShapeError for a source that does not have one row for each index; DTypeError for indices that are
 * not integers.
 * @forms indexReduce(), x.indexReduce(), x.indexReduce_()
 */
export function indexReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: IndexReduction,
  options?: ScatterReduceOptions,
): Tensor {
  checkTensors("indexReduce", x, index, source);
  checkOptions("indexReduce", options, ["includeSelf"]);
  if (!["prod", "mean", "amax", "amin"].includes(reduce))
    throw new ValueError(
      `indexReduce: reduce is "prod", "mean", "amax" or "amin": ${String(reduce)}`,
      "INVALID_OPTION",
    );
  const d = lineDim("indexReduce", dim, x);
  const at = reshape(indexTensor("indexReduce", index), [index.numel]);
  const wanted = x.ndim === 0 ? [at.numel] : x.shape.map((size, i) => (i === d ? at.numel : size));
  const rows = source.ndim === 0 ? reshape(source, [1]) : source;
  if (index.ndim > 1 || !sameShape(rows.shape, wanted))
    throw new ShapeError(
      `indexReduce: the source has one row for each index: ${formatShape(source.shape)} for index ${formatShape(index.shape)} into ${formatShape(x.shape)}`,
    );
  const along = reshape(
    at,
    wanted.map((_, i) => (i === d ? at.numel : 1)),
  );
  return scatterReduce(x, d, expand(along, wanted), rows, reduce, options);
}
