import { checkTensors } from "../arguments.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { type Named, named } from "../ops/arguments/named.js";
import { add, compare, integer, neg, where } from "../ops/elementwise/elementwise.js";
import { gather, indexAdd, indexSelect } from "../ops/index/indexing.js";
import { nonzero } from "../ops/index/unique.js";
import { logSoftmax } from "../ops/layers/softmax.js";
import { argmax, mean } from "../ops/reduce/reduce.js";
import { cat } from "../ops/shape/join.js";
import { narrow, reshape, squeeze, to, unsqueeze } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { ModuleList } from "./containers.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { Sequential } from "./sequential.js";

/** Options of `AdaptiveLogSoftmaxWithLoss`. */
export interface AdaptiveLogSoftmaxOptions {
  /** The factor by which each cluster is narrower than the cluster before. Default 4. */
  divValue?: number;
  /** Whether the head has a bias. Default false. */
  headBias?: boolean;
}

/**
 * A softmax over many classes of which few are frequent (Grave et al., 2017; PyTorch's
 * `nn.AdaptiveLogSoftmaxWithLoss`). The head holds the classes below `cutoffs[0]` and one entry for each
 * cluster of rarer classes. A cluster is computed only for the rows that need it. Class numbers start with
 * the most frequent class. The rows to compute depend on the targets, so this module cannot be compiled.
 * Shapes: x [N, features] and target [N], or [features] and [].
 * @example new nn.AdaptiveLogSoftmaxWithLoss(16, 100, [10, 50]).logProb(randn([4, 16])).shape // [4, 100]
 * @throws ValueError for cutoffs that do not rise between 1 and the last class, and `LABEL_OUT_OF_RANGE` for
 * a target that is no class; `INVALID_SIZE` for sizes below 1; ShapeError for other shapes.
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  readonly head: Linear;
  readonly tail: ModuleList;
  readonly cutoffs: readonly number[];
  readonly divValue: number;

  constructor(
    readonly inFeatures: number,
    readonly nClasses: number,
    cutoffs: readonly number[],
    options: AdaptiveLogSoftmaxOptions = {},
  ) {
    super();
    const name = "AdaptiveLogSoftmaxWithLoss";
    checkOptions(name, options, ["divValue", "headBias"]);
    checkSizes(name, { inFeatures, nClasses });
    const rising = (n: number, i: number) => Number.isInteger(n) && n > (i === 0 ? 0 : cutoffs[i - 1]);
    if (
      !Array.isArray(cutoffs) ||
      cutoffs.length === 0 ||
      !cutoffs.every(rising) ||
      cutoffs.at(-1)! >= nClasses
    )
      throw new ValueError(
        `${name}: cutoffs are rising integers between 1 and ${nClasses - 1}: ${quoted(cutoffs)}`,
      );
    const { divValue = 4, headBias = false } = options;
    this.divValue = divValue;
    this.cutoffs = [...cutoffs, nClasses];
    this.head = new Linear(inFeatures, cutoffs[0] + cutoffs.length, { bias: headBias });
    this.tail = new ModuleList(
      cutoffs.map((begin, i) => {
        const width = Math.floor(inFeatures / divValue ** (i + 1));
        checkSizes(name, { [`features of cluster ${i}`]: width });
        const narrowed = new Linear(inFeatures, width, { bias: false });
        return new Sequential(narrowed, new Linear(width, this.cutoffs[i + 1] - begin, { bias: false }));
      }),
    );
  }

  /**
   * Returns the log-probability of each target, and the mean of the negative log-probabilities as the loss.
   * Shapes: x [N, inFeatures] and target (integers) [N], or [inFeatures] and [] → output with the shape of
   * the target, loss [].
   */
  forward(x: Tensor, target: Tensor): Named<"output" | "loss", Tensor> {
    checkTensors(this.constructor.name, x, target);
    if (
      target.ndim > 1 ||
      x.ndim !== target.ndim + 1 ||
      (target.ndim === 1 && x.shape[0] !== target.shape[0])
    )
      throw new ShapeError(
        `AdaptiveLogSoftmaxWithLoss: x [N, features] and target [N], or [features] and []: ${formatShape(x.shape)} and ${formatShape(target.shape)}`,
      );
    if (target.ndim === 0) {
      const { output, loss } = this.forward(unsqueeze(x, 0), unsqueeze(target, 0));
      return named({ output: squeeze(output, 0), loss });
    }
    const classes = to(target, "int32");
    this.#checkClasses(classes);
    const [shortlist] = this.cutoffs;
    let inHead = classes;
    const inClusters: Tensor[] = [];
    for (const [i, cluster] of [...this.tail].entries()) {
      const [begin, end] = [this.cutoffs[i], this.cutoffs[i + 1]];
      const own = integer.bitwiseAnd(compare.ge(classes, begin), compare.lt(classes, end));
      inHead = where(own, shortlist + i, inHead);
      const rows = squeeze(nonzero(own), 1);
      if (rows.numel === 0) continue;
      const logs = logSoftmax(cluster.forward(indexSelect(x, 0, rows)), 1);
      const within = unsqueeze(add(indexSelect(classes, 0, rows), -begin), 1);
      inClusters.push(indexAdd(squeeze(gather(logs, 1, within), 1), classes.shape, 0, rows));
    }
    const head = squeeze(gather(logSoftmax(this.head.forward(x), 1), 1, unsqueeze(inHead, 1)), 1);
    const output = inClusters.reduce((a, b) => add(a, b), head);
    return named({ output, loss: mean(neg(output)) });
  }

  /** Log-probabilities of all classes: x [N, inFeatures] → [N, nClasses]. PyTorch: `log_prob`. */
  logProb(x: Tensor): Tensor {
    const [shortlist] = this.cutoffs;
    const head = logSoftmax(this.head.forward(x), 1);
    const clusters = [...this.tail].map((cluster, i) =>
      add(logSoftmax(cluster.forward(x), 1), narrow(head, 1, shortlist + i, 1)),
    );
    return cat([narrow(head, 1, 0, shortlist), ...clusters], 1);
  }

  /** The most probable class: x [N, inFeatures] → [N]. */
  predict(x: Tensor): Tensor {
    return argmax(this.logProb(x), 1);
  }

  #checkClasses(classes: Tensor): void {
    const beyond = where(compare.lt(classes, 0), 1, where(compare.ge(classes, this.nClasses), 1, 0));
    const [wrong] = Array.from(reshape(nonzero(beyond), [-1]).data);
    if (wrong !== undefined)
      throw new ValueError(
        `AdaptiveLogSoftmaxWithLoss: class outside 0 … ${this.nClasses - 1}: ${classes.contiguous().data[wrong]} at position ${wrong}`,
        "LABEL_OUT_OF_RANGE",
      );
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, nClasses=${this.nClasses}, cutoffs=[${this.cutoffs.slice(0, -1)}], divValue=${this.divValue}`;
  }
}
