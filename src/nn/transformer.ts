import { ValueError } from "../errors.js";
import { zeros } from "../ops/create/create.js";
import { add, compare, maskedFill, unary } from "../ops/elementwise/elementwise.js";
import { gelu } from "../ops/layers/activations.js";
import { causalMask } from "../ops/layers/attend.js";
import { checkOptions } from "../options.js";
import { checkHeap } from "../tensor/room.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes, notAModule } from "./arguments.js";
import { Dropout } from "./dropout.js";
import { LayerNorm } from "./layer-norm.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { MultiheadAttention } from "./multihead-attention.js";

/** Options of the layers of a transformer. */
export interface TransformerLayerOptions {
  /** Width of the hidden layer. Default 2048. */
  dimFeedforward?: number;
  /** Default 0.1. */
  dropout?: number;
  /** Activation of the hidden layer: `relu` (default), `gelu`, or a function. */
  activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Default 1e-5. */
  layerNormEps?: number;
  /** Whether tensors are [N, L, E] instead of [L, N, E]. Default false. */
  batchFirst?: boolean;
  /** Whether to normalise before attention and hidden layer, instead of after them. Default false. */
  normFirst?: boolean;
  /** Whether linear layers and normalisations have a bias. Default true. */
  bias?: boolean;
}

export const layerOptions: readonly (keyof TransformerLayerOptions)[] = [
  ...([
    "dimFeedforward",
    "dropout",
    "activation",
    "layerNormEps",
    "batchFirst",
    "normFirst",
    "bias",
  ] as const),
];

function activationOf(name: string, given: TransformerLayerOptions["activation"]): (x: Tensor) => Tensor {
  if (typeof given === "function") return given;
  if (given === undefined || given === "relu") return unary.relu;
  if (given === "gelu") return (x) => gelu(x);
  throw new ValueError(`${name}: activation is "relu", "gelu" or a function: ${String(given)}`);
}

/** Base of the encoder and decoder layers. Fields have the names of PyTorch's state dicts. */
abstract class TransformerLayer extends Module {
  readonly self_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly activation: (x: Tensor) => Tensor;
  readonly normFirst: boolean;

  constructor(
    readonly dModel: number,
    readonly nhead: number,
    readonly options: Readonly<TransformerLayerOptions>,
  ) {
    super();
    const name = this.constructor.name;
    checkOptions(name, options, layerOptions);
    const { dimFeedforward = 2048, bias = true, normFirst = false } = options;
    checkSizes(name, { dModel, nhead, dimFeedforward });
    this.self_attn = this.attention();
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = this.drop();
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = this.norm();
    this.norm2 = this.norm();
    this.dropout1 = this.drop();
    this.dropout2 = this.drop();
    this.activation = activationOf(name, options.activation);
    this.normFirst = normFirst;
  }

  protected attention(): MultiheadAttention {
    const { dropout = 0.1, bias = true, batchFirst = false } = this.options;
    return new MultiheadAttention(this.dModel, this.nhead, { dropout, bias, batchFirst });
  }

  protected drop(): Dropout {
    return new Dropout(this.options.dropout ?? 0.1);
  }

  protected norm(): LayerNorm {
    return new LayerNorm(this.dModel, { eps: this.options.layerNormEps, bias: this.options.bias });
  }

  protected feedForward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(this.activation(this.linear1.forward(x))));
  }

  /** x + body(x), with the normalisation before or after. */
  protected around(x: Tensor, norm: LayerNorm, dropout: Dropout, body: (x: Tensor) => Tensor): Tensor {
    if (this.normFirst) return add(x, dropout.forward(body(norm.forward(x))));
    return norm.forward(add(x, dropout.forward(body(x))));
  }

  /** A new layer with the same options and values. */
  copy(): this {
    const Layer = this.constructor as new (...args: [number, number, TransformerLayerOptions]) => this;
    const made = new Layer(this.dModel, this.nhead, this.options);
    made.to(this.linear1.weight.dtype === "float64" ? "float64" : "float32").train(this.training);
    made.loadStateDict(this.stateDict());
    return made;
  }
}

export interface EncoderLayerCallOptions {
  /** [L, L] or [N · heads, L, L], like `attnMask` of `MultiheadAttention`. */
  srcMask?: Tensor | null;
  /** [N, L], like `keyPaddingMask` of `MultiheadAttention`. */
  srcKeyPaddingMask?: Tensor | null;
  /** Whether `srcMask` is the causal mask. Default false. */
  isCausal?: boolean;
}

/**
 * Self-attention and a hidden layer, each with a residual and a normalisation (PyTorch's
 * `nn.TransformerEncoderLayer`). Shape of the source, [S, N, E].
 * @example new nn.TransformerEncoderLayer(8, 2).forward(randn([5, 3, 8])).shape // [5, 3, 8]
 */
export class TransformerEncoderLayer extends TransformerLayer {
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
  }

  /** Shapes: [L, N, dModel] → the same ([N, L, dModel] with `batchFirst`; N may be missing). */
  forward(src: Tensor, options: EncoderLayerCallOptions = {}): Tensor {
    checkOptions("TransformerEncoderLayer", options, ["srcMask", "srcKeyPaddingMask", "isCausal"]);
    const { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask, isCausal } = options;
    const call = { attnMask, keyPaddingMask, isCausal, needWeights: false };
    const x = this.around(src, this.norm1, this.dropout1, (v) => this.self_attn.forward(v, v, v, call)[0]);
    return this.around(x, this.norm2, this.dropout2, (v) => this.feedForward(v));
  }
}

export interface DecoderLayerCallOptions {
  /** [T, T] and [T, S], like `attnMask` of `MultiheadAttention`. */
  tgtMask?: Tensor | null;
  memoryMask?: Tensor | null;
  /** [N, T] and [N, S], like `keyPaddingMask` of `MultiheadAttention`. */
  tgtKeyPaddingMask?: Tensor | null;
  memoryKeyPaddingMask?: Tensor | null;
  /** Whether the masks are causal masks. Default false. */
  tgtIsCausal?: boolean;
  memoryIsCausal?: boolean;
}

const decoderCallOptions: readonly (keyof DecoderLayerCallOptions)[] = [
  ...(["tgtMask", "memoryMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"] as const),
  ...(["tgtIsCausal", "memoryIsCausal"] as const),
];

/**
 * Self-attention, attention to the output of an encoder, and a hidden layer (PyTorch's
 * `nn.TransformerDecoderLayer`).
 * Shapes: target [T, N, E] and memory [S, N, E] → [T, N, E].
 * @example new nn.TransformerDecoderLayer(8, 2).forward(randn([5, 3, 8]), randn([7, 3, 8])).shape // [5, 3,
 *   8]
 */
export class TransformerDecoderLayer extends TransformerLayer {
  readonly multihead_attn: MultiheadAttention;
  readonly norm3: LayerNorm;
  readonly dropout3: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
    this.multihead_attn = this.attention();
    this.norm3 = this.norm();
    this.dropout3 = this.drop();
  }

  /** Shapes: tgt [T, N, dModel], memory [S, N, dModel] → [T, N, dModel]. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderLayerCallOptions = {}): Tensor {
    checkOptions("TransformerDecoderLayer", options, decoderCallOptions);
    const own = {
      attnMask: options.tgtMask,
      keyPaddingMask: options.tgtKeyPaddingMask,
      isCausal: options.tgtIsCausal,
      needWeights: false,
    };
    const other = {
      attnMask: options.memoryMask,
      keyPaddingMask: options.memoryKeyPaddingMask,
      isCausal: options.memoryIsCausal,
      needWeights: false,
    };
    let x = this.around(tgt, this.norm1, this.dropout1, (v) => this.self_attn.forward(v, v, v, own)[0]);
    x = this.around(
      ...([x, this.norm2, this.dropout2] as const),
      (v) => this.multihead_attn.forward(v, memory, memory, other)[0],
    );
    return this.around(x, this.norm3, this.dropout3, (v) => this.feedForward(v));
  }
}

/** Checks a layer to copy (subclasses may have other options), and an optional module for the end. */
function checkLayers(
  name: string,
  layer: unknown,
  Layer: { readonly name: string; readonly prototype: object },
  norm: unknown,
): void {
  if (!(layer instanceof (Layer as new () => object)))
    throw new ValueError(
      `${name}: a layer to copy comes first, new nn.${Layer.name}(…): ${notAModule(layer)}`,
    );
  if (norm !== undefined && norm !== null && !(norm instanceof Module))
    throw new ValueError(`${name}: norm is a module or null: ${notAModule(norm)}`, "INVALID_OPTION");
}

/**
 * `numLayers` copies of a layer, one after another, and an optional normalisation at the end (PyTorch's
 * `nn.TransformerEncoder`). Shape of the source, [S, N, E].
 * @example new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2), 2).forward(randn([5, 3,
 *   8])).shape // [5, 3, 8]
 * @throws ValueError for a layer of another class, `INVALID_SIZE` for a number of layers below 1.
 */
export class TransformerEncoder extends Module {
  readonly layers: TransformerEncoderLayer[];
  readonly norm: Module | null;

  constructor(layer: TransformerEncoderLayer, numLayers: number, options: { norm?: Module | null } = {}) {
    super();
    checkOptions("TransformerEncoder", options, ["norm"]);
    checkLayers("TransformerEncoder", layer, TransformerEncoderLayer, options.norm);
    checkSizes("TransformerEncoder", { numLayers });
    checkHeap("TransformerEncoder", [numLayers, 8192]); // an estimate of the memory of a layer's objects
    this.layers = Array.from({ length: numLayers }, () => layer.copy());
    this.norm = options.norm ?? null;
  }

  forward(
    src: Tensor,
    options: { mask?: Tensor | null; srcKeyPaddingMask?: Tensor | null; isCausal?: boolean } = {},
  ): Tensor {
    checkOptions("TransformerEncoder", options, ["mask", "srcKeyPaddingMask", "isCausal"]);
    const { mask: srcMask, ...others } = options;
    for (const layer of this.layers) src = layer.forward(src, { srcMask, ...others });
    return this.norm === null ? src : this.norm.forward(src);
  }
}

/**
 * `numLayers` copies of a layer, one after another, and an optional normalisation at the end (PyTorch's
 * `nn.TransformerDecoder`).
 * Shapes: target [T, N, E] and memory [S, N, E] → [T, N, E].
 * @example new nn.TransformerDecoder(new nn.TransformerDecoderLayer(8, 2), 2).forward(randn([5, 3, 8]),
 *   randn([7, 3, 8])).shape // [5, 3, 8]
 * @throws ValueError for a layer of another class, `INVALID_SIZE` for a number of layers below 1.
 */
export class TransformerDecoder extends Module {
  readonly layers: TransformerDecoderLayer[];
  readonly norm: Module | null;

  constructor(layer: TransformerDecoderLayer, numLayers: number, options: { norm?: Module | null } = {}) {
    super();
    checkOptions("TransformerDecoder", options, ["norm"]);
    checkLayers("TransformerDecoder", layer, TransformerDecoderLayer, options.norm);
    checkSizes("TransformerDecoder", { numLayers });
    checkHeap("TransformerDecoder", [numLayers, 8192]);
    this.layers = Array.from({ length: numLayers }, () => layer.copy());
    this.norm = options.norm ?? null;
  }

  forward(tgt: Tensor, memory: Tensor, options: DecoderLayerCallOptions = {}): Tensor {
    for (const layer of this.layers) tgt = layer.forward(tgt, memory, options);
    return this.norm === null ? tgt : this.norm.forward(tgt);
  }
}

/**
 * The causal mask of a transformer: [size, size], 0 where a query may attend to a key and -Infinity
 * elsewhere. Shape [size, size].
 * @example nn.generateSquareSubsequentMask(2) // [[0, -Infinity], [0, 0]]
 */
export function generateSquareSubsequentMask(size: number): Tensor {
  return maskedFill(zeros([size, size]), compare.eq(causalMask(size, size), 0), -Infinity);
}
