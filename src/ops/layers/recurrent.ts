import type { Tensor } from "../../tensor/tensor.js";
import { add, mul, sub, unary } from "../elementwise/elementwise.js";
import { linear } from "../linalg/matmul.js";
import { chunk } from "../shape/views.js";

/*
 * One step of a recurrent layer, with PyTorch's weights: the gates are stacked along dim 0. Shapes: x [N,
 * in], h [N, H].
 */

export interface CellWeights {
  /** [gates · H, in] */
  weightIh: Tensor;
  /** [gates · H, H] */
  weightHh: Tensor;
  /** [gates · H] */
  biasIh: Tensor | null;
  biasHh: Tensor | null;
}

const gates = (x: Tensor, h: Tensor, w: CellWeights) =>
  add(linear(x, w.weightIh, w.biasIh), linear(h, w.weightHh, w.biasHh));

/** h' = tanh(W x + U h), or relu of it. */
export function rnnStep(x: Tensor, h: Tensor, w: CellWeights, nonlinearity: "tanh" | "relu"): Tensor {
  return unary[nonlinearity](gates(x, h, w));
}

/**
 * c' = f · c + i · g, h' = o · tanh(c') (Hochreiter and Schmidhuber, 1997); gates i, f, g, o. Returns [h',
 * c'].
 */
export function lstmStep(x: Tensor, h: Tensor, c: Tensor, w: CellWeights): [h: Tensor, c: Tensor] {
  const [input, forget, candidate, output] = chunk(gates(x, h, w), 4, -1);
  const kept = mul(unary.sigmoid(forget), c);
  const next = add(kept, mul(unary.sigmoid(input), unary.tanh(candidate)));
  return [mul(unary.sigmoid(output), unary.tanh(next)), next];
}

/** h' = (1 - z) · n + z · h with n = tanh(W x + r · U h) (Cho et al., 2014); gates r, z, n. */
export function gruStep(x: Tensor, h: Tensor, w: CellWeights): Tensor {
  const [xr, xz, xn] = chunk(linear(x, w.weightIh, w.biasIh), 3, -1);
  const [hr, hz, hn] = chunk(linear(h, w.weightHh, w.biasHh), 3, -1);
  const update = unary.sigmoid(add(xz, hz));
  const candidate = unary.tanh(add(xn, mul(unary.sigmoid(add(xr, hr)), hn)));
  return add(candidate, mul(update, sub(h, candidate)));
}
