/**
 * Updates inside the products that make their gradients: same bits, no gradient left behind, and never where
 * somebody reads it.
 */
import { describe, expect, it } from "vitest";
import {
  type CompileOptions,
  compile,
  data,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
  train,
} from "../../src/index.js";

type Make = (params: Iterable<Tensor>) => optim.SGD | optim.Adam;

const optimizers: [string, Make][] = [
  ["SGD", (params) => new optim.SGD(params, { lr: 0.1 })],
  ["SGD, momentum", (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 })],
  [
    "SGD, Nesterov, weight decay",
    (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  ],
  ["Adam", (params) => new optim.Adam(params, { lr: 0.01 })],
  ["Adam, amsgrad", (params) => new optim.Adam(params, { lr: 0.01, amsgrad: true, weightDecay: 0.1 })],
  ["AdamW", (params) => new optim.AdamW(params, { lr: 0.01 })],
];

const x = () => randn([24, 140]);
const y = tensor(Int32Array.from({ length: 24 }, (_, i) => i % 10));

/** Two layers whose weights have memory of their own, one that shares it. */
function setUp(make: Make = optimizers[1][1]) {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(140, 480),
    new nn.Tanh(),
    new nn.Linear(480, 150),
    new nn.Tanh(),
    new nn.Linear(150, 10),
  );
  const optimizer = make(model.parameters());
  const lossFn = new nn.CrossEntropyLoss();
  const forward = (input: Tensor) => lossFn.forward(model.forward(input), y);
  const step = (input: Tensor) => {
    optimizer.zeroGrad();
    const loss = forward(input);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, optimizer, forward, step };
}

const weights = ({ model }: { model: nn.Module }) => [...model.parameters()].map((p) => p.data.slice());
const fusedIn = (text: string) => (text.match(/gemm(Sgd|Adam)Step/g) ?? []).length;

function compiled(make?: Make, options?: CompileOptions) {
  const set = setUp(make);
  return { ...set, step: compile(set.step, options) };
}

describe("updates fused into products", () => {
  it.each(optimizers)("%s: the bits of eager", (_, make) => {
    const [eager, fused] = [setUp(make), compiled(make)];
    const inputs = [x(), x(), x()];
    for (const input of inputs) expect(fused.step(input).item()).toBe(eager.step(input).item());
    expect(fusedIn(fused.step.explain())).toBe(2);
    expect(weights(fused)).toEqual(weights(eager));
  });

  it("leave no gradient behind, and say so where one is read", () => {
    const { model, optimizer, step, forward } = compiled();
    step(x());
    const [first] = model.parameters();
    const error = expect.objectContaining({
      code: "GRAD_FUSED",
      message: expect.stringContaining("keepGrads: true"),
    });
    expect(() => first.grad).toThrow(error);
    expect(() => optimizer.step()).toThrow(error);
    expect(() => forward(x()).backward()).toThrow(error);
    expect(() => compile(() => first.grad!.sum())()).toThrow(error);
    // A small layer's is there.
    expect([...model.parameters()][5].grad!.shape).toEqual([10]);
    optimizer.zeroGrad();
    expect(first.grad).toBeNull();
    forward(x()).backward();
    expect(first.grad!.shape).toEqual([480, 140]);
  });

  it("leave gradients where keepGrads asks for them", () => {
    const [eager, kept] = [setUp(), compiled(undefined, { keepGrads: true })];
    const input = x();
    eager.step(input);
    kept.step(input);
    expect(fusedIn(kept.step.explain())).toBe(0);
    for (const [i, p] of [...kept.model.parameters()].entries())
      expect(p.grad!.data).toEqual([...eager.model.parameters()][i].grad!.data);
    expect(() => compile(() => {}, { keepGrads: 1 as never })).toThrow(
      "compile: keepGrads is true or false: 1",
    );
  });

  it("do not happen where the function itself reads a gradient, clips it, or adds to one", () => {
    const cases: ((set: ReturnType<typeof setUp>) => (input: Tensor) => unknown)[] = [
      ({ model, optimizer, forward }) =>
        (input) => {
          optimizer.zeroGrad();
          forward(input).backward();
          nn.clipGradNorm_(model.parameters(), 0.1);
          optimizer.step();
        },
      ({ model, optimizer, forward }) =>
        (input) => {
          optimizer.zeroGrad();
          forward(input).backward();
          optimizer.step();
          return [...model.parameters()].map((p) => p.grad!.square().sum());
        },
      ({ optimizer, forward }) =>
        (input) => {
          optimizer.zeroGrad();
          forward(input).backward();
          forward(input.mul(2)).backward();
          optimizer.step();
        },
      // Gradients of earlier calls add up.
      ({ optimizer, forward }) =>
        (input) => {
          forward(input).backward();
          optimizer.step();
        },
    ];
    for (const make of cases) {
      const [eager, other] = [setUp(), setUp()];
      const [plain, step] = [make(eager), compile(make(other))];
      for (const input of [x(), x(), x()]) {
        plain(input);
        step(input);
      }
      expect(fusedIn(step.explain())).toBe(0);
      expect(weights(other)).toEqual(weights(eager));
    }
  });

  it("happen where gradients are forgotten at the end", () => {
    const [eager, other] = [setUp(), setUp()];
    const make =
      ({ optimizer, forward }: ReturnType<typeof setUp>) =>
      (input: Tensor) => {
        const loss = forward(input);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
    const [plain, step] = [make(eager), compile(make(other), { keepGrads: true })];
    for (const input of [x(), x(), x()]) expect(step(input).item()).toBe(plain(input).item());
    expect(fusedIn(step.explain())).toBe(2);
    expect(weights(other)).toEqual(weights(eager));
    expect([...other.model.parameters()][0].grad).toBeNull();
  });

  it("in fit, whose keepGrads keeps gradients", async () => {
    const run = async (options: { compile?: boolean; keepGrads?: boolean }) => {
      const { model, optimizer } = setUp();
      const set = new data.TensorDataset(
        randn([96, 140]),
        tensor(Int32Array.from({ length: 96 }, (_, i) => i % 10)),
      );
      await train.fit(model, set, {
        optimizer,
        loss: new nn.CrossEntropyLoss(),
        epochs: 2,
        batchSize: 24,
        seed: 1,
        ...options,
      });
      return { model, first: [...model.parameters()][0] };
    };
    const [eager, fused, kept] = [
      await run({ compile: false }),
      await run({}),
      await run({ keepGrads: true }),
    ];
    expect(weights(fused)).toEqual(weights(eager));
    expect(weights(kept)).toEqual(weights(eager));
    expect(() => fused.first.grad).toThrow(expect.objectContaining({ code: "GRAD_FUSED" }));
    expect(kept.first.grad!.data).toEqual(eager.first.grad!.data);
  });
});
