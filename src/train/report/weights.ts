/** Histograms and statistics of the parameters of a model. */
import type { Module } from "../../nn/module.js";
import { dense } from "../../ops/shape/views.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Histogram, num, type WeightRow } from "./run-data.js";

const BINS = 32;
/** Of a larger parameter, values at equal distances are read. */
const MOST_VALUES = 1 << 14;
/** More parameters are not listed. */
const MOST_PARAMETERS = 300;

/** The values of one parameter, or some of them. */
export interface Values {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Whether values were left out. */
  readonly sampled: boolean;
}

/** Copies of the values, at most 16,384 of each parameter. */
export function valuesOf(model: Module): { all: Values[]; more: number } {
  const parameters = [...model.namedParameters()];
  const all = parameters.slice(0, MOST_PARAMETERS).map(([name, p]) => read(name, p));
  return { all, more: parameters.length - all.length };
}

function read(name: string, p: Tensor): Values {
  const { data } = dense(p.detach());
  // An odd distance, so that the values do not all lie in a few columns.
  const step = Math.ceil(data.length / MOST_VALUES) | 1;
  const values = new Float32Array(Math.ceil(data.length / step));
  for (let i = 0; i < values.length; i++) values[i] = data[i * step];
  return { name, shape: p.shape, values, sampled: step > 1 };
}

/** Statistics of the values; `before`: the same parameter before the first step. */
export function weightRow({ name, shape, values }: Values, before: Values | undefined): WeightRow {
  const [ownLow, ownHigh, notFinite] = range(values);
  const [oldLow, oldHigh] = before === undefined ? [ownLow, ownHigh] : range(before.values);
  const [low, high] = widened(Math.min(ownLow, oldLow), Math.max(ownHigh, oldHigh));
  const { mean, std } = moments(values);
  return {
    ...{ name, shape, notFinite },
    ...{ mean: num(mean), std: num(std), min: num(ownLow), max: num(ownHigh) },
    before: before === undefined ? null : histogram(before.values, low, high),
    now: histogram(values, low, high),
  };
}

/** Mean and standard deviation of the finite values. */
function moments(values: Float32Array): { mean: number; std: number } {
  let count = 0;
  let sum = 0;
  for (const x of values)
    if (Number.isFinite(x)) {
      count++;
      sum += x;
    }
  const mean = sum / count;
  let squares = 0;
  for (const x of values) if (Number.isFinite(x)) squares += (x - mean) ** 2;
  return { mean, std: Math.sqrt(squares / count) };
}

/** The smallest and the largest finite value, and how many are not finite. */
function range(values: Float32Array): [low: number, high: number, notFinite: number] {
  let [low, high, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const x of values)
    if (Number.isFinite(x)) {
      if (x < low) low = x;
      if (x > high) high = x;
    } else notFinite++;
  return low > high ? [Number.NaN, Number.NaN, notFinite] : [low, high, notFinite];
}

/** Equal values get bins too. */
function widened(low: number, high: number): [number, number] {
  if (Number.isNaN(low)) return [-1, 1];
  if (high > low) return [low, high];
  const half = Math.max(Math.abs(low) * 0.1, 1e-6);
  return [low - half, high + half];
}

function histogram(values: Float32Array, low: number, high: number): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  for (const x of values)
    if (Number.isFinite(x)) counts[Math.min(BINS - 1, Math.floor(((x - low) / (high - low)) * BINS))]++;
  return { low: num(low), high: num(high), counts };
}
