import { checkWords } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import * as ops from "../ops/layers/embedding.js";
import { select } from "../ops/shape/views.js";
import { fill_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

const lookupOptions = ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq"];

/**
 * Base of both embeddings: a table [numEmbeddings, embeddingDim] of normal numbers, with zeros in the row
 * `paddingIdx`.
 */
abstract class Table<Options extends ops.EmbeddingOptions> extends Module {
  readonly weight: Parameter;
  readonly paddingIdx: number | null;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    readonly options: Readonly<Options>,
    known: readonly string[],
  ) {
    super();
    const name = this.constructor.name;
    checkOptions(name, options, known);
    checkSizes(name, { numEmbeddings, embeddingDim });
    const { paddingIdx = null } = options;
    if (paddingIdx !== null && !(paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings))
      throw new ValueError(
        `${name}: paddingIdx is a row of the table: ${paddingIdx} for ${numEmbeddings} rows`,
        "INDEX_OUT_OF_RANGE",
      );
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = Parameter.zeros([numEmbeddings, embeddingDim]);
    this.resetParameters();
  }

  /** Fills the table with normal numbers, and the row `paddingIdx` with 0. */
  resetParameters(): void {
    init.normal(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => fill_(select(this.weight, 0, paddingIdx), 0));
  }

  /** Replaces the random values by the values of `weight`. */
  protected load(weight: Tensor, freeze: boolean): void {
    this.to(weight.dtype === "float64" ? "float64" : "float32");
    noGrad(() => this.weight.copy_(weight));
    this.weight.requiresGrad = !freeze;
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    return `${numEmbeddings}, ${embeddingDim}${paddingIdx === null ? "" : `, paddingIdx=${paddingIdx}`}`;
  }
}

function checkTable(op: string, weight: Tensor): void {
  if (weight.ndim !== 2)
    throw new ShapeError(`${op}: the weight is a table, [rows, width]: ${formatShape(weight.shape)}`);
}

/**
 * A learned vector per index (PyTorch's `nn.Embedding`). Weight [numEmbeddings, embeddingDim] starts normal,
 * with zeros in the row `paddingIdx`.
 * Shapes: integers [...] → [..., embeddingDim].
 */
export class Embedding extends Table<ops.EmbeddingOptions> {
  constructor(numEmbeddings: number, embeddingDim: number, options: ops.EmbeddingOptions = {}) {
    super(numEmbeddings, embeddingDim, options, lookupOptions);
  }

  /**
   * An embedding with the values of a table [rows, width]; `freeze` (default true) excludes them from
   * training.
   */
  static fromPretrained(
    weight: Tensor,
    { freeze = true, ...options }: ops.EmbeddingOptions & { freeze?: boolean } = {},
  ): Embedding {
    checkTable("Embedding.fromPretrained", weight);
    const made = new Embedding(weight.shape[0], weight.shape[1], options);
    made.load(weight, freeze);
    return made;
  }

  forward(index: Tensor): Tensor {
    return ops.embedding(index, this.weight, this.options);
  }
}

export type EmbeddingBagModuleOptions = Omit<ops.EmbeddingBagOptions, "offsets" | "perSampleWeights">;

/**
 * Sum, mean (the default) or maximum of the vectors of each bag of indices (PyTorch's `nn.EmbeddingBag`).
 * @example new nn.EmbeddingBag(10, 4).forward(tensor([[1, 2], [3, 4]], { dtype: "int32" })).shape // [2, 4]
 */
export class EmbeddingBag extends Table<EmbeddingBagModuleOptions> {
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagModuleOptions = {}) {
    super(numEmbeddings, embeddingDim, options, [...lookupOptions, "mode", "includeLastOffset"]);
    if (options.mode !== undefined)
      checkWords("EmbeddingBag", ["sum", "mean", "max"], { mode: options.mode });
  }

  /**
   * An embedding with the values of a table [rows, width]; `freeze` (default true) excludes them from
   * training.
   */
  static fromPretrained(
    weight: Tensor,
    { freeze = true, ...options }: EmbeddingBagModuleOptions & { freeze?: boolean } = {},
  ): EmbeddingBag {
    checkTable("EmbeddingBag.fromPretrained", weight);
    const made = new EmbeddingBag(weight.shape[0], weight.shape[1], options);
    made.load(weight, freeze);
    return made;
  }

  /** `index` [B, n], or [n] with `offsets` [B], the positions where the bags begin → [B, embeddingDim]. */
  forward(index: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    return ops.embeddingBag(index, this.weight, { ...this.options, offsets, perSampleWeights });
  }
}
