/**
 * Every schedule over 50 steps against PyTorch: learning rates and momenta; saved, combined, and in `fit`.
 */
import { describe, expect, it } from "vitest";
import { data, fit, manualSeed, nn, optim, randn, tensor } from "../../src/index.js";
import { expectClose } from "../close.js";
import { load } from "../fixtures/pytorch/read.js";

const S = optim.lrScheduler;
type Optimizer = optim.SGD | optim.Adam;
type Steps = { step(metric?: any): void; stateDict(): any; loadStateDict(state: any): void };

const schedules =
  load<{ name: string; optimizer: string; options: any; rows: number[][][]; metrics?: number[] }[]>(
    "schedules",
  );

/** Those whose options are functions or schedules; see schedules.py. */
const made: Record<string, (q: Optimizer) => optim.lrScheduler.Scheduler> = {
  lambda: (q) => new S.LambdaLR(q, { lrLambda: (e) => 1 / (1 + e) }),
  lambdas: (q) => new S.LambdaLR(q, { lrLambda: [(e) => 1 / (1 + e), (e) => 0.9 ** e] }),
  multiplicative: (q) => new S.MultiplicativeLR(q, { lrLambda: (e) => 1 - 1 / (e + 1) }),
  scaled: (q) =>
    new S.CyclicLR(q, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 5, scaleFn: (x) => 1 / x, scaleMode: "cycle" }),
  "warm-up": (q) =>
    new S.SequentialLR(
      q,
      [new S.LinearLR(q, { startFactor: 0.1, totalIters: 5 }), new S.CosineAnnealingLR(q, { tMax: 45 })],
      { milestones: [5] },
    ),
  three: (q) =>
    new S.SequentialLR(
      q,
      [
        new S.ConstantLR(q, { factor: 0.1, totalIters: 20 }),
        new S.ExponentialLR(q, { gamma: 0.9 }),
        new S.StepLR(q, { stepSize: 4, gamma: 0.5 }),
      ],
      { milestones: [10, 25] },
    ),
  chained: (q) =>
    new S.ChainedScheduler([
      new S.ConstantLR(q, { factor: 0.1, totalIters: 20 }),
      new S.ExponentialLR(q, { gamma: 0.9 }),
      new S.CosineAnnealingLR(q, { tMax: 10 }),
    ]),
};

const scheduleOf = (name: string, q: Optimizer, options: object): Steps =>
  made[name]?.(q) ?? new (S as any)[name](q, options);

function optimizerOf(name: string): Optimizer {
  const [a, b] = [0, 0].map((v) => new nn.Parameter(tensor([v])));
  const groups = [{ params: [a] }, { params: [b], lr: 0.5 }];
  return name === "Adam"
    ? new optim.Adam(groups, { lr: 0.1 })
    : new optim.SGD(groups, { lr: 0.1, momentum: 0.9 });
}

const rowOf = (q: Optimizer) =>
  q.paramGroups.flatMap((group) => [group.lr, "momentum" in group ? group.momentum : group.betas[0]]);

/**
 * Some fifty roundings, one for each step. The largest rate is 2; near the bottom of a cosine they are of its
 * size.
 */
const tolerance = { rtol: 1e-12, atol: 1e-15 };

describe.each(schedules)("$name $optimizer $options", ({ name, optimizer, options, rows, metrics }) => {
  it("sets what PyTorch sets", () => {
    const q = optimizerOf(optimizer);
    const schedule = scheduleOf(name, q, options);
    expectClose(rowOf(q), rows[0].flat(), tolerance, "before the first step");
    for (let t = 1; t < rows.length; t++) {
      schedule.step(metrics?.[t - 1]);
      expectClose(rowOf(q), rows[t].flat(), tolerance, `step ${t}`);
    }
  });

  it("goes on from a saved state", () => {
    const [q, other] = [optimizerOf(optimizer), optimizerOf(optimizer)];
    const [first, second] = [q, other].map((o) => scheduleOf(name, o, options));
    for (let t = 1; t <= 23; t++) first.step(metrics?.[t - 1]);
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    expect(rowOf(other)).toEqual(rowOf(q));
    for (let t = 24; t < 40; t++) {
      for (const schedule of [first, second]) schedule.step(metrics?.[t - 1]);
      expect(rowOf(other)).toEqual(rowOf(q));
    }
  });
});

it("every schedule of the library has a case", () => {
  const classes = Object.keys(S).filter((name) => name !== "Scheduler");
  const within = ["LambdaLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler"];
  const seen = new Set([...schedules.map(({ name }) => name), ...within]);
  expect(classes.filter((name) => !seen.has(name))).toEqual([]);
});

it.each(["warm-up", "scaled", "chained", "multiplicative"])(
  "fit follows %s in each step as a loop does",
  async (name) => {
    const build = () => {
      manualSeed(4);
      const model = new nn.Linear(3, 1);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
      return { model, optimizer, scheduler: made[name](optimizer) };
    };
    manualSeed(9);
    const [x, y] = [randn([20, 3]), randn([20, 1])];
    const [fitted, looped] = [build(), build()];
    const options = { optimizer: fitted.optimizer, scheduler: fitted.scheduler, loss: nn.functional.mseLoss };
    await fit(fitted.model, new data.TensorDataset(x, y), {
      ...options,
      schedulerUnit: "step",
      epochs: 3,
      batchSize: 4,
      shuffle: false,
    });
    for (let t = 0; t < 15; t++) {
      const at = (t % 5) * 4;
      looped.optimizer.zeroGrad();
      nn.functional.mseLoss(looped.model.forward(x.narrow(0, at, 4)), y.narrow(0, at, 4)).backward();
      looped.optimizer.step();
      looped.scheduler.step();
    }
    expect(rowOf(fitted.optimizer)).toEqual(rowOf(looped.optimizer));
    expect(fitted.model.weight.toArray()).toEqual(looped.model.weight.toArray());
  },
);

describe("what is refused", () => {
  const q = optimizerOf("SGD");
  const bare = new optim.Adagrad([new nn.Parameter(tensor([1]))]);
  const step = new S.StepLR(q, { stepSize: 1 });
  it.each<[string, () => unknown, RegExp]>([
    ["an option", () => new S.LinearLR(q, { startfactor: 1 } as any), /unknown option: startfactor/],
    ["a factor", () => new S.ConstantLR(q, { factor: 2 }), /ConstantLR: factor is in \[0, 1\]: 2/],
    [
      "no length",
      () => new S.OneCycleLR(q, { maxLr: 1 }),
      /totalSteps, or epochs · stepsPerEpoch, is an integer >= 1/,
    ],
    [
      "rates for other groups",
      () => new S.OneCycleLR(q, { maxLr: [1], totalSteps: 9 }),
      /maxLr has one value for each group: 1 for 2/,
    ],
    [
      "no momentum",
      () => new S.CyclicLR(bare, { baseLr: 1, maxLr: 2 }),
      /no momentum: cycleMomentum: false is needed/,
    ],
    [
      "milestones",
      () => new S.SequentialLR(q, [step, step], { milestones: [] }),
      /one milestone fewer than schedulers/,
    ],
    ["other optimizers", () => new S.SequentialLR(bare, [step], { milestones: [] }), /of one optimizer/],
    ["none", () => new S.ChainedScheduler([]), /at least one scheduler/],
    ["a metric", () => new S.ReduceLROnPlateau(q).step(undefined as any), /step takes the metric/],
    ["a lambda", () => new S.LambdaLR(q, { lrLambda: 2 as any }), /lrLambda is a function/],
    [
      "another state",
      () => step.loadStateDict({ lastEpoch: 1, baseLrs: [1], lastLr: [1] }),
      /1 groups for 2/,
    ],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });

  it("a step past the end of a cycle", () => {
    const schedule = new S.OneCycleLR(optimizerOf("SGD"), { maxLr: 1, totalSteps: 2 });
    for (let t = 0; t < 2; t++) schedule.step();
    expect(() => schedule.step()).toThrow(/OneCycleLR: the cycle has 2 steps/);
  });
});
