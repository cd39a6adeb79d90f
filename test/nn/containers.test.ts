/**
 * Containers, residuals, dropout of channels: what they hold, name and keep. And layers in steps that are
 * compiled.
 */
import { describe, expect, it, test } from "vitest";
import {
  autograd,
  compile,
  data,
  fit,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { expectClose, tolerances } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";
import fc from "../property.js";

const F = nn.functional;
const bits = (x: Tensor) => elements(x.detach());

describe("containers", () => {
  it("ModuleList is ordered, grows and names its modules by position", () => {
    const [a, b, c] = [new nn.Linear(1, 1), new nn.Tanh(), new nn.Linear(2, 1, { bias: false })];
    const list = new nn.ModuleList([a]).append(c).insert(1, b);
    expect([...list]).toEqual([a, b, c]);
    expect([list.length, list.at(-1), list[1]]).toEqual([3, c, b]);
    expect(Object.keys(list.stateDict())).toEqual(["0.weight", "0.bias", "2.weight"]);
    expect(() => list.at(3)).toThrow(/ModuleList: index out of range: 3 for 3 items/);
    expect(() => list.append({} as any)).toThrow(/ModuleList: items are modules: \{\}/);
  });

  it("ModuleDict names its modules, and no method", () => {
    const [a, b] = [new nn.Linear(1, 1), new nn.Tanh()];
    const dict = new nn.ModuleDict({ first: a }).set("second", b);
    expect([dict.keys(), dict.get("second"), dict.has("third"), dict.length]).toEqual([
      ["first", "second"],
      b,
      false,
      2,
    ]);
    expect(Object.keys(dict.stateDict())).toEqual(["first.weight", "first.bias"]);
    expect([dict.pop("first"), dict.keys()]).toEqual([a, ["second"]]);
    expect(new nn.ModuleDict([["x", b]]).values()).toEqual([b]);
    for (const name of ["forward", "a.b", ""]) expect(() => dict.set(name, a)).toThrow(/ModuleDict: a name/);
    expect(() => dict.get("first")).toThrow(/no module of this name: "first"; there are second/);
  });

  it("ParameterList makes parameters of tensors", () => {
    const own = new nn.Parameter(tensor([1]));
    const list = new nn.ParameterList([own, tensor([2, 3])]);
    expect(list.parameters()).toEqual([own, list[1]]);
    expect(list[1]).toBeInstanceOf(nn.Parameter);
    expect(Object.keys(list.stateDict())).toEqual(["0", "1"]);
  });

  it("Residual adds the body to its input", () => {
    const block = new nn.Residual(new nn.Linear(3, 3));
    const x = randn([2, 3]);
    expect(bits(block.forward(x))).toEqual(bits(x.add(block.body.forward(x) as Tensor)));
    expect(Object.keys(block.stateDict())).toEqual(["body.weight", "body.bias"]);
  });

  it("a transformer has copies of its layer, under PyTorch's names", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    const encoder = new nn.TransformerEncoder(layer, 2, { norm: new nn.LayerNorm(4) });
    const names = Object.keys(encoder.stateDict());
    expect(names).toContain("layers.1.self_attn.in_proj_weight");
    expect(names).toContain("layers.0.self_attn.out_proj.bias");
    expect(names).toContain("norm.weight");
    expect(encoder.layers[0].linear1.weight).not.toBe(encoder.layers[1].linear1.weight);
    expect(bits(encoder.layers[1].linear1.weight)).toEqual(bits(layer.linear1.weight));
    const x = randn([3, 2, 4]);
    encoder.eval();
    layer.eval();
    const expected = encoder.norm!.forward(layer.forward(layer.forward(x)));
    expect(bits(encoder.forward(x))).toEqual(bits(expected));
    const decoder = new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2, { dropout: 0 }), 2);
    const [first, second] = decoder.layers;
    expect(bits(decoder.forward(x, x))).toEqual(bits(second.forward(first.forward(x, x), x)));
  });
});

describe("dropout of channels", () => {
  test.each([
    ["dropout1d", [64, 50, 3]],
    ["dropout1d", [3000, 3]],
    ["dropout2d", [64, 50, 2, 2]],
    ["dropout3d", [3000, 1, 2, 2]],
  ] as const)("%s %j: a channel is 0 or scaled as a whole, one in four is 0", (name, shape) => {
    manualSeed(1);
    const y = F[name](tensor(1).expand(shape), { p: 0.25 });
    const channels = name === "dropout3d" || shape.length === 2 ? shape[0] : shape[0] * shape[1];
    const rows = y.reshape(channels, -1);
    expect(rows.amax(1).eq(rows.amin(1)).all().item()).toBe(true);
    expect(
      y
        .eq(0)
        .add(
          y
            .sub(4 / 3)
            .abs()
            .lt(1e-6),
        )
        .all()
        .item(),
    ).toBe(true);
    expect(rows.select(1, 0).eq(0).float().mean().item()).toBeCloseTo(0.25, 1);
  });

  test("alphaDropout keeps mean and variance; p = 1 leaves 0; eval and p = 0 leave x", () => {
    manualSeed(2);
    const x = randn([200, 200]);
    for (const fn of [F.alphaDropout, F.featureAlphaDropout]) {
      const y = fn(x, { p: 0.3, training: true });
      expect(y.mean().item()).toBeCloseTo(0, 1);
      expect(y.var().item()).toBeCloseTo(1, 1);
      expect(bits(fn(x, { p: 1, training: true })).every((v) => v === 0)).toBe(true);
      expect(fn(x)).toBe(x);
      expect(fn(x, { p: 0, training: true })).toBe(x);
    }
  });

  test("rrelu draws slopes between lower and upper", () => {
    manualSeed(3);
    const slopes = bits(F.rrelu(tensor(-1).expand(1000), { lower: 0.25, upper: 0.5, training: true })).map(
      (v) => -v,
    );
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0.25);
    expect(Math.max(...slopes)).toBeLessThanOrEqual(0.5);
    expect(new Set(slopes).size).toBeGreaterThan(900);
  });
});

test("normalised rows have mean 0 and variance 1, whatever the shape", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(sizes, sizes, fc.integer({ min: 0, max: 99 }), (lead, last, seed) => {
      manualSeed(seed);
      const x = randn([...lead, ...last, 5], { dtype: "float64" });
      const y = F.layerNorm(x, [...last, 5], { eps: 0 });
      const rows = y.reshape(
        -1,
        last.reduce((a, b) => a * b, 5),
      );
      expectClose(bits(rows.mean(1)), new Array(rows.shape[0]).fill(0), tolerances.float64);
      expectClose(bits(rows.var(1, { correction: 0 })), new Array(rows.shape[0]).fill(1), tolerances.float64);
      // One group, and one instance of one channel, are the same rows.
      const flat = x.reshape(rows.shape[0], 1, -1);
      const close = { rtol: 1e-9, atol: 1e-9 }; // the sums are taken in another order
      expectClose(bits(F.groupNorm(flat, 1, { eps: 0 })), bits(y), close);
      expectClose(bits(F.instanceNorm(flat, { eps: 0 })), bits(y), close);
    }),
    { numRuns: 50 },
  );
});

test("an embedding is the product with one-hot rows, gradient included", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), (ids) => {
      const weight = randn([5, 3], { dtype: "float64", requiresGrad: true });
      const index = tensor(ids, { dtype: "int32" });
      const byProduct = F.oneHot(index, 5).double().matmul(weight);
      const found = F.embedding(index, weight);
      expect(bits(found)).toEqual(bits(byProduct));
      const g = randn(found.shape, { dtype: "float64" });
      const [a, b] = [found, byProduct].map((y) => autograd.grad(y, [weight], { gradOutputs: [g] })[0]!);
      expectClose(bits(a), bits(b), tolerances.float64);
    }),
    { numRuns: 50 },
  );
});

class Reader extends nn.Module {
  words = new nn.Embedding(6, 4, { paddingIdx: 0, maxNorm: 2 });
  layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8, batchFirst: true });
  lstm = new nn.LSTM(4, 3, { batchFirst: true, bidirectional: true, numLayers: 2, dropout: 0.2 });
  gru = new nn.GRU(6, 3, { batchFirst: true });
  norm = new nn.LayerNorm(3);
  forward(x: Tensor): Tensor {
    const h = this.lstm.forward(this.layer.forward(this.words.forward(x)))[0];
    return this.norm.forward(this.gru.forward(h)[1].select(0, 0));
  }
}

test("a step with embedding, attention and recurrent layers has the same bits compiled", () => {
  const setup = () => {
    manualSeed(4);
    const model = new Reader();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const step = (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    return { model, step };
  };
  const [eager, compiled] = [setup(), setup()];
  const replay = compile(compiled.step);
  const run = (step: (x: Tensor, y: Tensor) => Tensor) => {
    manualSeed(8);
    return Array.from({ length: 4 }, (_, i) => {
      const x = tensor(Int32Array.from({ length: 15 }, (_, j) => (i + j * j) % 6)).reshape(3, 5);
      return step(x, tensor(Int32Array.of(0, 1, i % 3))).item();
    });
  };
  expect(run(replay)).toEqual(run(eager.step));
  expect(compiled.model.parameters().map(bits)).toEqual(eager.model.parameters().map(bits));
});

test("fit trains batch normalisation with the same bits, compiled and not", async () => {
  const train = async (compile: boolean) => {
    manualSeed(5);
    const model = new nn.Sequential(
      new nn.Linear(4, 8),
      new nn.BatchNorm1d(8),
      new nn.ReLU(),
      new nn.Linear(8, 3),
    );
    const set = new data.TensorDataset(
      randn([40, 4]),
      tensor(Int32Array.from({ length: 40 }, (_, i) => i % 3)),
    );
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const options = { optimizer, epochs: 2, batchSize: 8, seed: 9, validation: set, compile };
    for await (const _ of fit(model, set, options));
    return Object.entries(model.stateDict()).map(([name, x]) => [name, bits(x)]);
  };
  const compiled = await train(true);
  expect(compiled).toEqual(await train(false));
  expect(compiled.find(([name]) => name === "1.num_batches_tracked")).toEqual([
    "1.num_batches_tracked",
    [10],
  ]);
});
