/**
 * Behaviour of all optimizers: groups, saved state, runs of neighbouring parameters, invalid hyperparameters.
 */
import { describe, expect, it } from "vitest";
import { type DType, nn, optim, tensor, zeros } from "../../src/index.js";
import { units } from "../hash.js";

const parameter = (n: number, dtype: DType = "float32", seed = n) =>
  new nn.Parameter(tensor(units(n, seed)).to(dtype));

/** One step with gradients of the given seed. */
function step(optimizer: optim.Optimizer<any>, params: nn.Parameter[], seed: number): void {
  for (const [i, p] of params.entries()) p.grad = tensor(units(p.numel, seed * 10 + i)).to(p.dtype);
  optimizer.step();
}

const values = (params: nn.Parameter[]) => params.map((p) => Array.from(p.data));

const kinds: [string, (p: nn.Parameter[]) => optim.Optimizer<any>][] = [
  ["SGD", (p) => new optim.SGD(p, { lr: 0.1 })],
  [
    "SGD with momentum",
    (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  ],
  ["Adam", (p) => new optim.Adam(p, { lr: 0.1 })],
  ["Adam with amsgrad", (p) => new optim.Adam(p, { lr: 0.1, amsgrad: true })],
  ["AdamW", (p) => new optim.AdamW(p, { lr: 0.1, weightDecay: 0.5 })],
];

describe.each(kinds)("%s", (_, make) => {
  it("goes on from a saved state as if nothing had happened", () => {
    const [a, b] = [
      [parameter(5), parameter(20)],
      [parameter(5), parameter(20)],
    ];
    const [first, second] = [make(a), make(b)];
    for (const t of [1, 2, 3]) step(first, a, t);
    for (const t of [1, 2]) step(second, b, t);
    // A new optimizer, over parameters with the values that second's have.
    const c = b.map((p) => new nn.Parameter(p.detach()));
    const third = make(c);
    third.loadStateDict(second.stateDict());
    step(third, c, 3);
    expect(values(c)).toEqual(values(a));
  });

  it.each(["float32", "float64"] as const)(
    "%s parameters without a gradient stay, their neighbours move",
    (dtype) => {
      for (const sizes of [
        [1, 1, 1],
        [3, 8, 16],
        [16, 2, 5],
        [8, 8, 8],
        [17, 1, 33],
      ]) {
        const params = sizes.map((n) => parameter(n, dtype));
        const optimizer = make(params);
        const before = values(params);
        params[0].grad = tensor(units(sizes[0], 50)).to(dtype);
        params[2].grad = tensor(units(sizes[2], 51)).to(dtype);
        // Through backward too, where gradients lie in the optimizer's own memory.
        optimizer.step();
        optimizer.zeroGrad();
        params[0].mul(2).sum().backward();
        params[2].mul(2).sum().backward();
        optimizer.step();
        const after = values(params);
        expect(after[1]).toEqual(before[1]);
        expect(after[0]).not.toEqual(before[0]);
        expect(after[2]).not.toEqual(before[2]);
      }
    },
  );

  it.each(["float32", "float64"] as const)(
    "%s parameters in one run of memory are updated like ones apart",
    (dtype) => {
      const sizes = [1, 7, 16, 17, 64, 3];
      const together = sizes.map((n) => parameter(n, dtype));
      const optimizer = make(together);
      const apart = sizes.map((n) => parameter(n, dtype));
      const single = apart.map((p) => make([p]));
      for (let t = 0; t < 3; t++) {
        for (const [i, p] of [...together, ...apart].entries())
          p.mul(tensor(units(p.numel, t * 100 + (i % sizes.length))).to(dtype))
            .sum()
            .backward();
        optimizer.step();
        optimizer.zeroGrad();
        for (const o of single) {
          o.step();
          o.zeroGrad();
        }
      }
      expect(values(together)).toEqual(values(apart));
    },
  );

  it("changes the version, so that a graph made before is refused", () => {
    const p = parameter(3);
    const optimizer = make([p]);
    const y = p.square().sum();
    step(optimizer, [p], 1);
    expect(() => y.backward()).toThrowError(expect.objectContaining({ code: "SAVED_TENSOR_CHANGED" }));
  });
});

describe("saved state", () => {
  it("has PyTorch's form: state by parameter index, groups with their options", () => {
    const params = [parameter(2), parameter(3)];
    const optimizer = new optim.Adam([{ params: [params[0]], lr: 0.5 }, { params: [params[1]] }], {
      lr: 0.1,
    });
    expect(optimizer.stateDict().state).toEqual({});
    step(optimizer, params, 1);
    const { state, paramGroups } = optimizer.stateDict();
    expect(Object.keys(state)).toEqual(["0", "1"]);
    expect(Object.keys(state[1])).toEqual(["step", "expAvg", "expAvgSq"]);
    expect([state[1].step.item(), state[1].expAvg.shape]).toEqual([1, [3]]);
    expect(paramGroups.map((g) => [g.lr, g.params])).toEqual([
      [0.5, [0]],
      [0.1, [1]],
    ]);
  });

  it("brings its hyperparameters, in whatever order they must change", () => {
    const plain = new optim.SGD([parameter(2)], { lr: 0.5 });
    const looking = new optim.SGD([parameter(2)], { lr: 0.1, momentum: 0.9, nesterov: true });
    const saved = looking.stateDict();
    const savedPlain = plain.stateDict();
    plain.loadStateDict(saved);
    expect([plain.paramGroups[0].momentum, plain.paramGroups[0].nesterov]).toEqual([0.9, true]);
    looking.loadStateDict(savedPlain);
    expect([
      looking.paramGroups[0].lr,
      looking.paramGroups[0].momentum,
      looking.paramGroups[0].nesterov,
    ]).toEqual([0.5, 0, false]);
  });

  it.each<[string, (dict: optim.OptimizerState) => void, RegExp]>([
    ["another number of groups", (d) => d.paramGroups.push({ params: [] }), /2 groups for 1/],
    [
      "another number of parameters",
      (d) => (d.paramGroups[0].params = [0]),
      /group 0 has 1 parameters for 2/,
    ],
    ["a parameter that is not there", (d) => Object.assign(d.state, { 7: d.state[0] }), /no parameter 7/],
    ["a buffer that is missing", (d) => delete d.state[0].expAvg, /state 0 has no expAvg/],
    [
      "a buffer of another size",
      (d) => (d.state[1].expAvg = zeros([9])),
      /expAvg of state 1 has 9 elements for 3/,
    ],
    ["a hyperparameter out of range", (d) => (d.paramGroups[0].lr = -1), /lr is >= 0: -1/],
  ])("refuses %s and stays as it was", (_, change, message) => {
    const params = [parameter(2), parameter(3)];
    const optimizer = new optim.Adam(params, { lr: 0.1 });
    step(optimizer, params, 1);
    const before = JSON.stringify(optimizer.stateDict());
    const dict = optimizer.stateDict();
    change(dict);
    expect(() => optimizer.loadStateDict(dict)).toThrow(message);
    expect(JSON.stringify(optimizer.stateDict())).toBe(before);
  });
});

describe("hyperparameters", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["lr", () => new optim.SGD([parameter(1)], { lr: -1 }), /SGD: lr is >= 0: -1/],
    ["lr", () => new optim.Adam([parameter(1)], { lr: Number.NaN }), /Adam: lr is >= 0: NaN/],
    ["momentum", () => new optim.SGD([parameter(1)], { momentum: -0.5 }), /SGD: momentum is >= 0: -0.5/],
    [
      "nesterov",
      () => new optim.SGD([parameter(1)], { nesterov: true }),
      /nesterov needs momentum and no dampening/,
    ],
    [
      "betas",
      () => new optim.AdamW([parameter(1)], { betas: [0.9, 1] }),
      /AdamW: betas\[1\] is in \[0, 1\): 1/,
    ],
    ["eps", () => new optim.Adam([parameter(1)], { eps: -1e-8 }), /eps/],
    ["weightDecay", () => new optim.AdamW([parameter(1)], { weightDecay: -1 }), /weightDecay/],
  ])("%s out of range", (_, run, message) => {
    expect(run).toThrowError(
      expect.objectContaining({ code: "INVALID_HYPERPARAMETER", message: expect.stringMatching(message) }),
    );
  });

  it("set later they are checked too, and a refused one changes nothing", () => {
    const group = new optim.SGD([parameter(1)], { lr: 0.1 }).paramGroups[0];
    expect(() => (group.lr = -1)).toThrow(/SGD: lr is >= 0: -1/);
    expect(group.lr).toBe(0.1);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["none", () => new optim.SGD([]), /at least one parameter is needed/],
    [
      "one twice",
      () => {
        const p = parameter(1);
        return new optim.SGD([p, p]);
      },
      /a parameter is given twice/,
    ],
    [
      "the result of an operation",
      () => new optim.SGD([parameter(1).mul(2)]),
      /only leaves can be optimized/,
    ],
    ["something else", () => new optim.SGD([1 as any]), /SGD: /],
  ])("parameters: %s", (_, run, message) => {
    expect(run).toThrow(message);
  });

  it("groups can be added later", () => {
    const [a, b] = [parameter(1), parameter(1)];
    const optimizer = new optim.SGD([a], { lr: 1 });
    optimizer.addParamGroup({ params: [b], lr: 0 });
    const before = b.item();
    step(optimizer, [a, b], 1);
    expect(b.item()).toBe(before);
    expect(() => optimizer.addParamGroup({ params: [a] })).toThrow(/given twice/);
  });
});

describe("schedules", () => {
  it("check their options and can be saved", () => {
    const optimizer = new optim.SGD([parameter(1)], { lr: 1 });
    expect(() => new optim.lrScheduler.StepLR(optimizer, { stepSize: 0 })).toThrow(
      /StepLR: stepSize is an integer >= 1: 0/,
    );
    const schedule = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 4 });
    schedule.step();
    const other = new optim.SGD([parameter(1)], { lr: 1 });
    const copy = new optim.lrScheduler.CosineAnnealingLR(other, { tMax: 4 });
    copy.loadStateDict(schedule.stateDict());
    expect(copy.getLastLr()).toEqual(schedule.getLastLr());
    expect(() => copy.loadStateDict({ lastEpoch: 1, baseLrs: [1, 2], lastLr: [1, 2] })).toThrow(
      /2 groups for 1/,
    );
  });
});

it("an optimizer prints its hyperparameters", () => {
  const optimizer = new optim.SGD([tensor([1], { requiresGrad: true })], { lr: 0.1 });
  optimizer.paramGroups[0].lr = 0.2;
  expect(String(optimizer)).toBe(
    "SGD(lr=0.2, momentum=0, dampening=0, weightDecay=0, nesterov=false, maximize=false, params=1)",
  );
});
