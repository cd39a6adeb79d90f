import { nn, type Tensor } from "../../src/index.js";
import type { Cases } from "./cases.js";

const F = nn.functional;

/**
 * Convolution and pooling. Where windows overlap, largest elements have to be far enough apart: samples are.
 */
export const spatialCases: Cases = {
  conv1d: [
    { fn: (x, w, b) => F.conv1d(x, w, b, { stride: 2, padding: 1 }), shapes: [[2, 2, 6], [3, 2, 3], [3]] },
    {
      fn: (x, w) => F.conv1d(x.T, w, null, { padding: "same", groups: 2 }),
      shapes: [
        [5, 2],
        [2, 1, 2],
      ],
    },
  ],
  conv2d: [
    {
      fn: (x, w, b) => F.conv2d(x, w, b, { padding: 1, stride: [1, 2], dilation: [2, 1] }),
      shapes: [[2, 2, 4, 4], [3, 2, 2, 3], [3]],
    },
    {
      fn: (x, w) => F.conv2d(x, w, null, { groups: 2 }),
      shapes: [
        [2, 4, 3, 3],
        [2, 2, 2, 2],
      ],
    },
    { fn: (x, w, b) => F.conv2d(x, w, b), shapes: [[2, 2, 2], [3, 2, 1, 1], [3]] },
  ],
  convTranspose1d: [
    {
      fn: (x, w, b) => F.convTranspose1d(x, w, b, { stride: 2, outputPadding: 1, groups: 2 }),
      shapes: [[1, 2, 3], [2, 2, 2], [4]],
    },
  ],
  convTranspose2d: [
    {
      fn: (x, w, b) => F.convTranspose2d(x, w, b, { stride: 2, padding: [1, 0] }),
      shapes: [[2, 2, 2, 3], [2, 2, 3, 2], [2]],
    },
  ],
  unfold: [{ fn: (x) => F.unfold(x, 2, { padding: 1, stride: [1, 2] }), shapes: [[2, 2, 3, 4]] }],
  fold: [{ fn: (x) => F.fold(x, [3, 4], 2), shapes: [[2, 8, 6]] }],
  maxPool1d: [{ fn: (x) => F.maxPool1d(x, 3, { stride: 2, padding: 1 }), shapes: [[2, 2, 7]] }],
  maxPool2d: [
    { fn: (x) => F.maxPool2d(x, 2), shapes: [[2, 2, 4, 5]] },
    {
      fn: (x) => F.maxPool2d(x, 2, { stride: 1, dilation: [2, 1], returnIndices: true })[0],
      shapes: [[2, 4, 4]],
    },
  ],
  avgPool1d: [{ fn: (x) => F.avgPool1d(x, 3, { stride: 2, padding: 1 }), shapes: [[2, 2, 7]] }],
  avgPool2d: [
    { fn: (x) => F.avgPool2d(x, 2, { ceilMode: true, countIncludePad: false }), shapes: [[2, 2, 4, 5]] },
    { fn: (x) => F.avgPool2d(x, [3, 2], { stride: 1, divisorOverride: 2 }), shapes: [[2, 4, 4]] },
  ],
  pixelShuffle: [{ fn: (x) => F.pixelShuffle(x, 2), shapes: [[2, 8, 2, 3]] }],
  pixelUnshuffle: [{ fn: (x) => F.pixelUnshuffle(x, 2), shapes: [[2, 2, 4, 6]] }],
  adaptiveAvgPool1d: [{ fn: (x) => F.adaptiveAvgPool1d(x, 3), shapes: [[2, 2, 5]] }],
  adaptiveAvgPool2d: [{ fn: (x) => F.adaptiveAvgPool2d(x, [2, null]), shapes: [[2, 2, 5, 3]] }],
  adaptiveMaxPool1d: [{ fn: (x) => F.adaptiveMaxPool1d(x, 3), shapes: [[2, 2, 5]] }],
  adaptiveMaxPool2d: [{ fn: (x: Tensor) => F.adaptiveMaxPool2d(x, [2, 1]), shapes: [[2, 2, 5, 3]] }],
};

/** Layers whose function has its cases above. */
export const spatialLayers: Record<string, string> = Object.fromEntries(
  Object.keys(spatialCases).map((name) => [name[0].toUpperCase() + name.slice(1), name]),
);
