/** Small tensors and other arguments of the calls. */
import { Generator, nn, tensor } from "../../src/index.js";

/** A tensor of this shape, its values between 0 and 1. */
export const filled = (...shape: number[]) => {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length: n }, (_, i) => 0.1 + ((i * 7) % 11) / 13),
    { shape },
  );
};
export const m = () =>
  tensor([
    [0.6, 0.2],
    [0.3, 0.8],
  ]);
export const s = () => tensor(0.5);
export const v2 = () => tensor([0.25, 0.5]);
export const x1 = () => filled(1, 2, 6);
export const x2 = () => filled(1, 2, 6, 6);
export const x3 = () => filled(1, 2, 4, 4, 4);
export const w1 = () => filled(2, 2, 3);
export const w2 = () => filled(2, 2, 3, 3);
export const w3 = () => filled(2, 2, 3, 3, 3);
export const t3 = () => filled(2, 2, 2);
export const i2 = () => tensor([0, 1], { dtype: "int32" });
export const im = () =>
  tensor(
    [
      [0, 1],
      [1, 0],
    ],
    { dtype: "int32" },
  );
export const bm = () =>
  tensor([
    [true, false],
    [true, true],
  ]);
export const gen = () => new Generator(1);
export const enc = () => new nn.TransformerEncoderLayer(2, 1, { dimFeedforward: 2 });
export const dec = () => new nn.TransformerDecoderLayer(2, 1, { dimFeedforward: 2 });
