// Every function and layer that takes a size or a count, with hostile values in every position. Prints each
// call before it is made, so that one that does not end, or that ends the process, is known; then "broken: …"
// for every answer that is none.
//
//   node sizes.mjs native|js

import { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

// A machine of 1 GiB: what a large one may really allocate would take its time.
os.totalmem = () => 2 ** 30;
syncBuiltinESMExports();
const sg = await import("../../dist/index.js");
const { backend, nn, SimdgradError, tensor, zeros, ones } = sg;
const F = nn.functional;
backend.use(process.argv[2]);

const hostile = [0, -1, 0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, 1e10, "3", null];
const int = (...values) => tensor(values, { dtype: "int32" });
const x1 = ones([1, 2, 8]);
const x2 = ones([1, 2, 8, 8]);
const x3 = ones([1, 2, 4, 4, 4]);
const x = ones([4]);
const m = ones([3, 4]);

/** name: the call, and good values for what it takes. */
const calls = {
  zeros: [(a, b) => zeros([a, b]), 2, 3],
  "zeros with a 0": [(a, b) => zeros([a, b, 0]), 2, 3],
  ones: [(a) => ones([a]), 2],
  full: [(a) => sg.full([a], 1), 2],
  empty: [(a) => sg.empty([a]), 2],
  rand: [(a, b) => sg.rand([a, b]), 2, 3],
  randn: [(a) => sg.randn([a]), 2],
  randint: [(a, b) => sg.randint(a, [b]), 2, 3],
  randperm: [(a) => sg.randperm(a), 4],
  eye: [(a, b) => sg.eye(a, b), 2, 3],
  arange: [(a, b, c) => sg.arange(a, b, c), 0, 4, 1],
  linspace: [(a, b, c) => sg.linspace(a, b, c), 0, 1, 3],
  logspace: [(a, b, c) => sg.logspace(a, b, c), 0, 1, 3],
  tensor: [(a) => tensor([1, 2], { shape: [a] }), 2],
  trilIndices: [(a, b, c) => sg.trilIndices(a, b, c), 3, 4, 0],
  triuIndices: [(a, b, c) => sg.triuIndices(a, b, c), 3, 4, 0],
  tril: [(a) => m.tril(a), 0],
  triu: [(a) => m.triu(a), 0],
  oneHot: [(a) => F.oneHot(int(1), a), 3],
  "oneHot of a class": [(a) => F.oneHot(tensor([a], { dtype: "int32" })), 3],
  repeat: [(a, b) => x.repeat([a, b]), 2, 3],
  tile: [(a) => x.tile([a]), 2],
  repeatInterleave: [(a) => x.repeatInterleave(a), 2],
  "repeatInterleave by a tensor": [(a) => x.repeatInterleave(tensor([a], { dtype: "int32" })), 2],
  expand: [(a) => ones([1]).expand([a]), 3],
  "toArray of expand": [(a) => ones([1]).expand([a]).toArray(), 3],
  "print of expand": [(a) => String(ones([1]).expand([a])), 3],
  "sum of expand 0": [(a) => ones([1, 0]).expand([a, 0]).sum(), 3],
  reshape: [(a, b) => x.reshape([a, b]), 2, 2],
  narrow: [(a, b, c) => x.narrow(a, b, c), 0, 1, 2],
  slice: [(a, b) => x.slice([a, b]), 1, 3],
  split: [(a) => x.split(a), 2],
  chunk: [(a) => x.chunk(a), 2],
  unfold: [(a, b, c) => x.unfold(a, b, c), 0, 2, 1],
  roll: [(a) => x.roll(a), 1],
  asStrided: [(a, b, c) => x.asStrided([a], [b], c), 2, 1, 0],
  topk: [(a) => x.topk(a), 2],
  kthvalue: [(a) => x.kthvalue(a), 2],
  diagonal: [(a) => m.diagonal(a), 0],
  diagEmbed: [(a) => sg.diagEmbed(x, a), 0],
  bincount: [(a) => int(1, 2).bincount({ minlength: a }), 3],
  histc: [(a) => x.histc({ bins: a }), 3],
  histogram: [(a) => sg.histogram(x, a), 3],
  vander: [(a) => sg.vander(x, a), 3],
  unflatten: [(a, b) => x.unflatten(0, [a, b]), 2, 2],
  nonzeroStatic: [(a) => x.nonzeroStatic({ size: a }), 3],
  unravelIndex: [(a) => sg.unravelIndex(int(1), [a]), 3],
  multigammaln: [(a) => ones([2]).mul(9).mvlgamma(a), 2],
  multinomial: [(a, b) => sg.multinomial(x, a, b === 1 ? undefined : { replacement: b }), 2, 1],
  "multinomial with replacement": [(a) => sg.multinomial(x, a, { replacement: true }), 2],
  combinations: [(a) => sg.combinations(x, a), 2],
  pad: [(a, b) => F.pad(x2, [a, b]), 1, 1],
  "pad replicate": [(a, b) => F.pad(x2, [a, b], "replicate"), 1, 1],
  interpolate: [(a, b) => F.interpolate(x2, { size: [a, b] }), 4, 4],
  "interpolate by a factor": [(a) => F.interpolate(x2, { scaleFactor: a }), 2],
  "interpolate bilinear": [(a) => F.interpolate(x2, { size: [a, 4], mode: "bilinear" }), 4],
  pixelShuffle: [(a) => F.pixelShuffle(ones([1, 4, 2, 2]), a), 2],
  pixelUnshuffle: [(a) => F.pixelUnshuffle(x2, a), 2],
  localResponseNorm: [(a) => F.localResponseNorm(x2, a), 3],
  affineGrid: [(a, b) => F.affineGrid(ones([1, 2, 3]), [1, 1, a, b]), 3, 3],
  groupNorm: [(a) => F.groupNorm(x2, a), 2],
  cdist: [(a) => sg.cdist(m, m, { p: a }), 2],
  "linalg.matrixPower": [(a) => sg.linalg.matrixPower(ones([2, 2]), a), 2],
};

for (const [axes, input] of [
  [1, x1],
  [2, x2],
  [3, x3],
]) {
  for (const kind of ["adaptiveAvgPool", "adaptiveMaxPool"]) {
    calls[`${kind}${axes}d`] = [(a) => F[`${kind}${axes}d`](input, a), 2];
    calls[`nn ${kind}${axes}d`] = [
      (a) => new nn[`${kind[0].toUpperCase()}${kind.slice(1)}${axes}d`](a).forward(input),
      2,
    ];
  }
  for (const kind of ["avgPool", "maxPool"])
    calls[`${kind}${axes}d`] = [
      (a, b, c) => F[`${kind}${axes}d`](input, a, { stride: b, padding: c }),
      2,
      1,
      0,
    ];
  for (const kind of ["Conv", "ConvTranspose"]) {
    calls[`${kind}${axes}d`] = [(a, b, c) => new nn[`${kind}${axes}d`](a, b, c).forward(input), 2, 3, 2];
    calls[`${kind}${axes}d with options`] = [
      (stride, padding, dilation, groups) =>
        new nn[`${kind}${axes}d`](2, 2, 2, { stride, padding, dilation, groups }).forward(input),
      ...[1, 0, 1, 1],
    ];
  }
  calls[`BatchNorm${axes}d`] = [(a) => new nn[`BatchNorm${axes}d`](a).forward(input), 2];
  for (const kind of ["ReplicationPad", "ConstantPad", "ZeroPad"])
    calls[`${kind}${axes}d`] = [
      (a) => new nn[`${kind}${axes}d`](a, ...(kind === "ConstantPad" ? [0] : [])).forward(input),
      1,
    ];
}
Object.assign(calls, {
  unfoldImages: [(a, b, c, d) => F.unfold(x2, a, { stride: b, padding: c, dilation: d }), 2, 1, 0, 1],
  foldImages: [(a, b) => F.fold(ones([1, 8, 9]), [a, 4], b), 4, 2],
  lpPool2d: [(a, b) => F.lpPool2d(x2, a, b), 2, 2],
  fractionalMaxPool2d: [(a, b) => F.fractionalMaxPool2d(x2, a, { outputSize: b }), 2, 3],
  maxUnpool2d: [
    (a, b) => F.maxUnpool2d(ones([1, 2, 4, 4]), zeros([1, 2, 4, 4], { dtype: "int32" }), a, { stride: b }),
    ...[2, 2],
  ],
  Linear: [(a, b) => new nn.Linear(a, b), 2, 3],
  "Linear that is large": [() => new nn.Linear(65536, 65536)],
  Bilinear: [(a, b, c) => new nn.Bilinear(a, b, c), 2, 3, 2],
  Embedding: [(a, b) => new nn.Embedding(a, b).forward(int(0)), 3, 2],
  EmbeddingBag: [(a, b) => new nn.EmbeddingBag(a, b), 3, 2],
  RNN: [(a, b, c) => new nn.RNN(a, b, { numLayers: c }), 2, 3, 1],
  LSTM: [(a, b, c) => new nn.LSTM(a, b, { numLayers: c }), 2, 3, 1],
  GRU: [(a, b, c) => new nn.GRU(a, b, { numLayers: c }), 2, 3, 1],
  LSTMCell: [(a, b) => new nn.LSTMCell(a, b), 2, 3],
  MultiheadAttention: [(a, b) => new nn.MultiheadAttention(a, b), 4, 2],
  LayerNorm: [(a) => new nn.LayerNorm(a), 4],
  RMSNorm: [(a) => new nn.RMSNorm([a]), 4],
  GroupNorm: [(a, b) => new nn.GroupNorm(a, b), 2, 4],
  InstanceNorm2d: [(a) => new nn.InstanceNorm2d(a, { affine: true }), 2],
  Upsample: [(a) => new nn.Upsample({ size: a }).forward(x2), 4],
  PReLU: [(a) => new nn.PReLU({ numParameters: a }), 1],
  Unflatten: [(a) => new nn.Unflatten(1, [a, 1]).forward(x2), 2],
  PixelShuffle: [(a) => new nn.PixelShuffle(a).forward(ones([1, 4, 2, 2])), 2],
  TransformerEncoderLayer: [
    (a, b, c) => new nn.TransformerEncoderLayer(a, b, { dimFeedforward: c }),
    4,
    2,
    8,
  ],
  Parameter: [(a) => nn.Parameter.zeros([a]), 2],
  DataLoader: [(a) => [...new sg.data.DataLoader(new sg.data.TensorDataset(m), { batchSize: a })], 2],
  "Tensor.from": [(a) => sg.Tensor.from({ shape: [a], dtype: "float32", data: new Float32Array(2) }), 2],
});

const broken = [];
const skipped = [];
for (const [name, [call, ...good]] of Object.entries(calls)) {
  const attempt = (args) => {
    const text = `${name}(${args.map((v) => (typeof v === "string" ? JSON.stringify(v) : String(v))).join(", ")})`;
    writeSync(1, `${text}\n`);
    try {
      call(...args);
    } catch (error) {
      if (!(error instanceof SimdgradError)) return `${text}: ${error?.name}: ${error?.message}`;
    }
    const sum = zeros([4]).add(1).sum().item();
    return sum === 4 ? null : `${text}: afterwards zeros([4]).add(1) sums to ${sum}`;
  };
  const known = attempt(good);
  if (known?.includes("not a function") || known?.includes("not a constructor")) {
    skipped.push(known);
    continue;
  }
  if (known !== null) broken.push(known);
  for (const i of good.keys())
    for (const value of hostile) {
      const result = attempt(good.map((v, j) => (j === i ? value : v)));
      if (result !== null) broken.push(result);
    }
}
for (const line of broken) writeSync(1, `broken: ${line.slice(0, 300)}\n`);
for (const line of skipped) writeSync(1, `unknown: ${line.slice(0, 300)}\n`);
writeSync(1, "end\n");
