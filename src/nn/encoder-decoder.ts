import { formatShape, ShapeError } from "../errors.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import { xavierUniform } from "./init.js";
import { LayerNorm } from "./layer-norm.js";
import { Module } from "./module.js";
import {
  generateSquareSubsequentMask,
  layerOptions,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from "./transformer.js";

/** Options of `Transformer`. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Default 6. */
  numEncoderLayers?: number;
  /** Default 6. */
  numDecoderLayers?: number;
  /**
   * Replaces the encoder: `forward(src, { mask, srcKeyPaddingMask, isCausal })`. Default: null, a
   * `TransformerEncoder`.
   */
  customEncoder?: Module | null;
  /**
   * Replaces the decoder: `forward(tgt, memory, { tgtMask, memoryMask, … })`. Default: null, a
   * `TransformerDecoder`.
   */
  customDecoder?: Module | null;
}

/** Masks of a call of `Transformer`. */
export interface TransformerCallOptions {
  /** [S, S], like `attnMask` of `MultiheadAttention`. Default: null, no mask. */
  srcMask?: Tensor | null;
  /** [T, T]. As `srcMask`, for the target. */
  tgtMask?: Tensor | null;
  /** [T, S]. As `srcMask`, for the output of the encoder. */
  memoryMask?: Tensor | null;
  /** [N, S], like `keyPaddingMask` of `MultiheadAttention`. Default: null, no mask. */
  srcKeyPaddingMask?: Tensor | null;
  /** [N, T]. As `srcKeyPaddingMask`, for the target. */
  tgtKeyPaddingMask?: Tensor | null;
  /** [N, S]. As `srcKeyPaddingMask`, for the output of the encoder. */
  memoryKeyPaddingMask?: Tensor | null;
  /** Whether the masks are causal masks. Default false. */
  srcIsCausal?: boolean;
  /** As `srcIsCausal`, for the target. */
  tgtIsCausal?: boolean;
  /** As `srcIsCausal`, for the output of the encoder. */
  memoryIsCausal?: boolean;
}

const callOptions: readonly (keyof TransformerCallOptions)[] = [
  ...(["srcMask", "tgtMask", "memoryMask"] as const),
  ...(["srcKeyPaddingMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"] as const),
  ...(["srcIsCausal", "tgtIsCausal", "memoryIsCausal"] as const),
];

/**
 * An encoder, and a decoder that attends to the encoder's output, for sequence-to-sequence models (Vaswani et
 * al., 2017; PyTorch's `nn.Transformer`). Matrices start as Xavier uniform. `new Transformer(512, 8, {
 * numEncoderLayers: 6 })`; these values are the defaults.
 * Shapes: source [S, N, dModel] and target [T, N, dModel] → [T, N, dModel].
 * @throws ValueError `INVALID_SIZE` for sizes below 1; ShapeError for a source and a target that do not fit.
 */
export class Transformer extends Module {
  readonly encoder: Module;
  readonly decoder: Module;
  readonly batchFirst: boolean;

  constructor(
    readonly dModel = 512,
    readonly nhead = 8,
    options: TransformerOptions = {},
  ) {
    super();
    checkOptions("Transformer", options, [
      ...layerOptions,
      ...["numEncoderLayers", "numDecoderLayers", "customEncoder", "customDecoder"],
    ]);
    const { numEncoderLayers = 6, numDecoderLayers = 6, customEncoder, customDecoder, ...layer } = options;
    checkSizes("Transformer", { dModel, nhead, numEncoderLayers, numDecoderLayers });
    const norm = () => new LayerNorm(dModel, { eps: layer.layerNormEps, bias: layer.bias });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, layer), numEncoderLayers, {
        norm: norm(),
      });
    this.decoder =
      customDecoder ??
      new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, layer), numDecoderLayers, {
        norm: norm(),
      });
    this.batchFirst = layer.batchFirst ?? false;
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform(parameter);
  }

  /**
   * Shapes: src [S, N, dModel], tgt [T, N, dModel] → [T, N, dModel] ([N, S, dModel] and so on with
   * `batchFirst`; N may be missing).
   */
  forward(src: Tensor, tgt: Tensor, options: TransformerCallOptions = {}): Tensor {
    checkOptions("Transformer", options, callOptions);
    const batch = this.batchFirst ? 0 : 1;
    const wrong = [src, tgt].some((x) => x.ndim < 2 || x.ndim > 3 || x.shape[x.ndim - 1] !== this.dModel);
    if (wrong || src.ndim !== tgt.ndim || (src.ndim === 3 && src.shape[batch] !== tgt.shape[batch]))
      throw new ShapeError(
        `Transformer: src and tgt have as many dims, samples and ${this.dModel} features: ${formatShape(src.shape)} and ${formatShape(tgt.shape)}`,
      );
    const { srcMask: mask, srcIsCausal: isCausal, srcKeyPaddingMask, ...others } = options;
    const memory: Tensor = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal });
    return this.decoder.forward(tgt, memory, others);
  }

  /** The causal mask: see `nn.generateSquareSubsequentMask`. */
  static generateSquareSubsequentMask(size: number): Tensor {
    return generateSquareSubsequentMask(size);
  }
}
