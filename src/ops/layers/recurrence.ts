import { differentiableJointly, needsGrad } from "../../autograd/graph.js";
import { run } from "../../kernels/run.js";
import { inside } from "../../tensor/reuse.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { gemm, linear, transposed } from "../linalg/matmul.js";
import { sum } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { dense, narrow } from "../shape/views.js";
import { type CellWeights, gruStep, lstmStep, rnnStep } from "./recurrent.js";

/*
 * One direction of a recurrent layer over a whole sequence: one product for all inputs, one kernel for all
 * steps; backward one kernel for all steps, then one product for each weight and for the inputs.
 */

export type Cell = "lstm" | "gru" | "tanh" | "relu";

/** The steps of `batch` sequences, step by step, as rows. */
export interface Steps {
  /** [rows, in] */
  readonly x: Tensor;
  readonly steps: number;
  readonly batch: number;
  /** The number of rows of each step, which never rises; null if each has `batch`. */
  readonly counts: readonly number[] | null;
  /** The same as [steps] int32. */
  readonly countsTensor: Tensor | null;
}

export interface RecurrenceWeights extends CellWeights {
  /** [P, H]: projects h; of an LSTM. */
  readonly projection: Tensor | null;
}

/** [h, c] of an LSTM, [h] of the others. */
export type State = readonly Tensor[];

/**
 * The output h of each row, and the last state of each sequence. `initial`: the state before the first step.
 * With `reverse` the steps are taken from the last to the first. Operands have passed their checks.
 * Shapes: x [rows, in], h [N, P], c [N, H] → output [rows, P], h [N, P], c [N, H].
 */
export function recurrence(
  cell: Cell,
  sequence: Steps,
  weights: RecurrenceWeights,
  initial: State,
  reverse: boolean,
): { output: Tensor; last: State } {
  const { x: given, steps, batch, countsTensor: counts } = sequence;
  const [columns, width] = weights.weightHh.shape;
  const rows = given.shape[0];
  const hidden = weights.projection === null ? width : weights.projection.shape[1];
  const { dtype } = given;
  const [x, wih, whh] = inside(() => [given, weights.weightIh, weights.weightHh].map(dense));
  const projection = weights.projection && dense(weights.projection);
  const [h0, c0 = null] = initial.map(dense);
  const bias = weights.biasHh && dense(weights.biasHh);
  const named = { ...weights, x: given, h0: initial[0], c0: initial[1] ?? null };
  const names = (Object.keys(named) as (keyof typeof named)[]).filter((name) => named[name] !== null);
  const inputs = names.map((name) => named[name]!);
  const needed = needsGrad(inputs);

  const of = (count: number, size: number) => empty([count, size], dtype);
  const sizes = [reverse ? 1 : 0, steps, batch, rows, hidden, width, columns] as const;
  const gates = inside(() => gemm(x, transposed(wih), weights.biasIh && dense(weights.biasIh)));
  const inner = needed && (cell === "lstm" || cell === "gru") ? inside(() => of(rows, hidden)) : null;
  const whole = projection === null ? null : inside(() => of(rows, hidden));
  const output = of(rows, width);
  const hn = of(batch, width);
  const cn = c0 === null ? null : of(batch, hidden);
  const operands = [counts, whh, projection, h0, c0] as const;
  run.recurrent(cell, ...sizes, ...operands, bias, gates, inner, whole, output, hn, cn);
  const last = cn === null ? [hn] : [hn, cn];

  const saves = [x, wih, whh, gates, output, h0];
  for (const kept of [c0, projection, inner, whole, counts]) if (kept !== null) saves.push(kept);
  differentiableJointly(
    cell,
    inputs,
    [output, ...last],
    new Set(),
    (gs, targets) => {
      const index = (name: keyof typeof named) => names.indexOf(name);
      const needs = (...wanted: (keyof typeof named)[]) =>
        wanted.some((name) => index(name) >= 0 && targets.needs(index(name)));
      const [g, gh, gc = null] = gs.map((one) => one && dense(one));
      const gx = of(rows, columns);
      const gu = cell === "gru" ? of(rows, columns) : null;
      const gp = projection !== null && needs("projection") ? of(rows, width) : null;
      const previous = needs("weightHh") ? of(rows, width) : null;
      const gh0 = of(batch, width);
      const gc0 = c0 === null ? null : of(batch, hidden);
      const results = [gx, gu, gp, previous, gh0, gc0] as const;
      run.recurrentGrad(cell, ...sizes, ...operands, gates, inner, output, g, gh, gc, ...results);
      const product = (name: keyof typeof named, a: Tensor, b: Tensor) =>
        gemm(transposed(a), b, null, targets.into(index(name)));
      const ofBias = needs("biasIh", "biasHh") ? sum(gx, 0) : null;
      const found: Partial<Record<keyof typeof named, () => Tensor | null>> = {
        x: () => gemm(gx, wih),
        weightIh: () => product("weightIh", gx, x),
        weightHh: () => product("weightHh", gu ?? gx, previous!),
        biasIh: () => ofBias,
        biasHh: () => (gu === null ? ofBias : sum(gu, 0)),
        projection: () => product("projection", gp!, whole!),
        h0: () => gh0,
        c0: () => gc0,
      };
      return names.map((name) => (needs(name) ? found[name]!() : null));
    },
    saves,
    () => composed(cell, sequence, weights, initial, reverse),
  );
  return { output, last };
}

/** The same of differentiable operations, step by step: [output, h, c]. */
function composed(
  cell: Cell,
  { x, steps, batch, counts }: Steps,
  weights: RecurrenceWeights,
  initial: State,
  reverse: boolean,
): Tensor[] {
  const outputs: Tensor[] = [];
  let state = initial;
  const starts = [0];
  for (let t = 0; t < steps; t++) starts.push(starts[t] + (counts?.[t] ?? batch));
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    const count = starts[t + 1] - starts[t];
    const running = state.map((one) => narrow(one, 0, 0, count));
    const next = step(cell, narrow(x, 0, starts[t], count), running, weights);
    outputs[t] = next[0];
    state = next.map((one, i) =>
      count === batch ? one : cat([one, narrow(state[i], 0, count, batch - count)]),
    );
  }
  return [cat(outputs), ...state];
}

function step(cell: Cell, x: Tensor, [h, c]: State, weights: RecurrenceWeights): Tensor[] {
  if (cell === "gru") return [gruStep(x, h, weights)];
  if (cell !== "lstm") return [rnnStep(x, h, weights, cell)];
  const [nextH, nextC] = lstmStep(x, h, c, weights);
  return [weights.projection === null ? nextH : linear(nextH, weights.projection), nextC];
}

/** Zeros for the initial state: h [N, P], for an LSTM also c [N, H]. */
export function zeroState(cell: Cell, batch: number, weights: RecurrenceWeights, like: Tensor): State {
  const [, width] = weights.weightHh.shape;
  const hidden = weights.projection === null ? width : weights.projection.shape[1];
  const sizes = cell === "lstm" ? [width, hidden] : [width];
  return sizes.map((size) => zeros([batch, size], { dtype: like.dtype }));
}
