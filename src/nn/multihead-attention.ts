import {
  type MultiHeadAttentionOptions,
  multiHeadAttentionForward,
} from "../ops/layers/multi-head-attention.js";
import { transpose } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability, checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions {
  /** Probability of dropping an attention weight in training. Default 0. */
  dropout?: number;
  /** Whether projections have a bias. Default true. */
  bias?: boolean;
  /** Whether to learn one additional key and value, which every query attends to. Default false. */
  addBiasKv?: boolean;
  /** Whether to add a key and value of zeros. Default false. */
  addZeroAttn?: boolean;
  /** Number of features of keys and of values. Default: the number of features of queries. */
  kdim?: number;
  /** Number of features of the values. Default `embedDim`. */
  vdim?: number;
  /** Whether tensors are [N, L, E] instead of [L, N, E]. Default false. */
  batchFirst?: boolean;
}

export type AttentionCallOptions = Pick<
  MultiHeadAttentionOptions,
  "keyPaddingMask" | "needWeights" | "attnMask" | "averageAttnWeights" | "isCausal"
>;

const callOptions: readonly (keyof AttentionCallOptions)[] = [
  ...(["keyPaddingMask", "needWeights", "attnMask", "averageAttnWeights", "isCausal"] as const),
];

/**
 * Multi-head attention (Vaswani et al., 2017; PyTorch's `nn.MultiheadAttention`). Fields have the names of
 * PyTorch's state dicts: `in_proj_weight` [3 E, E] (or `q_proj_weight`, `k_proj_weight`, `v_proj_weight` if
 * kdim or vdim differ), `in_proj_bias`, `out_proj`, `bias_k`, `bias_v`.
 * Shapes: query [L, N, E], key [S, N, kdim] and value [S, N, vdim] → [L, N, E].
 * @example const x = randn([5, 3, 8]); new nn.MultiheadAttention(8, 2).forward(x, x, x)[0].shape // [5, 3, 8]
 * @throws ValueError `INVALID_SIZE` for sizes below 1, ValueError for a `dropout` that is not between 0 and
 * 1; the errors of `functional.multiHeadAttentionForward`.
 */
export class MultiheadAttention extends Module {
  readonly in_proj_weight: Parameter | null = null;
  readonly q_proj_weight: Parameter | null = null;
  readonly k_proj_weight: Parameter | null = null;
  readonly v_proj_weight: Parameter | null = null;
  readonly in_proj_bias: Parameter | null;
  readonly out_proj: Linear;
  readonly bias_k: Parameter | null;
  readonly bias_v: Parameter | null;
  readonly options: Readonly<MultiheadAttentionOptions>;

  constructor(
    readonly embedDim: number,
    readonly numHeads: number,
    options: MultiheadAttentionOptions = {},
  ) {
    super();
    checkOptions("MultiheadAttention", options, [
      ...["dropout", "bias", "addBiasKv", "addZeroAttn", "kdim", "vdim", "batchFirst"],
    ]);
    const { kdim = embedDim, vdim = embedDim, bias = true, addBiasKv = false } = options;
    checkSizes("MultiheadAttention", { embedDim, numHeads, kdim, vdim });
    checkSizes("MultiheadAttention", { "embedDim / numHeads": embedDim / numHeads });
    checkProbability("MultiheadAttention", "dropout", options.dropout ?? 0);
    this.options = options;
    const matrix = (rows: number, columns: number) => init.xavierUniform(Parameter.zeros([rows, columns]));
    if (kdim === embedDim && vdim === embedDim) this.in_proj_weight = matrix(3 * embedDim, embedDim);
    else {
      this.q_proj_weight = matrix(embedDim, embedDim);
      this.k_proj_weight = matrix(embedDim, kdim);
      this.v_proj_weight = matrix(embedDim, vdim);
    }
    this.in_proj_bias = bias ? Parameter.zeros([3 * embedDim]) : null;
    this.out_proj = new Linear(embedDim, embedDim, { bias });
    if (this.out_proj.bias !== null) init.zeros(this.out_proj.bias);
    const vector = () => (addBiasKv ? init.xavierNormal(Parameter.zeros([1, 1, embedDim])) : null);
    this.bias_k = vector();
    this.bias_v = vector();
  }

  /**
   * Shapes: query [L, N, E], key [S, N, kdim], value [S, N, vdim] ([N, L, E] and so on with `batchFirst`; N
   * may be missing) → the output, with the shape of the query, and the weights [N, L, S]: null if
   * `needWeights` is false, [N, heads, L, S] if they are not averaged.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: AttentionCallOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    checkOptions("MultiheadAttention", options, callOptions);
    const { batchFirst = false, addZeroAttn = false, dropout = 0 } = this.options;
    const swap = batchFirst && query.ndim === 3;
    // If query, key and value are one tensor, one projection computes all three.
    const swapped = new Map([query, key, value].map((x) => [x, swap ? transpose(x, 0, 1) : x]));
    const [output, weights] = multiHeadAttentionForward(
      ...([swapped.get(query)!, swapped.get(key)!, swapped.get(value)!] as const),
      ...([this.embedDim, this.numHeads, this.in_proj_weight, this.in_proj_bias] as const),
      ...([
        this.bias_k,
        this.bias_v,
        addZeroAttn,
        dropout,
        this.out_proj.weight,
        this.out_proj.bias,
      ] as const),
      {
        ...options,
        training: this.training,
        useSeparateProjWeight: this.in_proj_weight === null,
        qProjWeight: this.q_proj_weight,
        kProjWeight: this.k_proj_weight,
        vProjWeight: this.v_proj_weight,
      },
    );
    return [swap ? transpose(output, 0, 1) : output, weights];
  }

  override extraRepr(): string {
    return `${this.embedDim}, ${this.numHeads}`;
  }
}
