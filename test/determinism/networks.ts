/**
 * Twenty small training runs which together use every family of layers, every optimizer and every kind of
 * loss. Sizes are no multiples of a vector's width, and some runs are large enough for several threads.
 * test/fixtures/training-bits holds the bits that each gives.
 */
import { cat, linspace, nn, optim, randint, type Tensor } from "../../src/index.js";
import { classes, type Network, numbers, pairs, sequence, type Wired, wired, words } from "./network.js";

const F = nn.functional;

const crossEntropy = (output: Tensor, target: Tensor) => F.crossEntropy(output, target);
const meanSquare = (output: Tensor, target: Tensor) => F.mseLoss(output, target);

/** Each activation over its own column of x [N, 23]: 22 activations, and one column that stays as it is. */
const activations = () => [
  ...[new nn.ReLU(), new nn.LeakyReLU(), new nn.Sigmoid(), new nn.Tanh(), new nn.ELU(), new nn.SiLU()],
  ...[
    new nn.Softplus(),
    new nn.LogSigmoid(),
    new nn.GELU(),
    new nn.GELU({ approximate: "tanh" }),
    new nn.Hardtanh(),
  ],
  ...[new nn.ReLU6(), new nn.Hardsigmoid(), new nn.Hardswish(), new nn.Hardshrink(), new nn.Softshrink()],
  ...[new nn.Tanhshrink(), new nn.Softsign(), new nn.CELU(), new nn.SELU(), new nn.Mish(), new nn.PReLU()],
];

export const networks: Network[] = [
  {
    name: "perceptron, label smoothing, AdamW",
    data: pairs(numbers(97), classes(11)),
    model: () =>
      sequence(
        ...[new nn.Linear(97, 259), new nn.GELU(), new nn.Dropout(0.1)],
        ...[new nn.Linear(259, 130), new nn.Tanh(), new nn.Linear(130, 11)],
      ),
    optimizer: (p) => new optim.AdamW(p, { lr: 2e-3 }),
    loss: (output, target) =>
      F.crossEntropy(output, target, { labelSmoothing: 0.1 }).add(
        output.exp().sum().log().mul(1e-4).add(output.square().mean().mul(1e-3)),
      ),
    batch: 130,
  },
  {
    name: "perceptron, SGD with Nesterov's momentum",
    data: pairs(numbers(131), classes(10)),
    model: () => sequence(new nn.Linear(131, 203), new nn.ReLU(), new nn.Linear(203, 10)),
    optimizer: (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
    loss: crossEntropy,
    batch: 67,
  },
  {
    name: "tiny perceptron, plain SGD",
    data: pairs(numbers(2), classes(2)),
    model: () =>
      sequence(
        ...[new nn.Linear(2, 20), new nn.Tanh(), new nn.Linear(20, 20), new nn.ReLU()],
        ...[new nn.Linear(20, 20), new nn.Sigmoid(), new nn.Linear(20, 2)],
      ),
    optimizer: (p) => new optim.SGD(p, { lr: 0.1 }),
    loss: (output, target) => F.nllLoss(output.logSoftmax(1), target),
    batch: 32,
  },
  {
    name: "bilinear, regression losses, Adam",
    data: pairs(numbers(19), numbers(7)),
    model: () =>
      wired(
        { left: new nn.Linear(19, 13), right: new nn.Linear(19, 9), both: new nn.Bilinear(13, 9, 7) },
        (m, x) => m.both.forward(m.left.forward(x), m.right.forward(x)),
      ),
    optimizer: (p) => new optim.Adam(p, { lr: 1e-2, weightDecay: 1e-3 }),
    loss: (output, target) => {
      const variance = target.square().add(0.5);
      return F.mseLoss(output, target)
        .add(F.l1Loss(output, target))
        .add(F.smoothL1Loss(output, target, { beta: 0.7 }))
        .add(F.huberLoss(output, target, { delta: 1.3 }))
        .add(F.poissonNllLoss(output, target.abs()))
        .add(F.gaussianNllLoss(output, target, variance))
        .add(F.klDiv(output.logSoftmax(1), target.softmax(1), { reduction: "batchmean" }));
    },
    batch: 21,
  },
  {
    name: "activations, decisions, Adam with AMSGrad",
    data: pairs(numbers(23), (n) => randint(0, 2, [n, 5]).to("float32")),
    model: () => {
      const list = activations();
      return wired(
        {
          first: new nn.Linear(23, 23),
          list: new nn.ModuleList(list),
          gate: new nn.GLU(),
          spread: new nn.Linear(23, 10),
        },
        (m, x) => {
          const columns = m.first.forward(x).chunk(23, 1);
          const mapped = columns.map((c, i) => (list[i] === undefined ? c : (list[i].forward(c) as Tensor)));
          return m.gate.forward(m.spread.forward(cat(mapped, 1)));
        },
      );
    },
    optimizer: (p) => new optim.Adam(p, { lr: 1e-2, amsgrad: true }),
    loss: (output, target) =>
      F.binaryCrossEntropyWithLogits(output, target)
        .add(F.binaryCrossEntropy(output.sigmoid(), target))
        .add(F.multilabelSoftMarginLoss(output, target))
        .add(F.softMarginLoss(output, target.mul(2).sub(1))),
    batch: 37,
  },
  {
    name: "margins and distances, SGD that dampens",
    data: pairs(numbers(29), classes(5)),
    model: () => sequence(new nn.Linear(29, 31), new nn.Softsign(), new nn.Linear(31, 5)),
    optimizer: (p) => new optim.SGD(p, { lr: 0.02, momentum: 0.8, dampening: 0.3 }),
    loss: (output, target) => {
      const [near, far] = [output.roll(1, 0), output.roll(2, 0)];
      const sign = target.eq(2).to("float32").mul(2).sub(1);
      return F.multiMarginLoss(output, target)
        .add(F.tripletMarginLoss(output, near, far))
        .add(F.cosineEmbeddingLoss(output, near, sign, { margin: 0.1 }))
        .add(F.marginRankingLoss(output.select(1, 0), output.select(1, 1), sign))
        .add(F.hingeEmbeddingLoss(F.pairwiseDistance(output, far), sign));
    },
    batch: 43,
  },
  {
    name: "1d convolutions, RMSprop, centered",
    data: pairs(numbers(3, 45), classes(6)),
    model: () =>
      sequence(
        ...[
          new nn.Conv1d(3, 11, 5, { padding: 2 }),
          new nn.BatchNorm1d(11),
          new nn.ReLU(),
          new nn.MaxPool1d(2),
        ],
        ...[new nn.Conv1d(11, 13, 3, { stride: 2, dilation: 2 }), new nn.SiLU(), new nn.AvgPool1d(2)],
        ...[new nn.Flatten(), new nn.Linear(52, 6)],
      ),
    optimizer: (p) => new optim.RMSprop(p, { lr: 1e-3, momentum: 0.5, centered: true }),
    loss: crossEntropy,
    batch: 19,
  },
  {
    name: "2d convolutions, class weights, Adam",
    data: pairs(numbers(3, 17, 17), classes(7)),
    model: () =>
      sequence(
        ...[
          new nn.Conv2d(3, 12, 3, { padding: 1 }),
          new nn.BatchNorm2d(12),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
        ],
        ...[new nn.Conv2d(12, 18, 3, { groups: 3, bias: false }), new nn.LeakyReLU(), new nn.AvgPool2d(2)],
        ...[new nn.Dropout2d(0.2), new nn.Conv2d(18, 21, 3), new nn.ReLU(), new nn.Flatten()],
        new nn.Linear(21, 7),
      ),
    optimizer: (p) => new optim.Adam(p, { lr: 2e-3 }),
    loss: (output, target) =>
      F.crossEntropy(output, target, { weight: linspace(0.3, 1.9, 7), ignoreIndex: 3 }),
    batch: 33,
  },
  {
    name: "3d convolutions, SGD that ascends",
    data: pairs(numbers(2, 7, 9, 7), classes(3)),
    model: () =>
      sequence(
        ...[
          new nn.Conv3d(2, 5, 3, { padding: 1, paddingMode: "replicate" }),
          new nn.BatchNorm3d(5),
          new nn.ELU(),
        ],
        ...[new nn.MaxPool3d(2), new nn.Conv3d(5, 6, [1, 2, 2]), new nn.Tanh(), new nn.AvgPool3d(2)],
        ...[new nn.Flatten(), new nn.Linear(6, 3)],
      ),
    optimizer: (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9, maximize: true }),
    loss: (output, target) => F.crossEntropy(output, target).neg(),
    batch: 13,
  },
  {
    name: "transposed convolutions, Adagrad",
    data: pairs(numbers(3, 3, 3, 3), numbers(7, 7)),
    model: () =>
      wired(
        {
          volumes: new nn.ConvTranspose3d(3, 2, 3),
          images: new nn.ConvTranspose2d(10, 5, 3, { stride: 2, padding: 2, outputPadding: 1, dilation: 2 }),
          rows: new nn.ConvTranspose1d(50, 7, 3, { stride: 1, padding: 1, groups: 1 }),
          last: new nn.Linear(10, 7),
        },
        (m, x) => {
          const images = m.images.forward(m.volumes.forward(x).reshape([-1, 10, 5, 5]).silu());
          const rows = m.rows.forward(images.reshape([x.shape[0], 50, -1]).slice(null, null, [0, 10]));
          return m.last.forward(rows);
        },
      ),
    optimizer: (p) => new optim.Adagrad(p, { lr: 0.02, lrDecay: 0.1, initialAccumulatorValue: 0.1 }),
    loss: meanSquare,
    batch: 11,
  },
  {
    name: "pooling, Adadelta",
    data: pairs(numbers(3, 12, 12), classes(4)),
    model: () =>
      wired(
        {
          conv: new nn.Conv2d(3, 5, 3, { padding: "same" }),
          most: new nn.MaxPool2d(3, { stride: 2, padding: 1, returnIndices: true }),
          back: new nn.MaxUnpool2d(3, { stride: 2, padding: 1 }),
          power: new nn.LPPool2d(2, 2),
          mean: new nn.AdaptiveAvgPool2d([3, 5]),
          peak: new nn.AdaptiveMaxPool1d(7),
          part: new nn.FractionalMaxPool2d(2, { outputSize: [5, 5] }),
          last: new nn.Linear(5 * (15 + 7 + 25 + 9), 4),
        },
        (m, x) => {
          const maps = m.conv.forward(x);
          const [largest, indices] = m.most.forward(maps);
          const unpooled = m.back.forward(largest, indices, [12, 12]);
          const pooled = [
            m.mean.forward(unpooled),
            m.peak.forward(maps.flatten(2)),
            m.part.forward(maps),
            m.power.forward(largest.abs()),
          ];
          return m.last.forward(
            cat(
              pooled.map((v) => v.flatten(1)),
              1,
            ),
          );
        },
      ),
    optimizer: (p) => new optim.Adadelta(p, { lr: 0.9, rho: 0.8, weightDecay: 1e-3 }),
    loss: crossEntropy,
    batch: 23,
  },
  {
    name: "normalizations, Adamax",
    data: pairs(numbers(6, 35), numbers(3)),
    model: () =>
      sequence(
        ...[new nn.LayerNorm(35), new nn.Conv1d(6, 9, 3), new nn.GroupNorm(3, 9), new nn.SiLU()],
        ...[new nn.InstanceNorm1d(9, { affine: true }), new nn.LocalResponseNorm(3), new nn.Flatten()],
        ...[new nn.Linear(297, 129), new nn.RMSNorm(129), new nn.BatchNorm1d(129), new nn.Linear(129, 3)],
      ),
    optimizer: (p) => new optim.Adamax(p, { lr: 3e-3, weightDecay: 1e-3 }),
    loss: meanSquare,
    batch: 41,
  },
  {
    name: "dropouts, NAdam",
    data: pairs(numbers(10, 15), classes(5)),
    model: () =>
      sequence(
        ...[new nn.Dropout1d(0.2), new nn.Conv1d(10, 14, 3), new nn.AlphaDropout(0.1), new nn.SELU()],
        ...[new nn.FeatureAlphaDropout(0.1), new nn.Flatten(), new nn.Linear(182, 61), new nn.RReLU()],
        ...[new nn.Dropout(0.3), new nn.Linear(61, 5)],
      ),
    optimizer: (p) => new optim.NAdam(p, { lr: 3e-3 }),
    loss: crossEntropy,
    batch: 47,
  },
  {
    name: "embeddings, RAdam",
    data: pairs(words(53, 9), classes(8)),
    model: () =>
      wired(
        {
          each: new nn.Embedding(53, 19, { paddingIdx: 0 }),
          mean: new nn.EmbeddingBag(53, 13),
          most: new nn.EmbeddingBag(53, 11, { mode: "max" }),
          last: new nn.Linear(9 * 19 + 13 + 11, 8),
        },
        (m, x) =>
          m.last.forward(cat([m.each.forward(x).flatten(1), m.mean.forward(x), m.most.forward(x)], 1)),
      ),
    optimizer: (p) => new optim.RAdam(p, { lr: 5e-3 }),
    loss: (output, target) => F.nllLoss(output.logSoftmax(1), target, { reduction: "sum" }),
    batch: 51,
  },
  {
    name: "RNN in both directions, Rprop",
    data: pairs(numbers(7, 6), classes(4)),
    model: () =>
      wired(
        {
          rnn: new nn.RNN(6, 11, { numLayers: 2, bidirectional: true, batchFirst: true }),
          relu: new nn.RNN(22, 9, { nonlinearity: "relu", batchFirst: true }),
          last: new nn.Linear(9, 4),
        },
        (m, x) => m.last.forward(m.relu.forward(m.rnn.forward(x)[0])[0].select(1, 6)),
      ),
    optimizer: (p) => new optim.Rprop(p, { lr: 2e-3 }),
    loss: crossEntropy,
    batch: 27,
  },
  {
    name: "LSTM, CTC, Adam",
    data: pairs(numbers(11, 8), (n) => randint(1, 6, [n, 4])),
    model: () =>
      wired(
        {
          lstm: new nn.LSTM(8, 21, { numLayers: 2, dropout: 0.2, projSize: 13, batchFirst: true }),
          last: new nn.Linear(13, 6),
        },
        (m, x) => m.last.forward(m.lstm.forward(x)[0]).logSoftmax(2),
      ),
    optimizer: (p) => new optim.Adam(p, { lr: 5e-3, betas: [0.8, 0.99] }),
    loss: (output, target) => {
      const each = (length: number) => new Array<number>(output.shape[0]!).fill(length);
      return F.ctcLoss(output.transpose(0, 1), target, each(11), each(4));
    },
    batch: 17,
  },
  {
    name: "GRU and cells, NAdam with decoupled decay",
    data: pairs(numbers(5, 7), numbers(3)),
    model: () =>
      wired(
        {
          gru: new nn.GRU(7, 15, { batchFirst: true }),
          rnnCell: new nn.RNNCell(15, 9),
          gruCell: new nn.GRUCell(9, 13),
          lstmCell: new nn.LSTMCell(13, 10),
          last: new nn.Linear(10, 3),
        },
        (m, x) => {
          const output = m.gru.forward(x)[0];
          let h: Tensor | null = null;
          let g: Tensor | null = null;
          let state: [Tensor, Tensor] | null = null;
          for (let step = 0; step < 5; step++) {
            h = m.rnnCell.forward(output.select(1, step), h);
            g = m.gruCell.forward(h, g);
            state = m.lstmCell.forward(g, state);
          }
          return m.last.forward(state![0]);
        },
      ),
    optimizer: (p) => new optim.NAdam(p, { lr: 2e-3, weightDecay: 0.01, decoupledWeightDecay: true }),
    loss: meanSquare,
    batch: 29,
  },
  {
    name: "attention, AdamW with AMSGrad",
    data: pairs(numbers(13, 20), classes(6)),
    model: () =>
      wired(
        {
          heads: new nn.MultiheadAttention(20, 4, { addBiasKv: true, dropout: 0.1, batchFirst: true }),
          norm: new nn.LayerNorm(20),
          mixed: new nn.MultiheadAttention(20, 2, { kdim: 13, vdim: 13, batchFirst: true }),
          last: new nn.Linear(20, 6),
        },
        (m, x) => {
          const y = m.norm.forward(x.add(m.heads.forward(x, x, x)[0]));
          const keys = x.transpose(1, 2);
          const z = m.mixed.forward(y, keys, keys)[0];
          const attended = F.scaledDotProductAttention(z, y, y, { isCausal: true });
          return m.last.forward(attended.mean(1));
        },
      ),
    optimizer: (p) => new optim.AdamW(p, { lr: 2e-3, amsgrad: true }),
    loss: crossEntropy,
    batch: 19,
  },
  {
    name: "transformer, linear cross-entropy, RAdam with decoupled decay",
    data: pairs(words(23, 8), classes(23)),
    model: () =>
      wired(
        {
          embedding: new nn.Embedding(23, 12),
          transformer: new nn.Transformer(12, 3, {
            ...{ numEncoderLayers: 2, numDecoderLayers: 1, dimFeedforward: 25, batchFirst: true },
          }),
          encoder: new nn.TransformerEncoderLayer(12, 2, {
            ...{ dimFeedforward: 19, activation: "gelu", normFirst: true, batchFirst: true },
          }),
        },
        (m, x) => {
          const embedded = m.embedding.forward(x);
          const mask = nn.generateSquareSubsequentMask(4);
          const decoded = m.transformer.forward(embedded, embedded.slice(null, [0, 4]), { tgtMask: mask });
          return m.encoder.forward(decoded).mean(1);
        },
      ),
    optimizer: (p) => new optim.RAdam(p, { lr: 4e-3, weightDecay: 0.02, decoupledWeightDecay: true }),
    loss: (output, target, model) => {
      const table = (model as Wired<{ embedding: nn.Embedding }>).layers.embedding.weight;
      return F.linearCrossEntropy(output, table, target);
    },
    batch: 15,
  },
  {
    name: "resampling and borders, RMSprop",
    data: pairs(numbers(4, 6, 6), numbers(1, 13, 13)),
    model: () =>
      wired(
        {
          border: new nn.ReflectionPad2d(1),
          conv: new nn.Conv2d(4, 8, 3, { paddingMode: "circular" }),
          shuffle: new nn.PixelShuffle(2),
          smooth: new nn.Upsample({ size: [13, 13], mode: "bilinear", alignCorners: true }),
          nearest: new nn.UpsamplingNearest2d({ size: [13, 13] }),
          theta: new nn.Linear(16, 6),
          patches: new nn.Unfold(3, { padding: 1 }),
          last: new nn.Conv2d(22, 1, 1),
        },
        (m, x) => {
          const images = m.shuffle.forward(m.conv.forward(m.border.forward(x)));
          const turned = m.theta.forward(images.flatten(1).slice(null, [0, 16])).reshape([-1, 2, 3]);
          const grid = F.affineGrid(turned, [x.shape[0], 2, 13, 13]);
          const maps = [
            m.smooth.forward(images),
            m.nearest.forward(images),
            F.gridSample(images, grid),
            m.patches.forward(images).reshape([-1, 18, 12, 12]).slice(null, [0, 16]),
          ];
          maps[3] = F.pad(maps[3]!, [1, 0, 0, 1]);
          return m.last.forward(cat(maps, 1));
        },
      ),
    optimizer: (p) => new optim.RMSprop(p, { lr: 1e-3, weightDecay: 1e-3 }),
    loss: (output, target) => F.smoothL1Loss(output, target),
    batch: 9,
  },
];
