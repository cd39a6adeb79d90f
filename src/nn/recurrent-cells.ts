import { checkTensors } from "../arguments.js";
import { formatShape, ShapeError } from "../errors.js";
import { type Cell as CellName, recurrence, type State, zeroState } from "../ops/layers/recurrence.js";
import { reshape } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { sameShape } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkSizes } from "./arguments.js";
import * as init from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { checkDTypes, checkNonlinearity, pairOf } from "./recurrent-arguments.js";

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

  /** The next state; without a batch dim it has none either. */
  protected step(cell: CellName, x: Tensor, state: State | null): State {
    const name = this.constructor.name;
    checkTensors(name, x, ...(state ?? []));
    if (x.ndim !== 1 && x.ndim !== 2)
      throw new ShapeError(`${name}: x is [N, inputSize] or [inputSize]: ${formatShape(x.shape)}`);
    const { weight_ih: weightIh, weight_hh: weightHh, bias_ih: biasIh, bias_hh: biasHh } = this;
    if (x.shape[x.ndim - 1] !== this.inputSize)
      throw new ShapeError(
        `${name}: the last dim of x is inputSize, ${this.inputSize}: ${formatShape(x.shape)} for weight ${formatShape(weightIh.shape)}`,
      );
    const expected = [...x.shape.slice(0, -1), this.hiddenSize];
    for (const s of state ?? [])
      if (!sameShape(s.shape, expected))
        throw new ShapeError(`${name}: the state is ${formatShape(expected)}: ${formatShape(s.shape)}`);
    checkDTypes(name, weightIh, x, state ?? []);
    const batch = x.ndim === 1 ? 1 : x.shape[0];
    const weights = { weightIh, weightHh, biasIh, biasHh, projection: null };
    const initial =
      state?.map((s) => reshape(s, [batch, this.hiddenSize])) ?? zeroState(cell, batch, weights, x);
    const sequence = { x: reshape(x, [batch, this.inputSize]), steps: 1, batch, counts: null };
    const { last } = recurrence(cell, { ...sequence, countsTensor: null }, weights, initial, false);
    return last.map((s) => reshape(s, expected));
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}`;
  }
}

/**
 * One step of `RNN` (PyTorch's `nn.RNNCell`). Shapes: x [N, inputSize], h [N, hiddenSize] → h; N may be
 * missing.
 * @throws ValueError for a `nonlinearity` other than `"tanh"` and `"relu"`.
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
    return this.step(this.nonlinearity, x, h && [h])[0];
  }
}

/**
 * One step of `GRU` (PyTorch's `nn.GRUCell`). Shapes as in `RNNCell`.
 * @example new nn.GRUCell(3, 5).forward(randn([2, 3])).shape // [2, 5]
 */
export class GRUCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: { bias?: boolean } = {}) {
    checkOptions("GRUCell", options, ["bias"]);
    super(inputSize, hiddenSize, 3, options.bias ?? true);
  }
  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.step("gru", x, h && [h])[0];
  }
}

/**
 * One step of `LSTM` (PyTorch's `nn.LSTMCell`). Shapes as in `RNNCell`; the state is [h, c].
 * @example new nn.LSTMCell(3, 5).forward(randn([2, 3])).map(({ shape }) => shape) // [[2, 5], [2, 5]]
 */
export class LSTMCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: { bias?: boolean } = {}) {
    checkOptions("LSTMCell", options, ["bias"]);
    super(inputSize, hiddenSize, 4, options.bias ?? true);
  }
  forward(x: Tensor, state: readonly [h: Tensor, c: Tensor] | null = null): [h: Tensor, c: Tensor] {
    const [h, c] = this.step("lstm", x, pairOf("LSTMCell", state));
    return [h, c];
  }
}
