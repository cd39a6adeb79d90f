/**
 * Batch normalisation beyond numbers: state, casts, errors, and steps that are compiled or run on a thread.
 */
import { describe, expect, it, test } from "vitest";
import { compile, manualSeed, nn, optim, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { elements } from "../fixtures/pytorch/read.js";

const F = nn.functional;
const code = (value: string) => expect.objectContaining({ code: value });

function setup(options: nn.NormOptions) {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(5, 7),
    new nn.BatchNorm1d(7, options),
    new nn.ReLU(),
    new nn.Linear(7, 3),
  );
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const step = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const bits = (x: Tensor) => elements(x.detach());

describe("a compiled step moves the running statistics", () => {
  test.each<nn.NormOptions>([
    {},
    { momentum: null },
    { affine: false, momentum: 0.5 },
    { trackRunningStats: false },
  ])("with the bits of the eager one: %j", (options) => {
    const [eager, compiled] = [setup(options), setup(options)];
    const step = compile(compiled.step);
    manualSeed(9);
    for (let i = 0; i < 6; i++) {
      const n = i === 3 ? 4 : 8;
      const x = randn([n, 5]);
      const y = tensor(Int32Array.from({ length: n }, (_, j) => (i + j) % 3));
      expect(bits(step(x, y))).toEqual(bits(eager.step(x, y)));
    }
    const [a, b] = [compiled.model.stateDict(), eager.model.stateDict()];
    for (const name of Object.keys(b)) expect(bits(a[name]), name).toEqual(bits(b[name]));
    if (options.trackRunningStats !== false) expect(b["1.num_batches_tracked"].item()).toBe(6);
  });

  test("eval() between replays uses the statistics and leaves them", () => {
    const { model, step } = setup({});
    const run = compile(step);
    const infer = compile((x: Tensor) => model.forward(x));
    const [x, y] = [randn([8, 5]), tensor(Int32Array.from({ length: 8 }, (_, i) => i % 3))];
    for (let i = 0; i < 3; i++) run(x, y);
    model.eval();
    const before = bits(model.buffers()[0]);
    expect(bits(infer(x))).toEqual(bits(model.forward(x)));
    expect(bits(model.buffers()[0])).toEqual(before);
    model.train();
    run(x, y);
    expect(bits(model.buffers()[0])).not.toEqual(before);
  });

  test("a recording from before a cast of buffers alone is not used", () => {
    const norm = new nn.BatchNorm1d(2, { affine: false });
    const run = compile((x: Tensor) => norm.forward(x));
    const x = () =>
      tensor([
        [1, 2],
        [3, 5],
      ]);
    run(x());
    run(x());
    norm.double().float();
    run(x());
    expect(norm.numBatchesTracked!.item()).toBe(3);
    expect(norm.runningMean!.item === undefined).toBe(false);
    const again = new nn.BatchNorm1d(2, { affine: false });
    for (let i = 0; i < 3; i++) again.forward(x());
    expect(bits(norm.runningMean!)).toEqual(bits(again.runningMean!));
  });
});

describe("state", () => {
  it("has PyTorch's names, in its order", () => {
    expect(Object.keys(new nn.BatchNorm2d(3).stateDict())).toEqual([
      ...["weight", "bias", "running_mean", "running_var", "num_batches_tracked"],
    ]);
    expect(
      Object.keys(new nn.BatchNorm2d(3, { affine: false, trackRunningStats: false }).stateDict()),
    ).toEqual([]);
    expect(Object.keys(new nn.InstanceNorm2d(3).stateDict())).toEqual([]);
  });

  it("resetRunningStats", () => {
    const norm = new nn.BatchNorm1d(1);
    norm.forward(tensor([[1], [5]]));
    expect([norm.runningMean!.item(), norm.numBatchesTracked!.item()]).toEqual([Math.fround(0.3), 1]);
    norm.resetRunningStats();
    expect(norm.buffers().map((b) => b.sum().item())).toEqual([0, 1, 0]);
  });

  it("buffers: null, not persistent, cast", () => {
    class WithBuffers extends nn.Module {
      weight = new nn.Parameter(zeros([1]));
      declare kept: Tensor;
      declare scratch: Tensor;
      declare later: Tensor | null;
      constructor() {
        super();
        this.registerBuffer("kept", zeros([2]));
        this.registerBuffer("scratch", zeros([3]), { persistent: false });
        this.registerBuffer("later", null);
      }
      forward() {}
    }
    const module = new WithBuffers();
    expect(Object.keys(module.stateDict())).toEqual(["weight", "kept"]);
    expect([...module.namedBuffers()].map(([name]) => name)).toEqual(["kept", "scratch"]);
    module.later = zeros([1]);
    expect(Object.keys(module.stateDict())).toEqual(["weight", "kept", "later"]);
    expect(
      module
        .double()
        .buffers()
        .map((b) => b.dtype),
    ).toEqual(["float64", "float64", "float64"]);
    expect(() => module.registerBuffer("weight", zeros([1]))).toThrow(
      /registerBuffer: WithBuffers has this field/,
    );
    expect(() => module.registerBuffer("forward", null)).toThrow(/has this field/);
    expect(() => module.registerBuffer("x", 3 as any)).toThrow(/a buffer is a tensor or null: x is number/);
    module.registerBuffer("kept", null);
    expect(Object.keys(module.stateDict())).toEqual(["weight", "later"]);
  });
});

describe("errors", () => {
  it.each<[string, () => unknown, string, RegExp]>([
    [
      "one value per channel",
      () => F.batchNorm(zeros([1, 3]), null, null, { training: true }),
      "ONE_VALUE_PER_CHANNEL",
      /\[1, 3\]/,
    ],
    ["of an instance", () => F.instanceNorm(zeros([2, 3, 1])), "ONE_VALUE_PER_CHANNEL", /\[2, 3, 1\]/],
    ["of a group", () => F.groupNorm(zeros([1, 2]), 2), "ONE_VALUE_PER_CHANNEL", /\[1, 2\]/],
    [
      "no statistics",
      () => F.batchNorm(zeros([2, 3]), null, null),
      "INVALID_VALUE",
      /runningMean and runningVar/,
    ],
    [
      "a weight that does not fit",
      () => F.batchNorm(zeros([2, 3]), null, null, zeros([2]), null, { training: true }),
      "SHAPE_MISMATCH",
      /weight.*\[2\] for x \[\d, 3/,
    ],
    [
      "a rank",
      () => new nn.BatchNorm2d(3).forward(zeros([2, 3])),
      "SHAPE_MISMATCH",
      /BatchNorm2d: x has 4 dims/,
    ],
    [
      "channels",
      () => new nn.BatchNorm1d(3).forward(zeros([2, 4])),
      "SHAPE_MISMATCH",
      /3 channels in dim 1: \[2, 4\]/,
    ],
    [
      "an unbatched instance",
      () => new nn.InstanceNorm1d(3, { affine: true }).forward(zeros([4, 2])),
      "SHAPE_MISMATCH",
      /3 channels in dim 0/,
    ],
    ["groups", () => F.groupNorm(zeros([2, 3]), 2), "SHAPE_MISMATCH", /numGroups divides.*2 for x \[2, 3\]/],
    [
      "the normalized shape",
      () => F.layerNorm(zeros([2, 3]), [2]),
      "SHAPE_MISMATCH",
      /x ends in \[2\]: \[2, 3\]/,
    ],
    ["dtypes", () => F.layerNorm(zeros([2], { dtype: "int32" }), 2), "DTYPE_MISMATCH", /int32/],
    [
      "an attention mask with isCausal",
      () =>
        F.scaledDotProductAttention(zeros([2, 2]), zeros([2, 2]), zeros([2, 2]), {
          attnMask: zeros([2, 2]),
          isCausal: true,
        }),
      "INVALID_VALUE",
      /either/,
    ],
    [
      "an index",
      () => new nn.Embedding(3, 2).forward(tensor([3], { dtype: "int32" })),
      "INDEX_OUT_OF_RANGE",
      /3 at position 0/,
    ],
    ["a padding index", () => new nn.Embedding(3, 2, { paddingIdx: 3 }), "INDEX_OUT_OF_RANGE", /paddingIdx/],
    ["heads", () => new nn.MultiheadAttention(5, 2), "INVALID_SIZE", /embedDim \/ numHeads/],
    [
      "a sequence without steps",
      () => new nn.LSTM(2, 2).forward(zeros([0, 1, 2])),
      "SHAPE_MISMATCH",
      /no steps/,
    ],
    [
      "a state",
      () => new nn.GRU(2, 3).forward(zeros([1, 1, 2]), zeros([1, 2, 3])),
      "SHAPE_MISMATCH",
      /\[1, 1, 3\].*\[1, 2, 3\]/,
    ],
    ["a glu of odd size", () => F.glu(zeros([3])), "SHAPE_MISMATCH", /even: \[3\]/],
    ["a call of a container", () => new nn.ModuleList().forward(), "NOT_IMPLEMENTED", /ModuleList/],
  ])("%s", (_, run, expected, message) => {
    expect(run).toThrowError(code(expected));
    expect(run).toThrowError(message);
  });
});

it("an empty batch stays empty, with channels or without, and statistics stay", () => {
  for (const training of [true, false]) {
    const none = zeros([0]);
    expect(F.batchNorm(none, none, none, { training }).shape).toEqual([0]);
    expect(() => F.batchNorm(none, zeros([3]), zeros([3]), { training })).toThrow(code("SHAPE_MISMATCH"));
    for (const shape of [
      [0, 3],
      [0, 3, 2],
    ]) {
      const layer = new nn.BatchNorm1d(3).train(training) as InstanceType<typeof nn.BatchNorm1d>;
      expect(layer.forward(zeros(shape)).shape).toEqual(shape);
    }
    expect(() => new nn.BatchNorm1d(3).train(training).forward(none)).toThrow(code("SHAPE_MISMATCH"));
  }
});
