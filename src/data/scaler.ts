import type { DType } from "../dtype.js";
import { isFloating } from "../dtype.js";
import { DTypeError, formatShape, ShapeError, SimdgradError, ValueError } from "../errors.js";
import { tensor } from "../ops/create/create.js";
import { add, div, mul, sub } from "../ops/elementwise/elementwise.js";
import { dense } from "../ops/shape/views.js";
import { quoted } from "../quote.js";
import { finite, listOf, mismatch, readState } from "../saved-state.js";
import { numel } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** The state of a `StandardScaler`; plain JSON, to be stored beside a model. */
export interface ScalerState {
  /** Mean of each feature. */
  mean: number[];
  /** Deviation of each feature; 1 for a constant one. */
  std: number[];
}

/**
 * Scales each feature to mean 0 and standard deviation 1, using the mean and deviation of the data it was
 * fitted to (scikit-learn's `StandardScaler`: the population deviation, and 1 for a constant feature).
 *
 *     const scaler = new data.StandardScaler()
 *     const train = scaler.fitTransform(x)       mean and std of these
 *     const test = scaler.transform(other)       the same numbers: nothing of the test leaks into training
 */
export class StandardScaler {
  #state: ScalerState | undefined;

  /** @throws SimdgradError `NOT_FITTED`. */
  get mean(): readonly number[] {
    return this.#fitted("mean").mean;
  }

  /** @throws SimdgradError `NOT_FITTED`. */
  get std(): readonly number[] {
    return this.#fitted("std").std;
  }

  /**
   * Computes the mean and deviation of each feature of `x` [samples, …features], in float64.
   * @throws ValueError `NOT_FINITE` with sample and feature; ShapeError `EMPTY_DATASET` without samples or
   * features.
   */
  fit(x: Tensor): this {
    checkFloats("StandardScaler.fit", x);
    const [count] = x.shape;
    const width = numel(x.shape.slice(1));
    if (x.ndim < 2)
      throw new ShapeError(`StandardScaler.fit: x is [samples, features]: ${formatShape(x.shape)}`);
    if (count === 0 || width === 0)
      throw new ShapeError(
        `StandardScaler.fit: no samples or no features: ${formatShape(x.shape)}`,
        "EMPTY_DATASET",
      );
    const { data } = dense(x.detach());
    const mean = new Float64Array(width);
    const squares = new Float64Array(width);
    // Welford's method: a large mean does not reduce the precision of the deviation.
    for (let r = 0; r < count; r++)
      for (let f = 0; f < width; f++) {
        const value = data[r * width + f];
        if (!Number.isFinite(value))
          throw new ValueError(
            `StandardScaler.fit: values are finite: ${quoted(value)} in sample ${r}, feature ${f}`,
            "NOT_FINITE",
          );
        const difference = value - mean[f];
        mean[f] += difference / (r + 1);
        squares[f] += difference * (value - mean[f]);
      }
    // Rounding gives a constant feature a deviation of a few last digits of its mean, which must not be
    // scaled up to 1.
    const std = Array.from(squares, (sum, f) => {
      const deviation = Math.sqrt(sum / count);
      return deviation > 10 * Number.EPSILON * Math.abs(mean[f]) ? deviation : 1;
    });
    this.#state = { mean: [...mean], std };
    return this;
  }

  /**
   * (x − mean) / std, in the dtype of `x`. @throws SimdgradError `NOT_FITTED`; ShapeError for features other
   * than the fitted ones.
   */
  transform(x: Tensor): Tensor {
    const { mean, std } = this.#constants("transform", x);
    return div(sub(x, mean), std);
  }

  /** `fit`, then `transform`. */
  fitTransform(x: Tensor): Tensor {
    return this.fit(x).transform(x);
  }

  /** x · std + mean: the inverse of `transform`. */
  inverseTransform(x: Tensor): Tensor {
    const { mean, std } = this.#constants("inverseTransform", x);
    return add(mul(x, std), mean);
  }

  stateDict(): ScalerState {
    const { mean, std } = this.#fitted("stateDict");
    return { mean: [...mean], std: [...std] };
  }

  /** @throws SimdgradError `STATE_DICT_MISMATCH`. */
  loadStateDict(state: ScalerState): void {
    const { mean, std } = readState("StandardScaler", state, { mean: listOf(finite), std: listOf(finite) });
    if (mean.length === 0 || mean.length !== std.length || std.some((value) => value <= 0))
      throw mismatch(
        "StandardScaler",
        `as many finite means as positive deviations: ${quoted(mean)} and ${quoted(std)}`,
      );
    this.#state = { mean, std };
  }

  #fitted(what: string): ScalerState {
    if (this.#state !== undefined) return this.#state;
    throw new SimdgradError("NOT_FITTED", `StandardScaler.${what}: fit comes first: nothing was fitted yet`);
  }

  #constants(method: string, x: Tensor): { mean: Tensor; std: Tensor } {
    const { mean, std } = this.#fitted(method);
    checkFloats(`StandardScaler.${method}`, x);
    const shape = x.shape.slice(1);
    if (x.ndim < 2 || numel(shape) !== mean.length)
      throw new ShapeError(
        `StandardScaler.${method}: other features than were fitted: ${formatShape(x.shape)}, fitted [samples, ${mean.length}]`,
      );
    const constant = (values: number[], dtype: DType) => tensor(Float64Array.from(values), { shape, dtype });
    return { mean: constant(mean, x.dtype), std: constant(std, x.dtype) };
  }
}

function checkFloats(op: string, x: Tensor): void {
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: features are floats: ${x.dtype}; use to("float32")`);
}
