import { checkTensors } from "../arguments.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../errors.js";
import { zeros } from "../ops/create/create.js";
import { dropped } from "../ops/layers/dropout.js";
import { type CellWeights, gruStep, lstmStep, rnnStep } from "../ops/layers/recurrent.js";
import { linear } from "../ops/linalg/matmul.js";
import { cat, stack } from "../ops/shape/join.js";
import { select, squeeze, transpose, unbind, unsqueeze } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { type Shape, sameShape } from "../shape.js";
import { checkHeap } from "../tensor/room.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability, checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

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

/** The state of one direction of one layer: h, or h and c. */
type State = Tensor[];

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

  /** The state after a step; its first tensor is the output. */
  protected abstract step(x: Tensor, state: State, weights: CellWeights, projection: Tensor | null): State;

  /**
   * Runs all layers over [L, N, in]; `initial` holds the states [layers · directions, N, …], or is null for
   * zeros.
   */
  protected run(x: Tensor, initial: State | null, sizes: readonly number[]): { output: Tensor; last: State } {
    const name = this.constructor.name;
    checkTensors(name, x, ...(initial ?? []));
    if (x.ndim !== 2 && x.ndim !== 3)
      throw new ShapeError(`${name}: x has 3 dims, or 2 without a batch: ${formatShape(x.shape)}`);
    if (x.shape[x.ndim - 1] !== this.inputSize)
      throw new ShapeError(
        `${name}: the last dim of x is inputSize, ${this.inputSize}: ${formatShape(x.shape)}`,
      );
    if (x.ndim === 2) {
      const batched = initial?.map((s) => unsqueeze(checkedState(name, s), 1)) ?? null;
      const { output, last } = this.layersOver(unsqueeze(x, 1), batched, sizes);
      return { output: squeeze(output, 1), last: last.map((s) => squeeze(s, 1)) };
    }
    const { output, last } = this.layersOver(this.batchFirst ? transpose(x, 0, 1) : x, initial, sizes);
    return { output: this.batchFirst ? transpose(output, 0, 1) : output, last };
  }

  private layersOver(x: Tensor, initial: State | null, sizes: readonly number[]) {
    const { numLayers, directions } = this;
    const [length, batch] = x.shape;
    if (length === 0)
      throw new ShapeError(`${this.constructor.name}: the sequence has no steps: ${formatShape(x.shape)}`);
    const expected = sizes.map((size) => [numLayers * directions, batch, size]);
    for (const [i, s] of (initial ?? []).entries())
      if (!sameShape(s.shape, expected[i]))
        throw new ShapeError(
          `${this.constructor.name}: states are ${formatShape(expected[i])}, [layers · directions, N, size]: ${formatShape(s.shape)}`,
        );
    const start = (i: number): State =>
      initial?.map((s) => select(s, 0, i)) ?? sizes.map((size) => zeros([batch, size], { dtype: x.dtype }));
    const last: State[] = [];
    // A list of steps instead of one tensor: the gradient of a step is then only as large as the step.
    let steps = unbind(x, 0);
    for (let layer = 0; layer < numLayers; layer++) {
      if (layer > 0 && this.training && this.dropout > 0) steps = steps.map((s) => dropped(s, this.dropout));
      const runs = this.suffixes(layer).map((suffix, d) => {
        const weights = {
          weightIh: this.parameter(`weight_ih${suffix}`)!,
          weightHh: this.parameter(`weight_hh${suffix}`)!,
          biasIh: this.parameter(`bias_ih${suffix}`),
          biasHh: this.parameter(`bias_hh${suffix}`),
        };
        const projection = this.parameter(`weight_hr${suffix}`);
        let state = start(layer * directions + d);
        const outputs = (d === 0 ? steps : [...steps].reverse()).map((s) => {
          state = this.step(s, state, weights, projection);
          return state[0];
        });
        last.push(state);
        return d === 0 ? outputs : outputs.reverse();
      });
      steps = runs.length === 1 ? runs[0] : runs[0].map((s, t) => cat([s, runs[1][t]], -1));
    }
    return { output: stack(steps), last: sizes.map((_, i) => stack(last.map((state) => state[i]))) };
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
 * of every layer].
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

  protected step(x: Tensor, [h]: State, weights: CellWeights): State {
    return [rnnStep(x, h, weights, this.nonlinearity)];
  }

  forward(x: Tensor, h: Tensor | null = null): [output: Tensor, h: Tensor] {
    const { output, last } = this.run(x, h && [h], [this.hiddenSize]);
    return [output, last[0]];
  }
}

/** A gated recurrent unit (Cho et al., 2014; PyTorch's `nn.GRU`). Shapes as in `RNN`. */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("GRU", options, recurrentOptions);
    super(inputSize, hiddenSize, 3, options);
  }

  protected step(x: Tensor, [h]: State, weights: CellWeights): State {
    return [gruStep(x, h, weights)];
  }

  forward(x: Tensor, h: Tensor | null = null): [output: Tensor, h: Tensor] {
    const { output, last } = this.run(x, h && [h], [this.hiddenSize]);
    return [output, last[0]];
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; PyTorch's `nn.LSTM`). Shapes as in `RNN`; the
 * state is [h, c]. `projSize` projects h to that many features, by `weight_hr_l0`.
 */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions & { projSize?: number } = {}) {
    checkOptions("LSTM", options, [...recurrentOptions, "projSize"]);
    super(inputSize, hiddenSize, 4, options, options.projSize ?? 0);
  }

  protected step(x: Tensor, [h, c]: State, weights: CellWeights, projection: Tensor | null): State {
    const [nextH, nextC] = lstmStep(x, h, c, weights);
    return [projection === null ? nextH : linear(nextH, projection), nextC];
  }

  forward(
    x: Tensor,
    state: readonly [h: Tensor, c: Tensor] | null = null,
  ): [output: Tensor, state: [h: Tensor, c: Tensor]] {
    const { output, last } = this.run(x, pairOf("LSTM", state), [this.outputSize, this.hiddenSize]);
    return [output, [last[0], last[1]]];
  }
}

function checkNonlinearity(name: string, given: "tanh" | "relu" = "tanh"): "tanh" | "relu" {
  if (given !== "tanh" && given !== "relu")
    throw new ValueError(`${name}: nonlinearity is "tanh" or "relu": ${String(given)}`);
  return given;
}

/** One step of a recurrent layer as a module: weights `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`. */
abstract class Cell extends Module {
  readonly weight_ih: Parameter;
  readonly weight_hh: Parameter;
  readonly bias_ih: Parameter | null;
  readonly bias_hh: Parameter | null;

  constructor(
    readonly inputSize: number,
    readonly hiddenSize: number,
    gates: number,
    bias: boolean,
  ) {
    super();
    checkSizes(this.constructor.name, { inputSize, hiddenSize });
    const bound = 1 / Math.sqrt(hiddenSize);
    const made = (...shape: number[]) => init.uniform(Parameter.zeros(shape), -bound, bound);
    this.weight_ih = made(gates * hiddenSize, inputSize);
    this.weight_hh = made(gates * hiddenSize, hiddenSize);
    this.bias_ih = bias ? made(gates * hiddenSize) : null;
    this.bias_hh = bias ? made(gates * hiddenSize) : null;
  }

  /** Calls `compute` with a batch dim; inputs without one get one. */
  protected batched(
    x: Tensor,
    state: State | null,
    compute: (x: Tensor, state: State, w: CellWeights) => State,
  ): State {
    const name = this.constructor.name;
    checkTensors(name, x, ...(state ?? []));
    if (x.ndim !== 1 && x.ndim !== 2)
      throw new ShapeError(`${name}: x is [N, inputSize] or [inputSize]: ${formatShape(x.shape)}`);
    const expected = [...x.shape.slice(0, -1), this.hiddenSize];
    for (const s of state ?? [])
      if (!sameShape(s.shape, expected))
        throw new ShapeError(`${name}: the state is ${formatShape(expected)}: ${formatShape(s.shape)}`);
    const none = () => zeros(expected, { dtype: x.dtype });
    const { weight_ih: weightIh, weight_hh: weightHh, bias_ih: biasIh, bias_hh: biasHh } = this;
    // `linear` takes rows of any shape, also one row without a batch dim.
    return compute(x, state ?? [none(), none()], { weightIh, weightHh, biasIh, biasHh });
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}`;
  }
}

/**
 * One step of `RNN` (PyTorch's `nn.RNNCell`). Shapes: x [N, inputSize], h [N, hiddenSize] → h; N may be
 * missing.
 */
export class RNNCell extends Cell {
  readonly nonlinearity: "tanh" | "relu";
  constructor(
    inputSize: number,
    hiddenSize: number,
    options: { bias?: boolean; nonlinearity?: "tanh" | "relu" } = {},
  ) {
    checkOptions("RNNCell", options, ["bias", "nonlinearity"]);
    super(inputSize, hiddenSize, 1, options.bias ?? true);
    this.nonlinearity = checkNonlinearity("RNNCell", options.nonlinearity);
  }
  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.batched(x, h && [h], (v, s, w) => [rnnStep(v, s[0], w, this.nonlinearity)])[0];
  }
}

/** Checks the state of an LSTM: both tensors, or null. */
function pairOf(name: string, state: readonly [h: Tensor, c: Tensor] | null): [h: Tensor, c: Tensor] | null {
  if (state === null) return null;
  if (!Array.isArray(state) || state.length !== 2)
    throw new DTypeError(`${name}: the state is two tensors, [h, c]: ${quoted(state)}`, "NOT_A_TENSOR");
  return [state[0], state[1]];
}

/** One step of `GRU` (PyTorch's `nn.GRUCell`). Shapes as in `RNNCell`. */
export class GRUCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: { bias?: boolean } = {}) {
    checkOptions("GRUCell", options, ["bias"]);
    super(inputSize, hiddenSize, 3, options.bias ?? true);
  }
  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.batched(x, h && [h], (v, s, w) => [gruStep(v, s[0], w)])[0];
  }
}

/** One step of `LSTM` (PyTorch's `nn.LSTMCell`). Shapes as in `RNNCell`; the state is [h, c]. */
export class LSTMCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: { bias?: boolean } = {}) {
    checkOptions("LSTMCell", options, ["bias"]);
    super(inputSize, hiddenSize, 4, options.bias ?? true);
  }
  forward(x: Tensor, state: readonly [h: Tensor, c: Tensor] | null = null): [h: Tensor, c: Tensor] {
    const [h, c] = this.batched(x, pairOf("LSTMCell", state), (v, s, w) => lstmStep(v, s[0], s[1], w));
    return [h, c];
  }
}
