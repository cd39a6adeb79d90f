/** An optimizer that has a part of its state updates this part of the parameters with the same bits. */
import { describe, expect, test } from "vitest";
import { data, fit, manualSeed, nn, optim, randn, type Tensor } from "../../src/index.js";

const optimizers: Record<string, (params: Tensor[]) => optim.Optimizer> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, nesterov: true }),
  Adam: (params) => new optim.Adam(params, { amsgrad: true }),
  AdamW: (params) => new optim.AdamW(params),
  Adagrad: (params) => new optim.Adagrad(params, { initialAccumulatorValue: 0.1 }),
  Adadelta: (params) => new optim.Adadelta(params),
  Adamax: (params) => new optim.Adamax(params),
  NAdam: (params) => new optim.NAdam(params),
  RAdam: (params) => new optim.RAdam(params),
  Rprop: (params) => new optim.Rprop(params),
  RMSprop: (params) => new optim.RMSprop(params, { centered: true, momentum: 0.9 }),
};

/** Parameters after two steps of an optimizer whose state is divided after the first step. */
function trained(
  make: (params: Tensor[]) => optim.Optimizer,
  parts?: readonly { from: number; to: number }[],
) {
  manualSeed(4);
  const params = [randn([37]).requiresGrad_(), randn([5, 3]).requiresGrad_()];
  const gradients = [0, 1].map(() => params.map(({ shape }) => randn(shape)));
  const optimizer = make(params);
  for (const [step, grads] of gradients.entries()) {
    if (step === 1 && parts !== undefined)
      optimizer.stateParts.keep(new Map(params.map((param, i) => [param, parts[i]])));
    for (const [i, param] of params.entries()) param.grad = grads[i];
    optimizer.step();
  }
  return { params: params.map(({ data }) => data.slice()), optimizer };
}

describe.each(Object.entries(optimizers))("%s", (_, make) => {
  test.each([
    [
      [0, 13],
      [0, 0],
    ],
    [
      [13, 37],
      [0, 15],
    ],
    [
      [5, 6],
      [4, 9],
    ],
  ])("elements %j and %j", (...ends) => {
    const parts = ends.map(([from, to]) => ({ from, to }));
    const [start, whole, divided] = [trained(once(make)), trained(make), trained(make, parts)];
    for (const [i, { from, to }] of parts.entries()) {
      const expected = start.params[i].slice();
      expected.set(whole.params[i].subarray(from, to), from);
      expect(divided.params[i]).toEqual(expected);
    }
    const share = parts.reduce((n, { from, to }) => n + to - from, 0) / (37 + 15);
    expect(divided.optimizer.stateParts.elements).toBe(whole.optimizer.stateParts.elements * share);
  });
});

/** The optimizer, which makes only the first step. */
const once = (make: (params: Tensor[]) => optim.Optimizer) => (params: Tensor[]) => {
  const optimizer = make(params);
  const step = optimizer.step.bind(optimizer);
  let made = 0;
  optimizer.step = () => {
    if (made++ === 0) step();
  };
  return optimizer;
};

test("the whole state is read only once it is gathered", async () => {
  const whole = trained(optimizers["Adam"]);
  const part = { from: 0, to: 0 };
  const { optimizer } = trained(optimizers["Adam"], [part, part]);
  const inParts = expect.objectContaining({ code: "STATE_IN_PARTS" });
  expect(() => optimizer.stateDict()).toThrow(inParts);
  expect(() => optimizer.loadStateDict(whole.optimizer.stateDict())).toThrow(inParts);
  const state = Object.values(whole.optimizer.stateDict().state);
  const names = ["expAvg", "expAvgSq", "maxExpAvgSq"];
  const values = state.flatMap((entry) => names.map((name) => entry[name].data as Float32Array));
  await optimizer.stateParts.gather(async (_, own) => {
    expect(own).toHaveLength(0);
    return values.shift()!;
  });
  const gathered = Object.values(optimizer.stateDict().state).map(({ expAvgSq }) => expAvgSq.data);
  expect(gathered).toEqual(state.map(({ expAvgSq }) => expAvgSq.data));
  optimizer.stateParts.drop();
  expect(() => optimizer.stateDict()).toThrow(inParts);
});

class Own extends optim.Optimizer<{ lr: number }> {
  override update(p: Tensor, grad: Tensor): void {
    p.sub_(grad);
  }
}

const sgd = (params: Tensor[]) => new optim.SGD(params);

test.each([
  ["WHOLE_TENSORS", (params: Tensor[]) => new Own(params, { lr: 1 }), {}],
  ["INVALID_OPTION", sgd, { keepGrads: true }],
  ["INVALID_VALUE", sgd, { shardOptimizer: 1 as unknown as boolean }],
])("%s: what fit does not take", (code, make, options) => {
  const model = new nn.Linear(2, 1);
  const set = new data.TensorDataset(randn([4, 2]), randn([4, 1]));
  const given = { optimizer: make(model.parameters()), shardOptimizer: true, ...options };
  expect(() => fit(model, set, given)).toThrow(expect.objectContaining({ code }));
});
