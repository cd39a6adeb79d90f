import { checkTensors } from "../arguments.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { indexSelect } from "../ops/index/indexing.js";
import { dropped } from "../ops/layers/dropout.js";
import {
  type Cell,
  type RecurrenceWeights,
  recurrence,
  type State,
  type Steps,
  zeroState,
} from "../ops/layers/recurrence.js";
import { cat, stack } from "../ops/shape/join.js";
import { reshape, select, squeeze, transpose, unsqueeze } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { type Shape, sameShape } from "../shape.js";
import { checkHeap } from "../tensor/room.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability, checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { PackedSequence } from "./packed-sequence.js";
import { Parameter } from "./parameter.js";
import { checkDTypes, checkNonlinearity, pairOf } from "./recurrent-arguments.js";

/** Options of `RNN`, `LSTM` and `GRU`. */
export interface RecurrentOptions {
  /** Number of stacked layers. Default 1. */
  numLayers?: number;
  /** Default true. */
  bias?: boolean;
  /** Whether input and output are [N, L, …] instead of [L, N, …]. Default false. */
  batchFirst?: boolean;
  /** Probability of dropping outputs in training, for all layers but the last. Default 0. */
  dropout?: number;
  /** Whether a second set of weights reads the sequence in reverse. Default false. */
  bidirectional?: boolean;
}

const recurrentOptions = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional"];

/**
 * Base of the recurrent layers. Parameters have PyTorch's names: `weight_ih_l0`, `weight_hh_l0`,
 * `bias_ih_l0`, `bias_hh_l0`, with `_reverse` for the reverse direction; they start uniform on
 * ±1/√hiddenSize.
 */
abstract class Recurrent extends Module {
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;

  constructor(
    readonly inputSize: number,
    readonly hiddenSize: number,
    gates: number,
    options: RecurrentOptions,
    readonly projSize = 0,
  ) {
    super();
    const name = this.constructor.name;
    this.numLayers = options.numLayers ?? 1;
    this.bias = options.bias ?? true;
    this.batchFirst = options.batchFirst ?? false;
    this.dropout = options.dropout ?? 0;
    this.bidirectional = options.bidirectional ?? false;
    checkSizes(name, { inputSize, hiddenSize, numLayers: this.numLayers });
    checkHeap(name, [this.numLayers, 1024]); // an estimate of the memory of a layer's objects
    checkProbability(name, "dropout", this.dropout);
    if (!(Number.isInteger(projSize) && projSize >= 0 && projSize < hiddenSize))
      throw new ValueError(`${name}: projSize is an integer from 0 to below hiddenSize: ${quoted(projSize)}`);
    const bound = 1 / Math.sqrt(hiddenSize);
    const rows = gates * hiddenSize;
    for (let layer = 0; layer < this.numLayers; layer++)
      for (const suffix of this.suffixes(layer)) {
        const width = layer === 0 ? inputSize : this.outputSize * this.directions;
        const shapes: Record<string, Shape> = {
          weight_ih: [rows, width],
          weight_hh: [rows, this.outputSize],
          ...(this.bias ? { bias_ih: [rows], bias_hh: [rows] } : {}),
          ...(projSize > 0 ? { weight_hr: [projSize, hiddenSize] } : {}),
        };
        for (const [kind, shape] of Object.entries(shapes))
          Object.assign(this, { [kind + suffix]: init.uniform(Parameter.zeros(shape), -bound, bound) });
      }
  }

  /** Number of features of the output of one direction. */
  get outputSize(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize;
  }

  get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  private suffixes(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }

  private parameter(name: string): Parameter | null {
    return (this as unknown as Record<string, Parameter | undefined>)[name] ?? null;
  }

  /** The kernel that computes a direction. */
  protected abstract readonly cell: Cell;

  /** Runs all layers over a sequence; the output is of the same kind. */
  protected run(
    x: Tensor | PackedSequence,
    initial: State | null,
  ): { output: Tensor | PackedSequence; last: State } {
    if (x instanceof PackedSequence) return this.overPacked(x, initial);
    const name = this.constructor.name;
    checkTensors(name, x, ...(initial ?? []));
    if (x.ndim !== 2 && x.ndim !== 3)
      throw new ShapeError(`${name}: x has 3 dims, or 2 without a batch: ${formatShape(x.shape)}`);
    this.checkFeatures(x);
    if (x.ndim === 2) {
      const batched = initial?.map((s) => unsqueeze(checkedState(name, s), 1)) ?? null;
      const { output, last } = this.overSteps(unsqueeze(x, 1), batched);
      return { output: squeeze(output, 1), last: last.map((s) => squeeze(s, 1)) };
    }
    const { output, last } = this.overSteps(this.batchFirst ? transpose(x, 0, 1) : x, initial);
    return { output: this.batchFirst ? transpose(output, 0, 1) : output, last };
  }

  private checkFeatures(x: Tensor): void {
    if (x.shape[x.ndim - 1] !== this.inputSize)
      throw new ShapeError(
        `${this.constructor.name}: the last dim of x is inputSize, ${this.inputSize}: ${formatShape(x.shape)}`,
      );
  }

  /** Sequences of equal length: [L, N, in]. */
  private overSteps(x: Tensor, initial: State | null): { output: Tensor; last: State } {
    const [steps, batch] = x.shape;
    if (steps === 0)
      throw new ShapeError(`${this.constructor.name}: the sequence has no steps: ${formatShape(x.shape)}`);
    const rows = reshape(x, [steps * batch, this.inputSize]);
    const sequence = { x: rows, steps, batch, counts: null, countsTensor: null };
    const { output, last } = this.layersOver(sequence, initial);
    return { output: reshape(output, [steps, batch, output.shape[1]]), last };
  }

  private overPacked(packed: PackedSequence, initial: State | null): { output: PackedSequence; last: State } {
    const name = this.constructor.name;
    const { data, batchSizes, counts, sortedIndices, unsortedIndices } = packed;
    checkTensors(name, ...(initial ?? []));
    if (data.ndim !== 2)
      throw new ShapeError(`${name}: packed data is [rows, inputSize]: ${formatShape(data.shape)}`);
    this.checkFeatures(data);
    const inOrder = (index: Tensor | null) => (s: Tensor) =>
      index === null || s.ndim !== 3 || s.shape[1] !== counts[0] ? s : indexSelect(s, 1, index);
    const { output, last } = this.layersOver(
      { x: data, steps: counts.length, batch: counts[0], counts, countsTensor: batchSizes },
      initial?.map(inOrder(sortedIndices)) ?? null,
    );
    return { output: packed.withData(output), last: last.map(inOrder(unsortedIndices)) };
  }

  /** All layers over rows: the output [rows, directions · P], and the states [layers · directions, N, …]. */
  private layersOver(sequence: Steps, initial: State | null): { output: Tensor; last: State } {
    const { numLayers, directions, cell } = this;
    const { batch } = sequence;
    const name = this.constructor.name;
    const sizes = cell === "lstm" ? [this.outputSize, this.hiddenSize] : [this.outputSize];
    const expected = sizes.map((size) => [numLayers * directions, batch, size]);
    for (const [i, s] of (initial ?? []).entries())
      if (!sameShape(s.shape, expected[i]))
        throw new ShapeError(
          `${name}: states are ${formatShape(expected[i])}, [layers · directions, N, size]: ${formatShape(s.shape)}`,
        );
    checkDTypes(name, this.weightsOf("_l0").weightIh, sequence.x, initial ?? []);
    const last: State[] = [];
    let { x } = sequence;
    for (let layer = 0; layer < numLayers; layer++) {
      if (layer > 0 && this.training && this.dropout > 0) x = dropped(x, this.dropout);
      const outputs = this.suffixes(layer).map((suffix, direction) => {
        const weights = this.weightsOf(suffix);
        const start = initial?.map((s) => select(s, 0, layer * directions + direction));
        const state = start ?? zeroState(cell, batch, weights, x);
        const run = recurrence(cell, { ...sequence, x }, weights, state, direction === 1);
        last.push(run.last);
        return run.output;
      });
      x = outputs.length === 1 ? outputs[0] : cat(outputs, 1);
    }
    const together = (states: Tensor[]) => (states.length === 1 ? unsqueeze(states[0], 0) : stack(states));
    return { output: x, last: sizes.map((_, i) => together(last.map((state) => state[i]))) };
  }

  private weightsOf(suffix: string): RecurrenceWeights {
    return {
      weightIh: this.parameter(`weight_ih${suffix}`)!,
      weightHh: this.parameter(`weight_hh${suffix}`)!,
      biasIh: this.parameter(`bias_ih${suffix}`),
      biasHh: this.parameter(`bias_hh${suffix}`),
      projection: this.parameter(`weight_hr${suffix}`),
    };
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bidirectional } = this;
    return `${inputSize}, ${hiddenSize}, numLayers=${numLayers}, bidirectional=${bidirectional}`;
  }
}

/** Checks a state that has no batch dim. */
function checkedState(name: string, state: Tensor): Tensor {
  if (state.ndim !== 2)
    throw new ShapeError(`${name}: without a batch states have 2 dims: ${formatShape(state.shape)}`);
  return state;
}

/**
 * A recurrent network: h' = tanh(W x + b + U h + c), or relu instead of tanh (PyTorch's `nn.RNN`). Shapes: x
 * [L, N, inputSize] ([N, L, inputSize] with `batchFirst`; N may be missing), h [layers · directions, N,
 * hiddenSize], zeros by default → [the outputs of the last layer [L, N, directions · hiddenSize], the last h
 * of every layer]. A `PackedSequence` gives a `PackedSequence` of outputs.
 * @throws ValueError for a `nonlinearity` other than `"tanh"` and `"relu"`.
 */
export class RNN extends Recurrent {
  readonly nonlinearity: "tanh" | "relu";

  constructor(
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & { nonlinearity?: "tanh" | "relu" } = {},
  ) {
    checkOptions("RNN", options, [...recurrentOptions, "nonlinearity"]);
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = checkNonlinearity("RNN", options.nonlinearity);
  }

  protected get cell(): Cell {
    return this.nonlinearity;
  }

  forward<X extends Tensor | PackedSequence>(x: X, h: Tensor | null = null): [output: X, h: Tensor] {
    const { output, last } = this.run(x, h && [h]);
    return [output as X, last[0]];
  }
}

/**
 * A gated recurrent unit (Cho et al., 2014; PyTorch's `nn.GRU`). Shapes as in `RNN`.
 * @example new nn.GRU(3, 5).forward(randn([7, 2, 3]))[0].shape // [7, 2, 5]
 */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("GRU", options, recurrentOptions);
    super(inputSize, hiddenSize, 3, options);
  }

  protected get cell(): Cell {
    return "gru";
  }

  forward<X extends Tensor | PackedSequence>(x: X, h: Tensor | null = null): [output: X, h: Tensor] {
    const { output, last } = this.run(x, h && [h]);
    return [output as X, last[0]];
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; PyTorch's `nn.LSTM`). Shapes as in `RNN`; the
 * state is [h, c]. `projSize` projects h to that many features, by `weight_hr_l0`.
 * @example new nn.LSTM(3, 5).forward(randn([7, 2, 3]))[0].shape // [7, 2, 5]
 */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions & { projSize?: number } = {}) {
    checkOptions("LSTM", options, [...recurrentOptions, "projSize"]);
    super(inputSize, hiddenSize, 4, options, options.projSize ?? 0);
  }

  protected get cell(): Cell {
    return "lstm";
  }

  forward<X extends Tensor | PackedSequence>(
    x: X,
    state: readonly [h: Tensor, c: Tensor] | null = null,
  ): [output: X, state: [h: Tensor, c: Tensor]] {
    const { output, last } = this.run(x, pairOf("LSTM", state));
    return [output as X, [last[0], last[1]]];
  }
}
